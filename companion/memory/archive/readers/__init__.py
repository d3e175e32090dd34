"""A reader a format: each has `read(document)`, which yields passages and, on the way, troubles."""
