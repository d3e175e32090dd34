"""`companion chat`: the same mind, typed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from companion.commands.aside import Aside
from companion.commands.ending import Terminated, undisturbed
from companion.dialogue.answer import KEEPING
from companion.dialogue.events import Answered, Ask
from companion.dialogue.prompt import Record
from companion.engines import Cancel, Cancelled
from companion.errors import CompanionError

if TYPE_CHECKING:
    from companion.dialogue.remembering import Wish
    from companion.dialogue.state import State
    from companion.runtime.remembrance import Memory, Recall

NOTHING_ALOUD = "Nothing is spoken while we type, and the microphone is closed."
"""Her answer to what is asked of her voice."""

TYPED_LEFT = 3.0
"""Seconds that somebody who has typed may wait for the model to read what memory has for it."""


@click.command()
@click.pass_obj
def command(home: str | None) -> None:
    """The same mind, typed: a line in, a reply out. Needs no microphone.

    Ctrl-C stops a reply ("go on" takes it up again), a second one (or the end of the input) ends the chat.

    Example: echo "Good morning." | companion chat
    """
    from companion import app
    from companion.commands.unlocking import unlocked
    from companion.home import held, open_home, start_log
    from companion.settings_file import load

    app.prepare()
    folder = open_home(home)
    settings = load(folder)
    with held(folder, "chat"):
        start_log(folder)
        loader = app.Loader(settings)
        loader.folder("llm")
        loader.folder("embed")
        store = unlocked(folder)
        aside = Aside()
        if sys.stdin is not None and sys.stdin.isatty():
            click.echo("Loading the language model ...", err=True)
        llm: Any = aside.do(lambda cancel: loader.llm())
        try:
            before = aside.do(lambda cancel: app.resume(llm, store, settings, folder, cancel))
            mind = app.mind_of(store, loader.embed(), folder, settings, llm)
            forget_kept = partial(app.forget, folder)
            chat = Chat(
                llm, store, settings, aside, before, mind, mind, forget_kept,
                partial(mind.catch_up, older=False), mind.think,
            )  # fmt: skip
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
        recall: Recall | None = None,
        memory: Memory | None = None,
        forget_kept: Callable[[], None] = lambda: None,
        catch_up: Callable[[Cancel], None] = lambda cancel: None,
        think: Callable[[Cancel], None] = lambda cancel: None,
    ) -> None:
        """`before`: what was said before this start, with numbers below 0. `recall`, `memory`: what she
        remembers (None: nothing), which catches up with what was said (`catch_up`) and, while the person is
        away, thinks about it (`think`, until it is withdrawn); `forget_kept` deletes the conversations that
        are kept for the next start.
        """
        from companion import app
        from companion.dialogue.state import State
        from companion.runtime.context import Context
        from companion.runtime.remembrance import NoMemory, nothing_recalled

        self._recall, self._memory = recall or nothing_recalled, memory or NoMemory()
        self._forget_kept = forget_kept
        self._catch_up, self._think = catch_up, think
        self._thinks = True
        self._changed: Answered | None = None
        self._llm, self._store, self._aside, self._record = llm, store, aside, before
        talk = app.manner(settings)
        self._sampling = talk.sampling
        self._context = Context(llm, talk.persona, talk.examples, talk.max_tokens)
        self._turns = 0
        self._state = State()
        """What she said last, and whether it is off the record, as the heart knows it."""

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
                with self._aside.after(KEEPING, self._rest):
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
        from companion.dialogue.introductions import to_forget
        from companion.dialogue.prompt import Turn
        from companion.dialogue.recollection import off_record_with, wish_in

        self._turns += 1
        before = self._state
        wish = None if to_forget(text) else wish_in(before, text)
        off = off_record_with(before, wish)
        self._state = replace(before, confirming=False, off_record=off)
        if not off:
            self._store.add_user_turn(self._turns, text)
        # Only what doesn't fit at all is left out while the person waits.
        turn = Turn("user", self._turns, text, kept=not off)
        self._record = self._context.answerable(self._record.with_turn(turn))
        reply = _Reply()
        try:
            self._write(reply, self._of_memory(before, wish, reply) if wish else self._pieces(text))
        finally:
            self._take_down(reply)

    def _of_memory(self, before: State, wish: Wish, reply: _Reply) -> Generator[str, None, None]:
        """What answers a line that wants something of her memory; `before`: how things stood before it."""
        from companion.dialogue.recollection import by_heart
        from companion.dialogue.state import State

        if before.off_record and not self._state.off_record:
            self._state = State()
            self._let_go(self._record.on_record())
        words = by_heart(before, wish)
        if words:
            yield words
            if wish.ask is Ask.OFF_RECORD and wish.about:
                yield " "
                yield from self._thought_of(self._record)
            return
        try:
            answered = self._aside.do(partial(self._asked, wish))
        except CompanionError as error:
            click.echo(str(error), err=True)
            return
        finally:
            self._follow_memory()
        reply.confirms = answered.confirm
        if answered.passes or not answered.text:
            yield from self._thought_of(self._record)
        else:
            yield answered.text

    def _asked(self, wish: Wish, cancel: Cancel) -> Answered:
        answered = self._memory.asked(
            wish.ask, wish.about, wish.instead_of, self._turns, self._record, cancel
        )
        if answered.erased or answered.corrected or (wish.ask is Ask.YES and not answered.passes):
            self._changed = answered
        return answered

    def _follow_memory(self) -> None:
        """What memory has erased or corrected is so here, too, though Ctrl-C came while it did."""
        changed, self._changed = self._changed, None
        if changed is not None:
            self._forget_kept()
            self._let_go(self._record.changed(changed.erased, changed.corrected))

    def _let_go(self, record: Record) -> None:
        """Go on with another record: the model's cache goes back to what it shares with this one."""
        shared = self._context.unanswered(self._record.shared_with(record))
        self._record = record
        self._aside.do(lambda cancel: self._llm.prefill(shared, cancel))

    def _thought_of(self, record: Record) -> Generator[str, None, None]:
        """The model's answer to the last line, with what that brings to mind."""
        from companion.runtime.remembrance import note_for

        words, said = record.last_said(), record.before_last_said()
        note = self._aside.do(partial(note_for, self._recall, self._llm, words, TYPED_LEFT, said))
        self._record = self._record.with_recalled(note or "")
        yield from self._aside.each(partial(self._generate, record.with_recalled(note or "")))

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
        if request is Request.GO_ON:
            record = self._record.taken_up(self._state.unfinished, "")
            return self._aside.each(partial(self._generate, record))
        return self._thought_of(self._record)

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
            off = self._state.off_record
            self._state = State(
                said=said, unfinished=self._turns if reply.interrupted else again, off_record=off,
                confirming=reply.confirms,
            )  # fmt: skip
            if not off:
                self._store.add_companion_turn(self._turns, said, reply.interrupted)
            turn = Turn("companion", self._turns, said, reply.interrupted, kept=not off)
            self._record = self._record.with_turn(turn)

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
        self._aside.do(partial(self._tried, self._catch_up))

    def keep(self) -> None:
        """Keep the conversation for the next start, as far as it is evaluated."""
        self._aside.do(self._keep)

    def _rest(self, cancel: Cancel) -> None:
        """The person takes their time: what was said is kept, and thought about."""
        self._tried(self._keep, cancel)
        self._tried(self._think, cancel)

    def _tried(self, work: Callable[[Cancel], None], cancel: Cancel) -> None:
        """Do what she does beside the conversation, which goes on where it fails: that is told, and then
        nothing of the kind is done any more."""
        from companion.runtime.workers import reason

        if not self._thinks:
            return
        try:
            work(cancel)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, what is typed is answered all the same
            self._thinks = False
            click.echo(reason("llm", error), err=True)

    def _keep(self, cancel: Cancel) -> None:
        lasting = self._record.lasting()  # every one of them is in the store
        if lasting.turns:
            self._llm.keep(self._context.messages(lasting), cancel)


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
    """What she has written so far, whether it was cut short, and whether it asks what may be erased."""

    text: str = ""
    interrupted: bool = True
    confirms: bool = False
