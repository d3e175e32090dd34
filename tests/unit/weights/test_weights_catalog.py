"""The catalogue: the one that ships is sound, and nothing doubtful is read from any."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import WeightsError
from companion.weights import added, choice
from companion.weights.catalog import ROLES, Catalogue, HubSource, PypiSource, parse, read
from companion.weights.places import catalogue_file

ZEROS = "0" * 64
GOOD = f"""
[[model]]
role = "tts"
name = "voice"
title = "A voice"
licence = "CC0-1.0"
languages = ["en"]
size = 5
ram = 9
file = [{{ path = "voice.onnx", bytes = 5, sha256 = "{ZEROS}" }}]
source = [
  {{ type = "pypi", parts = [
    {{ file = "voice.onnx", package = "a", version = "1.0", member = "a/b", bytes = 2, sha256 = "{ZEROS}" }},
    {{ file = "voice.onnx", package = "b", version = "1.0", member = "a/b", bytes = 3, sha256 = "{ZEROS}" }},
  ] }},
  {{ type = "hf", repo = "owner/name", revision = "main", files = {{ "voice.onnx" = "en/voice.onnx" }} }},
]
"""


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return Catalogue(parse(read(catalogue_file()), "catalog.toml"))


def test_every_needed_role_has_one_default(shipped: Catalogue) -> None:
    for role in choice.SPOKEN:
        assert len([model for model in shipped.of(role) if model.default]) == 1
    assert {model.role for model in shipped} == set(ROLES)


def test_what_was_fetched_is_pinned_to_the_byte(shipped: Catalogue) -> None:
    for model in shipped:
        assert model.pinned == model.fetched, model.name


def test_what_can_be_fetched_without_the_hub_is_enough_for_everything(shipped: Catalogue) -> None:
    for model in shipped:
        if model.default or model.small or model.tests:
            assert isinstance(model.sources[0], PypiSource), model.name


def test_better_spoken_choices_span_the_sizes_and_voices_both_sexes(shipped: Catalogue) -> None:
    hub = [model for model in shipped if isinstance(model.sources[0], HubSource)]
    sizes = [model.size for model in hub if model.role == "llm"]
    assert min(sizes) < 1.5e9
    assert max(sizes) > 8e9
    voices = [model for model in hub if model.role == "tts"]
    for language in ("en", "de", "fr", "es", "pl"):
        titles = " ".join(model.title for model in voices if language in model.languages)
        assert "(female" in titles, language
        assert "(male" in titles, language


def test_the_default_files_have_the_names_the_engines_look_for(shipped: Catalogue) -> None:
    names = {model.name: [file.path for file in model.files] for model in shipped}
    assert names["qwen2.5-coder-1.5b"] == ["model.gguf"]
    assert names["whisper-base"] == ["model.bin", "tokenizer.json", "vocabulary.json", "config.json"]
    assert names["piper-en_US-joe-medium"] == ["en_US-joe-medium.onnx", "en_US-joe-medium.onnx.json"]
    assert names["smart-turn-v3.2"] == ["smart-turn-v3.2-cpu.onnx"]
    assert names["bge-small-en"] == ["model.onnx", "tokenizer.json", "config.json"]


def test_a_sound_document_is_read() -> None:
    [model] = parse(tomllib.loads(GOOD), "here")

    assert model.pinned
    pypi, hub = model.sources
    assert isinstance(pypi, PypiSource)
    assert [part.requirement for part in pypi.parts] == ["a==1.0", "b==1.0"]
    assert isinstance(hub, HubSource)
    assert hub.files == (("voice.onnx", "en/voice.onnx"),)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('role = "tts"', 'role = "cook"', "role"),
        ('name = "voice"', 'name = "../voice"', "name"),
        ('path = "voice.onnx"', 'path = "../voice.onnx"', "leaves its folder"),
        ('path = "voice.onnx"', 'path = "/etc/passwd"', "leaves its folder"),
        ('path = "voice.onnx"', "path = 'C:\\x'", "leaves its folder"),
        ("size = 5", "size = 6", "its files are 5 bytes"),
        ("size = 5", "size = true", "size"),
        ("size = 5", "size = 5\nsizes = 6", "mean nothing: sizes"),
        ("ram = 9", "", "ram"),
        ("bytes = 3", "bytes = 4", "don't make up"),
        (ZEROS, "0" * 63, "sha256"),
        ('package = "b"', 'package = "--index-url=x"', "package"),
        ('version = "1.0"', 'version = "1.0; x"', "version"),
        ('package = "b"', 'package = "a"', ""),
        ('type = "hf"', 'type = "ftp"', "unknown type"),
        ('repo = "owner/name"', 'repo = "owner"', "repo"),
        ('{ "voice.onnx" = "en/voice.onnx" }', "{}", "every file"),
    ],
)
def test_a_doubtful_document_is_refused_with_its_fault(old: str, new: str, what: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    if not what:
        # Two parts of one wheel that stand together are fine.
        assert parse(tomllib.loads(text), "here")
        return

    with pytest.raises(WeightsError, match=r"here, .*") as caught:
        parse(tomllib.loads(text), "here")
    assert what in str(caught.value)


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(WeightsError, match="voice twice"):
        parse(tomllib.loads(GOOD + GOOD), "here")


toml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    key=st.sampled_from(["role", "name", "size", "file", "source", "languages", "default"]), value=toml_values
)
def test_no_value_breaks_the_parser(key: str, value: object) -> None:
    document = tomllib.loads(GOOD)
    document["model"][0][key] = value
    try:
        [model] = parse(document, "here")
    except WeightsError:
        return
    assert model.role in ROLES


def test_a_file_that_is_no_toml_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_text("[[model")

    with pytest.raises(WeightsError, match="can't be read"):
        added.load(tmp_path, tmp_path / "catalog.toml")
