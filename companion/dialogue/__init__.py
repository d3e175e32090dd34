"""The heart: pure turn-taking, with no threads, no I/O and no clock."""
