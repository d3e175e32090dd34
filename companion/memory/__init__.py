"""What was said, kept on disk."""
