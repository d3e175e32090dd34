"""Whose voice a turn is in, and whether it is meant for her."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from companion.dialogue.events import Voice as Told
from companion.dialogue.introductions import called
from companion.dialogue.openness import Words, openness
from companion.dialogue.requests import Request, understand
from companion.engines.speaker import Vector, VoiceEncoder
from companion.engines.speaker.dvector import unit
from companion.engines.speaker.voices import UNSURE, KnownVoices, Voice, Who, at, like, threshold
from companion.runtime.ears import Snapshot
from companion.runtime.stretches import A_WORD, Cutter, Stretch, Whose, joint

RATE = 16_000

MOST = 8.0
"""Seconds of speech that a voice is judged from at most, the last: more tells nothing more."""

SURE = 0.5
"""How sure a voice must be for what is learned from it, and for being answered where only known ones are and
one of them has just talked with her."""

PERHAPS = 0.25
"""How sure a voice must be for more of the sentence to be awaited: of what others said in 100 minutes 30
pieces bore a known name at all, of which a third was no surer."""

BESIDE = 2.0
"""Seconds of speech by whose threshold, and `UNSURE` above it, a part is judged at least where others speak
in the same turn: it is the nearest of many to a known voice."""

OWNER = "me"
"""The name of a voice that was learned quietly."""

FIRST = 5
"""Turns in a row that a voice is learned from quietly."""

ENOUGH = 1.5
"""Seconds of speech that something is learned from, and within which a voice that is nobody's shows; within
twice that where it is near the threshold."""

LEAST = 1.0
"""Seconds of speech from which on a voice can be nobody's that is known."""

STILL_THERE = 4 * RATE
"""Samples after somebody known, or she, has spoken in which a little that is `like` a known voice is theirs:
an answer comes within two seconds nearly always (Stivers et al. 2009, ten languages), and what a television
says comes at any time."""

TALKING = 20 * RATE
"""Samples after it in which who was talking with her is still likely to, so that less is enough (`IN_TALK`);
a word that answers a question of hers need be no more than known."""

MOST_TALKING = 300 * RATE
"""Samples after somebody known has spoken in which either holds at all, whatever she has said since."""

IN_TALK = ((15.0, SURE), (25.0, 0.75))
"""How sure a voice must be while somebody known talks with her, by its level over the noise, dB; `SURE`
within `STILL_THERE`. By hand, half way to the next: two of 100 minutes' others were less sure than 0.6."""

OUT_OF_THE_BLUE = ((15.0, SURE), (25.0, 1.0))
"""How sure a voice must be that speaks when nobody was talking with her, by its level over the noise, dB: of
known people's pieces of 1 s in the quiet 96% are wholly sure and of 2 s all, at 10 dB of noise 54 and 67%. Of
less than `LEAST` seconds it is the last at any level: there a lower bar would let in few more of theirs
(`companion bench speaker`)."""

STRANGER = (0.8, 0.9)
"""Seconds of speech from which on, and how sure it must be that a voice is nobody's that is known, for it not
to be taken for theirs who have just spoken: 96% of a known person's pieces of 1.0 s are surely known."""

ANYBODY = (Request.STOP, Request.NEVER_MIND, Request.QUIETER, Request.MUTE)
"""Requests of a voice that may be anybody's that are done: they take from her, and give nothing away. "What?"
is none; somebody on television says it every few minutes."""

NOBODY = Who("", 0.0, 0.0)


def _strange(who: Who, seconds: float) -> bool:
    """Whether so many seconds of speech are surely nobody's that is known."""
    return not who.name and seconds >= STRANGER[0] and who.sure >= STRANGER[1]


def torn(text: str) -> bool:
    """Whether it is the middle of somebody's sentence: something must follow, and no mark says otherwise."""
    return openness(text) is Words.OPEN and not text.endswith((".", "!", "?"))


def surely(who: Who) -> bool:
    """Whether it is surely somebody who is known."""
    return bool(who.name) and who.sure >= SURE


class Verdict(Enum):
    """Whether the words of a turn are for her."""

    ANSWERED = "they are"
    DOUBTED = "the beginning of a turn that may be; more of it will tell"
    REFUSED = "they aren't"


@dataclass(frozen=True, slots=True)
class Look:
    """What the voices in the sound of a turn tell. `sound`: without what others said in it, where those
    aren't answered. `who` it is, by `seconds` of speech with that `vector`; `voice`: what the last of the
    speech is to her; `since`: seconds of others' speech behind the last that is answered; `certain`: who
    is so surely known as to be answered, here and now; `there`: it is a little that is like a known voice, of
    somebody who has just talked with her; `silent`: samples since she was last talked with."""

    sound: Snapshot
    who: Who = NOBODY
    vector: Vector | None = None
    seconds: float = 0.0
    voice: Told = Told.ANSWERED
    since: float = 0.0
    certain: bool = False
    there: bool = False
    silent: float = float("inf")


