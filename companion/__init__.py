"""Companion: someone to talk to who lives on your own computer and nowhere else."""

__version__ = "0.1.0"
