"""The one vocabulary: every event the heart hears of, and every command it gives.

Events say what happened; commands say what to do about it. Both are plain values, so a conversation can be
recorded, replayed and run in virtual time. Times are seconds of the injected clock. A `draft` is the number
of the draft a result belongs to: a result of a draft that is no longer the current one is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

# --- events: what happened -------------------------------------------------------------------------------


class Voice(Enum):
    """What the voice that speaks is to her, as far as it can be told yet."""

    ANSWERED = "answered"
    """One that she knows, or any, where nothing speaks against it."""
    OPEN = "open"
    """Too little speech to tell whether it is one that she knows."""
    GUEST = "guest"
    """Surely none that she knows, where everybody is answered: a guest, or the television."""
    OTHER = "other"
    """None that she knows, where nobody else is answered."""


class Ask(Enum):
    """What somebody wants of her memory."""

    KEEP = "keep this"
    WRONG = "that is wrong"
    MISHEARD = "that isn't what I said"
    FORGET = "forget this"
    YES = "yes, erase it"
    NO = "no, keep it"
    ABOUT = "what is known about this"
    LAST = "when was this last talked about"
    SOURCE = "how do you know that"
    OFF_RECORD = "off the record"
    ON_RECORD = "back on the record"
    WHICH_RECORD = "are we on the record"


@dataclass(frozen=True, slots=True)
class Answered:
    """What memory has done about an ask, and has to say of it.

    `text`: her words. `confirm`: they say what would go and ask whether to erase it, so they end in a
    question. `passes`: memory has nothing to say to it, and the model answers. `erased`: turns that are gone,
    and `corrected`: turns with their new text, as (side, number) of the record that memory was given.
    """

    text: str = ""
    confirm: bool = False
    passes: bool = False
    erased: frozenset[tuple[Literal["user", "companion"], int]] = frozenset()
    corrected: tuple[tuple[Literal["user", "companion"], int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody began to speak at `onset`; noticed some milliseconds later."""

    onset: float


@dataclass(frozen=True, slots=True)
class SpeechSustained:
    """The speech that began at `onset` has lasted long enough to be meant as a barge-in."""

    onset: float


@dataclass(frozen=True, slots=True)
class SpeechRose:
    """A sound that may become speech began: `SpeechStarted` follows if it lasts, else `SpeechFell`."""


@dataclass(frozen=True, slots=True)
class SpeechFell:
    """The sound that might have become speech was too short for any."""


@dataclass(frozen=True, slots=True)
class SpeechDipped:
    """The speech that goes on fell silent at `at`, for a moment or for longer: a word has just ended."""

    at: float


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """The last speech ended at `end`; noticed some milliseconds later."""

    end: float


@dataclass(frozen=True, slots=True)
class TurnJudged:
    """The end-of-turn model's probability (0..1) that the turn is over."""

    draft: int
    probability: float


