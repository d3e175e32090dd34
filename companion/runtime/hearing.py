"""The recogniser's jobs: what is said, whose voice says it, and whether it is meant for her."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from companion.dialogue import events as e
from companion.dialogue.backchannels import is_backchannel
from companion.engines import Cancel, Cancelled
from companion.engines.asr import Recognizer, Transcription
from companion.engines.asr.partials import Hypothesis, Partials
from companion.errors import EngineError, StoreError
from companion.runtime.ears import Snapshot
from companion.runtime.hands import Job
from companion.runtime.headroom import Headroom
from companion.runtime.listener import Listener, Look, Verdict


class Hearing:
    """Makes the jobs of the recogniser. `ahead` says whether the machine is fast enough to draft an answer
    before the pause; `review` puts on disk what a turn's second hearing says; `matters(answered, record)`
    says whether two transcripts differ in a number or a name."""

    def __init__(
        self,
        recognizer: Recognizer,
        listener: Listener | None,
        processor: Headroom,
        ahead: Callable[[], bool],
        review: Callable[[int, Transcription, str], None],
        matters: Callable[[str, str], bool],
    ) -> None:
        self._recognizer, self._listener, self._processor = recognizer, listener, processor
        self._ahead, self._review, self._matters = ahead, review, matters
        self._partials = Partials(recognizer)
        self._followed: tuple[int, int, tuple[int, ...]] = (0, 0, ())  # start, end and cuts of the last sound
        self._looks = True  # whether the last look at words came to something

    def transcribe(self, draft: int, sound: Snapshot, asked: str = "") -> Job:
        """Write down the turn; where only silence was added to its last partial transcript, that is it.
        `asked`: the question that she has just asked, if she has."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            began = time.perf_counter()
            with self._processor.undisturbed():
                look = self._look(sound)
                mine = look.sound
                alone = look.voice is e.Voice.OTHER and not mine.spans
                heard = Hypothesis("", "") if alone else self._follow(mine, cancel)
            if alone:
                yield e.Heard(draft, "")  # others alone: not a word of it is for her
                return
            if not (heard.sure or self._partials.believable):
                took = time.perf_counter() - began
                yield e.Overheard(heard.text, heard.stable, took, sure=False, draft=draft, voice=look.voice)
                heard = self._partials.hear_out(mine.start, mine.voiced, mine.audio, cancel)
            stranger = bool(self._listener and heard.text and self._listener.heard(look))
            verdict = self._listener.verdict(look, heard.text, asked) if self._listener else Verdict.ANSWERED
            text = "" if verdict is Verdict.REFUSED else heard.text
            doubted = verdict is Verdict.DOUBTED
            yield e.Heard(draft, text, look.who.name, look.who.sure, stranger, look.since, doubted)

        return job

    def overhear(self, sound: Snapshot, number: int = 0, *, urgent: bool = False, over: bool = False) -> Job:
        """Write down what has been said so far of a turn that goes on. While it is `urgent`, the reply waits.
        Of a sound that is `over`, doubtful words are looked at again, if they would stop her.
        Whatever fails, the look comes to an end, for the floor waits for it: with no words that could be
        believed."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            began = time.perf_counter()
            failed: Exception | None = None
            look, heard = Look(sound), Hypothesis("", "")
            try:
                with self._processor.undisturbed(urgent=urgent):
                    look = self._look(sound)
                    if look.voice is not e.Voice.OTHER or look.sound.spans:
                        heard = self._follow(look.sound, cancel, over=over)
            except Cancelled:
                raise
            except Exception as error:  # noqa: BLE001 - an engine may raise anything; it is told below
                heard, failed = Hypothesis("", "", sure=False), error
            yield e.Overheard(
                heard.text,
                heard.stable,
                time.perf_counter() - began,
                heard.sure,
                self._ahead(),
                number,
                voice=self._listener.said(look, heard.text) if self._listener else look.voice,
                since=look.since,
                over=over,
            )
            worked, self._looks = self._looks, failed is None
            if failed and worked and not isinstance(failed, EngineError):
                raise failed  # once, until it works again; an engine's own failure is told at the pause

        return job

    def meant(self, sound: Snapshot) -> Snapshot:
        """The sound without what others said in it, where those aren't answered. From any thread."""
        return self._look(sound).sound if self._listener and self._listener.only_known else sound

    def review(self, turn: int, answered: str, sound: Snapshot) -> Job:
        """Hear a committed turn once more, at leisure, for the record."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            look = self._look(sound)
            mine = look.sound if look.sound.spans else sound  # it was answered, after all
            heard = self._recognizer.thorough(mine.audio, cancel)
            text = heard.text or answered
            if self._listener:
                self._listener.committed(look)
            self._review(turn, heard, answered)
            yield e.Reviewed(turn, text, self._matters(answered, text))

        return job

    def introduce(self, name: str) -> Job:
        """Learn the voice of the stranger who has spoken."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            if self._listener:
                yield e.Introduced(name, self._listener.introduce(name))

        return job

    def forget_voice(self, draft: int, name: str) -> Job:
        """Delete a voice."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            try:
                forgotten = self._listener.forget(name) if self._listener else ""
            except StoreError:
                yield e.VoiceForgotten(draft, "")  # her answer waits for it
                raise
            yield e.VoiceForgotten(draft, forgotten)

        return job

    def asked(self) -> Job:
        """The stranger who has spoken is asked for a name."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            if self._listener:
                self._listener.asked()
            return
            yield

        return job

    def know_her(self, spoken: NDArray[np.int16], rate: int) -> None:
        """Know her own voice by what she says. From any thread."""
        if self._listener:
            self._listener.know_her(spoken, rate)

    def _look(self, sound: Snapshot) -> Look:
        return self._listener.look(sound) if self._listener else Look(sound)

    def _follow(self, sound: Snapshot, cancel: Cancel, *, over: bool = False) -> Hypothesis:
        """The words of a turn that grows; one that lost what was taken for a part of it is heard anew."""
        start, end, cuts = self._followed
        self._followed = (sound.start, sound.end, sound.cuts)
        if sound.start == start and (sound.end < end or sound.cuts != cuts):
            self._partials = Partials(self._recognizer)
        heard = self._partials.hear(sound.start, sound.voiced, sound.audio, cancel)
        if over and self._partials.doubtful and not is_backchannel(heard.text):
            return self._partials.hear_again(heard, sound.start, sound.audio, cancel)
        return replace(heard, sure=heard.sure or (over and self._partials.believable))
