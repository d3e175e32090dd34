"""The command line: which commands there are, and what every command does when something goes wrong.

Each command lives in its own module of `companion.commands` and is imported only when it is asked for.
"""

from __future__ import annotations

import importlib
import io
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from companion.errors import CompanionError

COMMANDS = {
    "talk": "Talk with her, hands-free, in the terminal.",
    "chat": "The same mind, typed: a line in, a reply out.",
    "hear": "The whole pipeline on a recording: what was heard, and her reply.",
    "transcribe": "Write down what is said in recordings.",
    "speak": "Speak a text into a WAV file.",
    "weights": "List, fetch, verify, add and choose model files.",
    "settings": "Show and change settings.",
    "doctor": "Check that everything she needs is there and works.",
    "bench": "Measure this machine and these models.",
    "completion": "Print the shell completion script for bash, zsh or fish.",
}


ENDS = ("SIGTERM", "SIGHUP")
"""Signals that end a command as Ctrl-C does: asked to end by the system, and the terminal closed."""


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
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a stray byte in what is typed or piped ends nothing
    try:
        with _ending_gently():
            result = cli.main(args=list(arguments), prog_name="companion", standalone_mode=False)
    except CompanionError as error:
        click.echo(f"companion: {error}", err=True)
        return 1
    except click.exceptions.Exit as leaving:
        return int(leaving.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("companion: stopped.", err=True)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0


@contextmanager
def _ending_gently() -> Iterator[None]:
    """What is half done is cleared away, and no process is left behind, however a command is ended. A signal
    that whoever started the command had it ignore (nohup) stays ignored."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    found = [getattr(signal, name) for name in ENDS if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        found = []  # only the main thread may set handlers
    mine = [number for number in found if signal.getsignal(number) is signal.SIG_DFL]
    for number in mine:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)
