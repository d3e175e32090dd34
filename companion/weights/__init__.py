"""Finds, fetches and verifies model files."""
