"""Companion: someone to talk to who lives on your own computer and nowhere else."""

import logging

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())  # else what nobody logs is printed on stderr
