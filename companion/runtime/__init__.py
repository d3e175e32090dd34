"""Runs the heart: clock, event loop, workers."""