def alike(vectors: Sequence[Vector], look: Look, less: float = 0.0) -> bool:
    """Whether a voice is that of the vectors, by its nearness to all of them together; `less` nearness is
    enough where it need not be sure."""
    if not vectors or look.vector is None:
        return not vectors
    together = unit(np.mean(vectors, axis=0))
    return float(together @ look.vector) >= threshold(look.seconds) - less


def _like(look: Look) -> bool:
    """Whether it is a little that is like a known voice, behind somebody who talked with her."""
    if look.silent > STILL_THERE or look.seconds >= LEAST or look.vector is None:
        return False
    return look.who.score >= like(look.seconds, look.sound.over_noise())


@dataclass(slots=True)
class Listener:
    """Tells voices apart. `only_known`: once any voice is known, no other is answered. `learn`: the first
    voice she hears is learned quietly, and every known one follows its owner's. `ask`: a voice that is
    nobody's is asked whose it is. `keep` puts a voice that changed on disk, `drop` deletes it there.
    `pushed`: a key marks the turns, so what is said is meant for her.

    `look` may be asked from several threads; everything else belongs to the recogniser's.
    """

    encoder: VoiceEncoder
    known: KnownVoices
    only_known: bool
    learn: bool
    ask: bool = False
    keep: Callable[[Voice], None] = lambda voice: None
    drop: Callable[[str], object] = lambda name: None
    pushed: bool = False
    _strangers: dict[int, Vector] = field(default_factory=dict)  # by the sample at which their turn starts
    _asked: list[Vector] = field(default_factory=list)
    _first: list[Vector] = field(default_factory=list)
    _known_until: float = float("-inf")
    _heard_until: float = float("-inf")
    _cutter: Cutter = field(init=False)

    def __post_init__(self) -> None:
        self._cutter = Cutter(self.encoder, self.known)

    def know_her(self, spoken: NDArray[np.int16], rate: int) -> None:
        """Take her own voice for nobody's, so that what is left of her echo isn't taken for a person. From
        any thread."""
        import soxr

        sound = soxr.resample(spoken.astype(np.float32) / np.float32(32768), rate, RATE)
        self.known.hers = self.encoder.vector(np.asarray(sound, np.float32))

    def look(self, sound: Snapshot) -> Look:
        """Whose voices are in the sound of a turn."""
        if not self.only_known or not self.known:
            return self._everybody(sound)
        parts = self._cutter.cut(sound)
        mine = [part for part in parts if part.whose is not Whose.OTHER]
        if not parts:
            return Look(sound, voice=Told.OPEN)
        if not mine:
            return Look(sound.without(sound.spans), voice=Told.OTHER)
        others = [(part.start, part.end) for part in parts if part.whose is Whose.OTHER]
        who, vector, seconds = self._who([p for p in mine if not others or p.whose is Whose.KNOWN] or mine)
        since = (parts[-1].end - mine[-1].end) / RATE
        bound = threshold(max(seconds, BESIDE)) + UNSURE if others else 0.0
        likely = surely(who) and who.score >= bound
        silent = self._since_talk(mine[0].start, sound.spoke)
        certain = likely and who.sure >= self._bar(sound, seconds, silent)
        nobodys = not who.name and seconds >= ENOUGH and (who.sure >= SURE or seconds >= 2 * ENOUGH)
        if who.hers or nobodys or (since and not likely):
            return Look(sound.without(sound.spans), who, vector, seconds, Told.OTHER)
        left = sound.without(others) if others else sound
        look = Look(left, who, vector, seconds, Told.OTHER, since, certain, silent=silent)
        if _like(look) and (who.name or not others):
            look = replace(look, there=True, who=who if who.name else replace(who, sure=0.0))
        return look if since else replace(look, voice=self._voice(look, sound.speaking, mine[-1]))

    def _voice(self, look: Look, speaking: bool, last: Stretch) -> Told:
        """What the voice is to her that spoke last, and that may be answered."""
        if look.certain and (last.whose is Whose.KNOWN or last.seconds >= ENOUGH):
            return Told.ANSWERED
        return Told.ANSWERED if (look.certain or look.there) and not speaking else Told.OPEN

    def _everybody(self, sound: Snapshot) -> Look:
        """The look where everybody is answered: then a voice that isn't known tells a guest, or a
        television."""
        parts = self._cutter.whole(sound)
        who, vector, seconds = self._who(parts)
        voice = Told.ANSWERED
        if self.known and parts:
            last, _, length = self._who(parts[-1:])
            strange = not last.name and (length < A_WORD or last.sure >= SURE)
            if strange and (length >= LEAST or last.hers):
                known_by_now = not last.hers and self._cutter.cut(sound)[-1].whose is Whose.KNOWN
                voice = Told.ANSWERED if known_by_now else Told.GUEST
            elif strange and sound.speaking:
                voice = Told.OPEN
        return Look(sound, who, vector, seconds, voice)

    def _who(self, parts: Sequence[Stretch]) -> tuple[Who, Vector | None, float]:
        """Whose voice it is, by all of the stretches; the last `MOST` seconds of them."""
        found = list(parts)
        while len(found) > 1 and sum(part.seconds for part in found[1:]) >= MOST:
            found.pop(0)
        vector, seconds = joint(found), sum(part.seconds for part in found)
        return self.known.who(vector, seconds) if vector is not None else NOBODY, vector, seconds

    def _bar(self, sound: Snapshot, seconds: float, silent: float) -> float:
        """How sure a voice must be to be answered."""
        little = seconds < LEAST
        if silent <= STILL_THERE:
            return SURE
        if little:
            return OUT_OF_THE_BLUE[-1][1]
        return at(sound.over_noise(), IN_TALK if silent <= TALKING else OUT_OF_THE_BLUE)

    def _since_talk(self, start: int, spoke: float) -> float:
        """Samples from when somebody known, or she, spoke last to speech that starts at `start`; infinite
        where the former is long ago. Over her voice, it is the former that counts."""
        if start - self._known_until > MOST_TALKING:
            return float("inf")
        return start - max(self._known_until, spoke if spoke <= start else self._known_until)

    def verdict(self, look: Look, text: str, asked: str = "") -> Verdict:
        """Whether the words of a turn are to be answered. Who speaks too shortly to be known, or is perhaps
        known, may ask her to be silent; where a key marks the turns, whoever isn't surely a stranger is
        meant. `asked`: what she has just asked."""
        if not self._chooses or look.certain:
            return Verdict.ANSWERED
        if look.voice is Told.OTHER or _strange(look.who, look.seconds):
            return Verdict.REFUSED
        answers = asked and look.seconds < LEAST and look.who.name and look.silent <= TALKING
        may_stop = look.who.name or look.seconds < ENOUGH
        if (
            self.pushed
            or ((look.there or answers) and not torn(text))
            or (may_stop and understand(text, asked) in ANYBODY)
        ):
            return Verdict.ANSWERED
        return Verdict.DOUBTED if look.who.name and look.who.sure >= PERHAPS else Verdict.REFUSED

    def said(self, look: Look, text: str) -> Told:
        """What the voice is to her, now that its words are known: half a sentence of a voice that can't be
        told is nobody's yet."""
        unknown = self._chooses and not look.certain
        return Told.OPEN if unknown and look.voice is Told.ANSWERED and torn(text) else look.voice

    @property
    def _chooses(self) -> bool:
        """Whether only known voices are answered."""
        return self.only_known and bool(self.known)

    def heard(self, look: Look) -> bool:
        """A turn's words are known: remember who spoke. Whether she is to ask who that is."""
        self._heard_until = look.sound.voiced
        if look.who.name:
            self._strangers = {}
            self._known_until = look.sound.voiced if look.certain else self._known_until
            return False
        if not self.ask or look.who.hers or look.vector is None or look.seconds < ENOUGH / 2:
            return False
        before = {start: vector for start, vector in self._strangers.items() if start != look.sound.start}
        if not alike(list(before.values()), look):
            before = {}  # somebody else
        self._strangers = {**dict(list(before.items())[1 - FIRST :]), look.sound.start: look.vector}
        asked = any(alike([vector], look, UNSURE) for vector in self._asked)
        return not asked and (look.who.sure >= SURE or not self.known)

    def asked(self) -> None:
        """The stranger who has just spoken is asked for a name: that is done once."""
        if self._strangers:
            self._asked.append(unit(np.mean(list(self._strangers.values()), axis=0)))

    def forget(self, name: str) -> str:
        """Delete the voice of that name, whatever the case of its letters; "": the only one there is. It
        isn't learned again by itself in this run. The name it was known by; "" where there is none."""
        names = called(self.known.voices, name)
        names = names or (list(self.known.voices) if not name and len(self.known.voices) == 1 else [])
        for known in names:
            self.known.forget(known)
            self.drop(known)
            self.learn = False
        return names[0] if names else ""

    def introduce(self, name: str) -> bool:
        """Learn the voice of the strangers' last turns under `name`; False where another voice is known by
        it, or there was too little of this one."""
        taken = called(self.known.voices, name)
        vectors, self._strangers = list(self._strangers.values()), {}
        if taken or not vectors:
            return False
        self._enrol(name, vectors)
        return True

    def _enrol(self, name: str, vectors: list[Vector]) -> None:
        """Learn a voice that is talking with her."""
        self.keep(self.known.enrol(name, vectors))
        self._known_until = self._heard_until

    def committed(self, look: Look) -> None:
        """A turn was over: learn from its voice, if that is wanted."""
        if not self.learn:
            return
        if look.vector is None or look.who.hers or look.seconds < ENOUGH:
            return
        if surely(look.who):
            self.keep(self.known.adapt(look.who.name, look.vector))
        elif not self.known:
            same = alike(self._first, look)
            self._first = [*self._first, look.vector] if same else [look.vector]
            if len(self._first) >= FIRST:
                self._enrol(OWNER, self._first)
                self._first.clear()
