"""What `companion bench asr` measures, on a handful of recordings and the smallest model."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from companion.bench.asr import run
from companion.bench.asr_data import speech_in, turns_in, utterances_in
from companion.bench.asr_scores import has_repeated_stretch, spread, understood, word_errors
from companion.bench.noises import KINDS, LEVELS, stretches
from companion.engines.asr.whisper import WhisperRecognizer
from companion.errors import AudioError
from companion.settings import AsrSettings

RATE = 16_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, recordings: Path) -> Path:
    """A folder laid out as the evaluation data is, with two recordings and two seconds of hiss in it."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("speech", "commands", "noise"):
        (folder / name).mkdir()
    shutil.copy(recordings / "order_011.flac", folder / "speech")
    shutil.copy(recordings / "order_025.flac", folder / "commands")
    _manifest(
        folder / "speech", ["file", "lang", "text"], ["order_011.flac", "en", "I want a dark roast latte"]
    )
    _manifest(folder / "commands", ["file", "phrases"], ["order_025.flac", "latte|brown sugar"])
    (folder / "wakeword" / "dark_roast").mkdir(parents=True)
    shutil.copy(recordings / "order_011.flac", folder / "wakeword" / "dark_roast")
    hiss = np.random.default_rng(1).normal(0, 0.01, 2 * RATE)
    soundfile.write(folder / "noise" / "hiss.wav", hiss, RATE)
    return folder


def _manifest(folder: Path, *rows: list[str]) -> None:
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def test_a_short_run_gives_every_figure_as_json(data: Path, weights_dir: Path) -> None:
    steps: list[str] = []

    found = run(
        data, WhisperRecognizer(weights_dir / "whisper-tiny.en", AsrSettings()), steps.append, short=True
    )

    assert json.loads(json.dumps(found)) == found
    assert found["commands"]["tuned"]["quick"]["of"] == 2
    assert found["commands"]["held_out"]["quick"]["utterances"] == 0
    assert found["noise"]["turns"] == 0
    assert found["noise"]["minutes"] == 1.0
    assert found["up_to_5_s"]["utterances"] == 2
    assert found["single_words"]["of"] == 1
    assert found["single_words"]["times_s"]["median"] > 0
    assert all(found["rates"][path] > 0 for path in ("quick", "thorough", "transcribe"))
    assert set(found["aims"]) == {
        "quick_times_faster_up_to_5_s",
        "points_fewer_phrases",
        "share_with_a_repeated_stretch",
        "record_points_over_transcribe",
        "turns_made_by_noise",
    }
    assert "1 of 2: order_011.flac" in steps


def test_a_turn_is_cut_with_its_pre_roll_and_its_silence(data: Path) -> None:
    _speech, order = utterances_in(data, short=False)
    whole, _rate = soundfile.read(data / "commands" / "order_025.flac", dtype="float32")
    ((began, ended),) = speech_in(whole)

    assert order.speech == pytest.approx(ended - began)
    assert order.audio.size / RATE == pytest.approx(0.5 + order.speech + 0.2, abs=0.01)
    assert np.array_equal(next(turns_in(whole)), order.audio)


def test_missing_recordings_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"manifest\.csv is missing; name a folder"):
        list(utterances_in(tmp_path, short=True))


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("the air is pure", "The air is pure.", 0),
        ("twelve ounces", "12 oz", 0),
        ("the air is pure", "the hair pure", 2),
        ("yes", "", 1),
        ("yes", "oh yes please", 2),
    ],
)
def test_word_errors(said: str, heard: str, errors: int) -> None:
    assert word_errors(said, heard) == (errors, len(said.split()))


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_word_errors_are_a_distance(said: list[str], heard: list[str]) -> None:
    errors, _words = word_errors(" ".join(said), " ".join(heard))

    assert errors == word_errors(" ".join(heard), " ".join(said))[0]
    assert abs(len(said) - len(heard)) <= errors <= max(len(said), len(heard))
    assert (errors == 0) == (said == heard)


def test_phrases_are_whole_words_with_numbers_either_way() -> None:
    assert understood(["twelve ounce", "small", "soy milk"], "A 12-ounce smaller soy milk") == 2


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Make me a large latte. Make me a large", True),
        ("no no no", True),
        ("a lot of milk and a lot of sugar", False),
        ("No, no, thanks", False),
        ("", False),
    ],
)
def test_repeated_stretches(text: str, claim: bool) -> None:
    assert has_repeated_stretch(text) is claim


def test_the_spread_of_times() -> None:
    assert spread([0.1, 0.2, 0.6]) == {"median": 0.2, "mean": 0.3, "p95": 0.56}
    assert spread([]) == {"median": 0.0, "mean": 0.0, "p95": 0.0}


def test_noise_comes_in_every_kind_and_level_and_the_same_each_time() -> None:
    made = list(stretches(24.0, seed=4))

    assert len(made) == len(KINDS) * len(LEVELS)
    assert sum(audio.size for _name, audio in made) == 24 * RATE
    assert all(audio.dtype == np.float32 and np.abs(audio).max() <= 1.0 for _name, audio in made)
    levels = {name: float(np.sqrt(np.mean(audio**2))) for name, audio in made}
    assert levels["pink 0.01"] == pytest.approx(0.01, rel=0.05)
    assert all(np.array_equal(a, b) for (_n, a), (_m, b) in zip(made, stretches(24.0, seed=4), strict=True))