@dataclass(frozen=True, slots=True)
class WordsJudged:
    """The probability (0..1) that the words heard so far end a sentence, by the words alone."""

    draft: int
    ending: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The words of the turn so far; empty when there was nothing worth believing, or nobody who is answered
    said it. `who`: whose voice it is ("": nobody's that is known), `sure`: how sure that is (0..1).
    `stranger`: it is nobody's, surely, and she is to ask who it is. `since`: seconds for which others, who
    are not answered, spoke behind those words. `doubted`: they are answered only if what follows shows that
    they are meant for her."""

    draft: int
    text: str
    who: str = ""
    sure: float = 0.0
    stranger: bool = False
    since: float = 0.0
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Introduced:
    """Somebody said who they are; `learned`: their voice is known by that name now (else somebody else's is,
    and nothing was changed)."""

    name: str
    learned: bool


@dataclass(frozen=True, slots=True)
class VoiceForgotten:
    """A voice was to be forgotten: the one called `name`, or none ("") where she knows no such voice."""

    draft: int
    name: str


@dataclass(frozen=True, slots=True)
class MemoryAnswered:
    """Memory has done what it was asked, and says `text`; `confirm`: it asks whether to erase what it has
    read back. `passes`: it has nothing to say, and the model answers."""

    draft: int
    text: str = ""
    confirm: bool = False
    passes: bool = False


@dataclass(frozen=True, slots=True)
class RecordChanged:
    """Memory erased or corrected turns of the record (side and number): the model's cache is to follow, and
    `answer` is said when it has."""

    erased: frozenset[tuple[Literal["user", "companion"], int]]
    corrected: tuple[tuple[Literal["user", "companion"], int, str], ...]
    answer: MemoryAnswered


@dataclass(frozen=True, slots=True)
class Overheard:
    """A partial transcript: the words of the turn that is still being said. `stable`: the words at its front
    that the hypothesis before agrees with (LocalAgreement-2). `took`: seconds of work it was. `sure`: the
    words are to be believed as they stand. `ahead`: the machine is fast enough to draft an answer to them
    before the speaker pauses. `sound`: the one that was asked about (`Overhear`), or 0 where it is a draft's
    turn that is still being made out (`Transcribe`). `voice`: what the voice that speaks is to her; the words
    are those of voices that are answered, and `since` is for how many seconds others have spoken behind
    them. `over`: it was asked for when the sound was over."""

    text: str
    stable: str
    took: float
    sure: bool = True
    ahead: bool = False
    sound: int = 0
    draft: int = 0
    voice: Voice = Voice.ANSWERED
    since: float = 0.0
    over: bool = False


@dataclass(frozen=True, slots=True)
class ReplyForeseen:
    """By the engines' measured rates the first clause of the reply can sound in `seconds`."""

    draft: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ReplyBegun:
    """The first token of the reply is there."""

    draft: int


@dataclass(frozen=True, slots=True)
class ClauseWritten:
    """The model has written clause `index` (from 0) of the reply."""

    draft: int
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyWritten:
    """The model has written the whole reply: `clauses` of them, 0 when it had nothing to say."""

    draft: int
    clauses: int


@dataclass(frozen=True, slots=True)
class ClauseReady:
    """Clause `index` has been synthesised and is held: `seconds` of speech, 0.0 when it has no sound."""

    draft: int
    index: int
    seconds: float


@dataclass(frozen=True, slots=True)
class PlaybackBegun:
    """The first sound of the reply has left the loudspeaker."""

    draft: int


@dataclass(frozen=True, slots=True)
class ClausePlayed:
    """Clause `index` has left the loudspeaker whole."""

    draft: int
    index: int


@dataclass(frozen=True, slots=True)
class PlaybackStopped:
    """The loudspeaker was stopped within the reply; `heard` is what had been heard of it, word by word."""

    draft: int
    heard: str


@dataclass(frozen=True, slots=True)
class Stored:
    """User turn `turn` is on disk."""

    turn: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """User turn `turn` was heard once more, at leisure: `text` is what the record keeps. `matters` says that
    a number or a name differs from what was answered."""

    turn: int
    text: str
    matters: bool


@dataclass(frozen=True, slots=True)
class Thinned:
    """The model's context was getting full: what stands in the record before this turn is no longer shown
    to it."""

    side: Literal["user", "companion"]
    number: int


@dataclass(frozen=True, slots=True)
class Recalled:
    """What memory gave for the user's words of that utterance: it stands before them in the prompt."""

    utterance: int
    note: str


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Her voice was changed as asked: `value` is what its pace or volume is now (1.0: as the voice is)."""

    what: Literal["pace", "volume"]
    value: float


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """An engine gave up on a draft (0: on none in particular); `why` is a sentence for the person, `job` the
    key of what it was doing."""

    role: str
    draft: int
    why: str
    job: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the heart set has come due."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class MuteChanged:
    """The person muted (or unmuted) the microphone."""

    muted: bool


@dataclass(frozen=True, slots=True)
class PushStarted:
    """The push-to-talk key went down."""


@dataclass(frozen=True, slots=True)
class PushEnded:
    """The push-to-talk key came up: the turn is over."""


@dataclass(frozen=True, slots=True)
class ArchiveRead:
    """Something new of the archive is in the store, which there may be time to think about."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The person typed a turn."""

    text: str


@dataclass(frozen=True, slots=True)
class StopAsked:
    """The person asked her to be silent."""


Event = (
    SpeechStarted
    | SpeechRose
    | SpeechFell
    | SpeechSustained
    | SpeechDipped
    | SpeechPaused
    | TurnJudged
    | WordsJudged
    | Heard
    | Introduced
    | VoiceForgotten
    | MemoryAnswered
    | RecordChanged
    | Overheard
    | ReplyForeseen
    | ReplyBegun
    | ClauseWritten
    | ReplyWritten
    | ClauseReady
    | PlaybackBegun
    | ClausePlayed
    | PlaybackStopped
    | Stored
    | Reviewed
    | Thinned
    | Recalled
    | Adjusted
    | EngineFailed
    | TimerFired
    | MuteChanged
    | PushStarted
    | PushEnded
    | ArchiveRead
    | Typed
    | StopAsked
)

# --- commands: what to do --------------------------------------------------------------------------------


class Timer(Enum):
    """What the heart can wait for. Setting a timer again moves it."""

    TURN_END = "turn end"
    """The silence is long enough for the turn to be over."""
    TURN_BOUND = "turn bound"
    """However doubtful the evidence, nobody waits longer than this."""
    PARTIAL = "partial"
    """The speech that goes on has grown by enough to be heard again."""
    LOOK = "look"
    """A sound in her turn has lasted for long enough to look at its words."""
    OTHERS = "others"
    """Others, who aren't answered, have gone on speaking for long enough to look at their voice again."""
    LONGEST = "longest turn"
    """The user has been speaking for as long as one turn may be."""
    THINKING = "thinking"
    """The answer is slow enough for a sign that it is being thought about."""
    ANSWER = "answer"
    """An answer should have come by now."""
    QUIET = "quiet"
    """It has been quiet for long enough to keep the conversation for the next start."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Post `TimerFired(timer)` at the time `at`."""

    timer: Timer
    at: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget the timer if it is set."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Judge:
    """Ask the end-of-turn model about the sound of the turn so far."""

    draft: int


@dataclass(frozen=True, slots=True)
class JudgeWords:
    """Ask how likely the words of the turn so far end a sentence (answered by `WordsJudged`)."""

    draft: int
    text: str


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Write down the sound of the turn so far, whose last word ended at `end`."""

    draft: int
    end: float


@dataclass(frozen=True, slots=True)
class Overhear:
    """Write down what of the turn has been said so far, while it goes on (answered by `Overheard`).
    `sound` counts the sounds of the user's that began a turn or might have. `urgent`: her voice, or
    the end of the turn, waits for it; other engines make room. `over`: the sound is at its end, and so short
    that doubtful words are worth a second look."""

    sound: int = 0
    urgent: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class DropLook:
    """Withdraw the look at a sound that seemed to be over, and goes on: another follows, at all of it."""


@dataclass(frozen=True, slots=True)
class Foresee:
    """Evaluate the user's words so far behind the conversation: more will follow them."""

    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Write a reply to the conversation and `text`, the user's words that aren't part of it yet
    (empty: the last turns of the conversation are what is to be answered). `first`: how many clauses of it
    there are already."""

    draft: int
    text: str
    first: int = 0


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on writing the reply that was cut off, that of the draft `cut`. `rest`: what of it was written and
    not heard, which is said before; what follows it is written as clauses from number `index` on."""

    draft: int
    cut: int
    rest: str
    index: int


@dataclass(frozen=True, slots=True)
class Then:
    """Take in `event` when what was commanded before it has been done, and has told what came of it."""

    event: Typed


@dataclass(frozen=True, slots=True)
class Adjust:
    """Change her voice by a factor, for what is synthesised from now on (answered by `Adjusted`)."""

    what: Literal["pace", "volume"]
    factor: float


@dataclass(frozen=True, slots=True)
class Speak:
    """Synthesise a clause and hold it."""

    draft: int
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Revoke:
    """Withdraw everything that is being done for a draft, and drop what is held. What was heard for it goes
    to the draft `successor`, if there is one."""

    draft: int
    successor: int = 0


@dataclass(frozen=True, slots=True)
class CommitUserTurn:
    """Write the user's turn to disk (answered by `Stored`); `draft` is the one whose words it takes,
    0 for a turn that was typed. `who` said it, as `sure` as that is (0..1). `kept`: else it was said off the
    record, and nothing is written."""

    turn: int
    draft: int
    text: str
    who: str = ""
    sure: float = 0.0
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Introduce:
    """Learn the voice of the stranger who has just spoken (answered by `Introduced`)."""

    name: str


@dataclass(frozen=True, slots=True)
class ForgetVoice:
    """Delete the voice of that name, in any case of its letters; "": the only one there is (answered by
    `VoiceForgotten`)."""

    draft: int
    name: str


@dataclass(frozen=True, slots=True)
class AskMemory:
    """Ask memory for what user turn `turn` wants of it, once that is stored (answered by `MemoryAnswered`):
    `about` what, and, where something is put right, `instead_of` what."""

    draft: int
    turn: int
    ask: Ask
    about: str = ""
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class BackOnRecord:
    """What was said off the record leaves the conversation, and the model's cache."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The stranger who has just spoken is being asked for a name: that is done once."""


@dataclass(frozen=True, slots=True)
class YieldTurn:
    """Say explicitly that a committed user turn gets no answer of its own."""

    turn: int
    why: str


@dataclass(frozen=True, slots=True)
class Play:
    """Play a held clause behind those already playing."""

    draft: int
    index: int


@dataclass(frozen=True, slots=True)
class Duck:
    """Lower her voice while somebody else makes a sound, or bring it back up."""

    down: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """Play a sound that was prepared beforehand: a sign that she is thinking, or that she is sorry in her own
    voice because an engine failed. It belongs to no draft."""

    name: Literal["thinking", "sorry", "mm-hm"]


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """Silence the loudspeaker at once (answered by `PlaybackStopped`)."""

    draft: int


@dataclass(frozen=True, slots=True)
class CommitCompanionTurn:
    """Write down what she said: what was played of it, and whether she was interrupted. `kept`: else it was
    said off the record, and nothing is written."""

    draft: int
    text: str
    interrupted: bool
    kept: bool = True


@dataclass(frozen=True, slots=True)
class DropSound:
    """Forget the sound of the turn, as it has been committed, or was none; with a `draft`, only the sound
    that was written down for it. Speech that is going on is kept from its onset, or only its last seconds, if
    nothing but what is `recent` can matter."""

    draft: int = 0
    recent: bool = False


@dataclass(frozen=True, slots=True)
class HoldSound:
    """Keep the sound from now on (and the pre-roll): the turn has begun without the VAD."""


@dataclass(frozen=True, slots=True)
class CloseMicrophone:
    """Mute: close the input."""


@dataclass(frozen=True, slots=True)
class OpenMicrophone:
    """Unmute: open the input."""


@dataclass(frozen=True, slots=True)
class Review:
    """Nobody speaks: hear committed turns once more, for the record (answered by `Reviewed`)."""


@dataclass(frozen=True, slots=True)
class Settle:
    """The model has time: bring its cache up to what was really said, and make room in its context."""


@dataclass(frozen=True, slots=True)
class Keep:
    """It has been quiet for a while: keep the conversation for the next start."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Show the person a sentence about something that went wrong."""

    why: str


Command = (
    SetTimer
    | CancelTimer
    | Judge
    | JudgeWords
    | Transcribe
    | Overhear
    | DropLook
    | Foresee
    | Reply
    | Continue
    | Then
    | Adjust
    | Speak
    | Revoke
    | CommitUserTurn
    | YieldTurn
    | Introduce
    | ForgetVoice
    | AskMemory
    | BackOnRecord
    | Asked
    | Play
    | Duck
    | Cue
    | StopPlaying
    | CommitCompanionTurn
    | DropSound
    | HoldSound
    | CloseMicrophone
    | OpenMicrophone
    | Review
    | Settle
    | Keep
    | Tell
)
