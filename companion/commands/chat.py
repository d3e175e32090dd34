"""`companion chat`: the same mind, typed."""

from __future__ import annotations

import sys
from typing import Any

import click


@click.command()
@click.pass_obj
def command(home: str | None) -> None:
    """The same mind, typed: a line in, a reply out. Needs no microphone.

    Ctrl-C stops a reply, a second one (or the end of the input) ends the chat.

    Example: echo "Good morning." | companion chat
    """
    from companion import app
    from companion.home import STORE, held, open_home, start_log
    from companion.memory.store import Store
    from companion.settings_file import load

    app.prepare()
    folder = open_home(home)
    settings = load(folder)
    with held(folder, "chat"):
        start_log(folder)
        loader = app.Loader(settings)
        loader.folder("llm")
        store = Store(folder / STORE)
        llm: Any = loader.llm()
        try:
            Chat(llm, store, settings).run()
        finally:
            llm.close()
            store.close()


class Chat:
    """Reads lines, commits each before it is answered, prints the reply as it is written."""

    def __init__(self, llm: Any, store: Any, settings: Any) -> None:
        from companion.dialogue.prompt import Record
        from companion.engines.llm import Sampling

        self._llm, self._store, self._settings = llm, store, settings.llm
        seed = self._settings.seed if self._settings.seed >= 0 else None
        self._sampling = Sampling(
            self._settings.temperature, self._settings.top_p, self._settings.min_p,
            self._settings.repeat_penalty, seed,
        )  # fmt: skip
        self._record = Record()
        self._turns = 0

    def run(self) -> None:
        """Until the input ends."""
        if sys.stdin is None:
            return
        terminal = sys.stdin.isatty()
        while True:
            if terminal:
                click.echo(click.style("you: ", fg="cyan", bold=True), nl=False)
            line = sys.stdin.readline()
            if not line:
                return
            if line.strip():
                self._answer(" ".join(line.split()))

    def _answer(self, text: str) -> None:
        from companion.dialogue.prompt import Turn

        self._turns += 1
        self._store.add_user_turn(self._turns, text)
        self._record = self._fitting(self._record.with_turn(Turn("user", self._turns, text)))
        reply, interrupted = self._write()
        self._store.add_companion_turn(self._turns, reply, interrupted)
        self._record = self._record.with_turn(Turn("companion", self._turns, reply, interrupted))

    def _write(self) -> tuple[str, bool]:
        """Print the reply piece by piece, on one line; returns it, and whether Ctrl-C cut it short."""
        from companion.dialogue.prompt import lines
        from companion.engines import Never
        from companion.runtime.jobs import messages

        if sys.stdout.isatty():
            click.echo(click.style("she: ", fg="magenta", bold=True), nl=False)
        said, interrupted = "", False
        try:
            for piece in self._llm.generate(
                messages(lines(self._record)), Never(), sampling=self._sampling,
                max_tokens=self._settings.max_tokens,
            ):  # fmt: skip
                clean = piece.replace("\n", " ") if said else piece.lstrip()
                said += clean
                click.echo(clean, nl=False)
                sys.stdout.flush()
        except KeyboardInterrupt:
            interrupted = True
        click.echo()
        return " ".join(said.split()), interrupted

    def _fitting(self, record: Any) -> Any:
        from companion.dialogue.prompt import lines, thinned
        from companion.runtime.jobs import messages

        room = self._llm.context_tokens - self._settings.max_tokens
        return thinned(record, lambda r: self._llm.count(messages(lines(r))), room * 3 // 4, room // 2)
