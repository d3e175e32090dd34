"""The measurement of the voice."""

import json
from pathlib import Path

from companion.bench.tts import CLAUSES, run
from companion.settings import TtsSettings


def test_the_figures_of_the_default_voice(weights_dir: Path) -> None:
    figures = run(weights_dir / "piper-en_US-joe-medium", TtsSettings(threads=1), {"cores": 2}, rounds=1)
    assert json.loads(json.dumps(figures)) == figures
    assert figures["machine"] == {"cores": 2}
    assert figures["models"] == {"tts": "piper-en_US-joe-medium"}
    assert figures["rates"]["rtf"] > 0.0
    assert figures["load_s"] > 0.0
    for waits in figures["first_audio_ms"].values():
        assert 0.0 < waits["median"] <= waits["worst"]


def test_the_clauses_are_as_long_as_they_say() -> None:
    for words, clauses in CLAUSES.items():
        assert {len(clause.split()) for clause in clauses} == {words}
