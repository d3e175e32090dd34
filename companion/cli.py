"""The command line: which commands there are, and what every command does when something goes wrong.

Each command lives in its own module of `companion.commands` and is imported only when it is asked for.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from collections.abc import Sequence

import click

from companion.commands.ending import ending_gently
from companion.commands.printer import last_flush
from companion.errors import CompanionError

COMMANDS = {
    "talk": "Talk with her, hands-free, in the terminal.",
    "chat": "The same mind, typed: a line in, a reply out.",
    "hear": "The whole pipeline on a recording: what was heard, and her reply.",
    "transcribe": "Write down what is said in recordings.",
    "speak": "Speak a text into a WAV file.",
    "weights": "List, fetch, verify, add and choose model files.",
    "voice": "The voices that she knows: learn, list, forget.",
    "memory": "What she remembers: search, list, show, edit, forget, export, import.",
    "archive": "What she has read: add files and folders, search, remove.",
    "backup": "Put all of her and you into one encrypted file.",
    "restore": "Bring her back from a backup, or the store's key from its words.",
    "settings": "Show and change settings.",
    "doctor": "Check that everything she needs is there and works.",
    "bench": "Measure this machine and these models.",
    "completion": "Print the shell completion script for bash, zsh or fish.",
}

DEBUG = "COMPANION_DEBUG"
"""The environment variable that, when set, shows the traceback of what went wrong in the program itself."""


class LazyGroup(click.Group):
    """Knows every command's name and summary, and imports its module only when it runs or prints help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its `command`; None for a name that isn't one."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"companion.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table above, so that `--help` imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", metavar="DIR", envvar="COMPANION_HOME", help="The data folder (also COMPANION_HOME).")
@click.version_option(package_name="companion-voice", prog_name="companion")
@click.pass_context
def cli(ctx: click.Context, home: str | None) -> None:
    """Companion: someone to talk to who lives on your own computer and nowhere else.

    Example: companion talk
    """
    ctx.obj = home


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code: 0 done, 1 failed (one sentence on stderr), 2 wrong usage."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a stray byte, or a letter the terminal lacks, ends nothing
    try:
        return _run(arguments)
    except (KeyboardInterrupt, click.Abort):
        return _failed("stopped.")
    except CompanionError as error:
        return _failed(str(error))
    except BrokenPipeError:
        return 0  # whoever read it has read enough
    except Exception as error:  # the last one: whatever it is, the person gets a sentence
        if os.environ.get(DEBUG):
            raise
        return _failed(_sentence(error))
    finally:
        last_flush()


def _run(arguments: Sequence[str]) -> int:
    try:
        with ending_gently():
            result = cli.main(args=list(arguments), prog_name="companion", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return int(leaving.exit_code)
    except SystemExit:
        return (
            0  # outside its standalone mode click exits only when a pipe is closed; its reader has had enough
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return result if isinstance(result, int) else 0


def _failed(sentence: str) -> int:
    try:
        click.echo(f"companion: {sentence}", err=True)
    except OSError:
        return 1  # the terminal is gone: nobody is left to be told
    return 1


def _sentence(error: Exception) -> str:
    """What nobody foresaw, for the person who met it."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "There is no space left where this is written: free some, and run it again."
    what = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".: ")
    return f"Something went wrong in Companion itself ({what}): {DEBUG}=1 shows where, when it is run again."
