"""Measures, on data given by --data; ships none."""
