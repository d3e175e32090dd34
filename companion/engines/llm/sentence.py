"""How likely a sentence ends behind some words: a small language model's guess at what comes next."""

from __future__ import annotations

from pathlib import Path

from companion.engines import Cancel, Never
from companion.engines.llm import Message
from companion.engines.llm.llama import Llama
from companion.engines.processor import cores, few_cores
from companion.settings import LlmSettings

BEFORE = (
    Message("system", "People speak in whole, complete sentences."),
    Message("user", "I had a long day at work."),
    Message("assistant", "Oh, what made it so long?"),
    Message("user", "My boss kept calling me about the report for the meeting on Monday."),
    Message("assistant", "That sounds exhausting. Did you finish it?"),
    Message("user", "Yes, I did, and then I went home and made some soup."),
    Message("assistant", "What kind of soup was it?"),
    Message("user", "Could you please turn off the light in the kitchen?"),
    Message("assistant", "Of course."),
    Message("user", "I would like a cup of tea with a little milk."),
    Message("assistant", "Coming right up!"),
    Message("user", "The weather was so nice that we went for a walk along the river."),
    Message("assistant", "Lovely."),
)
"""What the words stand behind: always the same, for the model that holds the conversation expects a turn to
go on as the last one did. After somebody's "... with brown sugar and some almond milk." it gave "I want a
house coffee with brown sugar." 0.24 to end there, where it had given 0.68. Whole sentences of several kinds
raise the area under the curve of its verdicts from 0.947 (with one of them) to 0.961."""


class SentenceModel:
    """Judges words with a model of its own (SmolLM2 135M: 25 ms on one thread for a sentence, 180 MB), so
    that it neither waits for the one that answers nor disturbs its cache. As good as the default 1.5B model:
    0.70 s mean delay at 5% cut-offs with either (`companion bench turns --detector`)."""

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`. Raises `WeightsError`, `EngineError`."""
        # Up to three cores it works on the language model's thread, while that one rests; else beside it.
        self._model = Llama(folder, LlmSettings(context=512, threads=cores() if few_cores() else 1))
        self.ending("Hello there.", Never())  # reads what stands before: 0.25 s, for which no turn waits

    def ending(self, text: str, cancel: Cancel) -> float:
        """Probability that a sentence ends behind the last word of `text`; of a long one, its end is read."""
        words = text.split()[-MOST:]
        return self._model.ending([*BEFORE, Message("user", " ".join(words))], cancel) if words else 0.0

    def close(self) -> None:
        """Free the model; idempotent."""
        self._model.close()


MOST = 60
"""Words that are read at most: what stands further back doesn't tell where a sentence ends."""
