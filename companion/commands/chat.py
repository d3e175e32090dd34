"""`companion chat`: the same mind, typed."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import click

from companion.commands.aside import Aside
from companion.commands.ending import Terminated, undisturbed
from companion.dialogue.answer import KEEPING
from companion.dialogue.prompt import Record
from companion.engines import Cancel

NOTHING_ALOUD = "Nothing is spoken while we type, and the microphone is closed."
"""Her answer to what is asked of her voice."""


@click.command()
@click.pass_obj
def command(home: str | None) -> None:
    """The same mind, typed: a line in, a reply out. Needs no microphone.

    Ctrl-C stops a reply ("go on" takes it up again), a second one (or the end of the input) ends the chat.

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
        aside = Aside()
        if sys.stdin is not None and sys.stdin.isatty():
            click.echo("Loading the language model ...", err=True)
        llm: Any = aside.do(lambda cancel: loader.llm())
        try:
            before = aside.do(lambda cancel: app.resume(llm, store, settings, folder, cancel))
            chat = Chat(llm, store, settings, aside, before)
            try:
                chat.run()
            finally:
                undisturbed()
                chat.keep()
        finally:
            undisturbed()
            llm.close()
            store.close()


class Chat:
    """Reads lines, commits each before it is answered, prints the reply as it is written."""

    def __init__(
        self,
        llm: Any,
        store: Any,
        settings: Any,
        aside: Aside,
        before: Record = Record(),  # noqa: B008
    ) -> None:
        """`before`: what was said before this start, with numbers below 0."""
        from companion import app
        from companion.dialogue.state import State
        from companion.runtime.context import Context

        self._llm, self._store, self._aside, self._record = llm, store, aside, before
        talk = app.manner(settings)
        self._sampling = talk.sampling
        self._context = Context(llm, talk.persona, talk.examples, talk.max_tokens)
        self._turns = 0
        self._state = State()
        """What she said last, as the heart knows it of a conversation aloud."""

    def run(self) -> None:
        """Until the input ends."""
        if sys.stdin is None:
            return
        terminal = sys.stdin.isatty()
        while True:
            if terminal:
                click.echo(click.style("you: ", fg="cyan", bold=True), nl=False)
            try:
                self._settle()  # while the person thinks and types
                with self._aside.after(KEEPING, self._keep):
                    line = sys.stdin.readline()
            except Terminated:
                raise
            except KeyboardInterrupt:
                line = ""
                click.echo()
            if not line:
                return
            if line.strip():
                self._answer(" ".join(line.split()))

    def _answer(self, text: str) -> None:
        from companion.dialogue.prompt import Turn

        self._turns += 1
        self._store.add_user_turn(self._turns, text)
        # Only what doesn't fit at all is left out while the person waits.
        self._record = self._context.answerable(self._record.with_turn(Turn("user", self._turns, text)))
        reply = _Reply()
        try:
            self._write(reply, self._pieces(text))
        finally:
            self._take_down(reply)

    def _pieces(self, text: str) -> Generator[str, None, None]:
        """What answers a line, piece by piece: code does what it asks for where that makes sense without a
        voice; everything else the model answers."""
        from companion.dialogue.carried_out import NOTHING_SAID, request_in
        from companion.dialogue.introductions import FORGOTTEN, NOT_KNOWN, to_forget
        from companion.dialogue.requests import Request

        if whose := to_forget(text):
            return _known(FORGOTTEN if self._forget_voice(whose) else NOT_KNOWN)
        request = request_in(self._state, text)
        if request is Request.REPEAT:
            return _known(self._state.said or NOTHING_SAID)
        if request is Request.NEVER_MIND:
            self._state = replace(self._state, unfinished=0)
        if request in (Request.NEVER_MIND, Request.STOP, Request.WAIT):
            return _known()
        if _of_her_voice(text):
            return _known(NOTHING_ALOUD)
        record = self._record
        if request is Request.GO_ON:
            record = record.taken_up(self._state.unfinished, "")
        return self._aside.each(partial(self._generate, record))

    def _forget_voice(self, whose: str) -> bool:
        """Delete the voice of that name; whose voice is typed isn't known, unless only one is. Whether there
        was one."""
        from companion.dialogue.introductions import MINE, called

        known = [name for name, *_ in self._store.voices()]
        alone = known if len(known) == 1 else []
        named = alone if whose == MINE else called(known, whose)
        for name in named:
            self._store.forget_voice(name)
        return bool(named)

    def _take_down(self, reply: _Reply) -> None:
        """What she said is on disk and in the conversation, however it came to its end."""
        from companion.dialogue.prompt import Turn
        from companion.dialogue.state import State

        said = " ".join(reply.text.split())
        if said:
            again = self._state.unfinished if said in (self._state.said, NOTHING_ALOUD) else 0
            self._state = State(said=said, unfinished=self._turns if reply.interrupted else again)
            self._store.add_companion_turn(self._turns, said, reply.interrupted)
            self._record = self._record.with_turn(Turn("companion", self._turns, said, reply.interrupted))

    def _write(self, reply: _Reply, answer: Generator[str, None, None]) -> None:
        """Print the reply piece by piece, on one line. Ctrl-C ends it; what ends the whole chat is raised."""
        try:
            with closing(answer) as pieces:
                for piece in pieces:
                    clean = piece.replace("\n", " ") if reply.text else piece.lstrip()
                    if clean and not reply.text and sys.stdout.isatty():
                        click.echo(click.style("she: ", fg="magenta", bold=True), nl=False)
                    reply.text += clean
                    click.echo(clean, nl=False)
        except Terminated:
            raise
        except KeyboardInterrupt:
            click.echo()
            return
        reply.interrupted = False
        if reply.text or not sys.stdout.isatty():  # to a program every line has its answer, be it empty
            click.echo()

    def _generate(self, record: Record, cancel: Any) -> Any:
        prompt, most = self._context.messages(record), self._context.most
        return self._llm.generate(prompt, cancel, sampling=self._sampling, max_tokens=most)

    def _settle(self) -> None:
        """Bring the model's cache up to the conversation, without its oldest turns where it is too long."""
        shorter = self._context.fitting(self._record)
        prompt = self._context.messages(shorter)
        if shorter is not self._record:
            self._record = shorter
            self._aside.do(lambda cancel: self._llm.thin(prompt, cancel))
        self._aside.do(lambda cancel: self._llm.prefill(prompt, cancel))

    def keep(self) -> None:
        """Keep the conversation for the next start, as far as it is evaluated."""
        self._aside.do(self._keep)

    def _keep(self, cancel: Cancel) -> None:
        if self._record.turns:  # every one of them is in the store
            self._llm.keep(self._context.messages(self._record), cancel)


def _of_her_voice(text: str) -> bool:
    """Whether a line asks for something of her voice, whatever she has asked; "I can't follow." is of what
    she writes."""
    from companion.dialogue.requests import Request, understand
    from companion.dialogue.words import bare

    request = understand(text)
    if request in (Request.SLOWER, Request.FASTER):
        return any(word.startswith(("slow", "fast", "quick")) for word in bare(text))
    return request in (Request.LOUDER, Request.QUIETER, Request.MUTE)


def _known(*pieces: str) -> Generator[str, None, None]:
    """An answer that nobody has to think of."""
    yield from pieces


@dataclass(slots=True)
class _Reply:
    """What she has written so far, and whether it was cut short."""

    text: str = ""
    interrupted: bool = True
