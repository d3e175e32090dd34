"""Starts the command line: `python -m companion`, or `companion` once installed."""

import sys


def main() -> None:
    """Run one command and exit with its code."""
    from companion.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
