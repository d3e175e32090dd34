"""Settings are checked where they come in, and written without harm to what stands there."""

import errno
import os

import pytest

from companion.errors import SettingsError
from companion.settings import Settings
from companion.settings_file import FILE, change, check, declared, get, keys, load, parse, reset


def test_a_home_without_a_file_has_the_defaults(tmp_path):
    assert load(tmp_path) == Settings()


def test_every_default_is_a_value_its_own_declaration_allows():
    for key in keys():
        assert check(key, get(Settings(), key)) == get(Settings(), key)
        assert declared(key)[0].metadata["about"].endswith(".")


def test_a_change_is_read_back_and_keeps_what_a_person_wrote(tmp_path):
    (tmp_path / FILE).write_text("# mine\n[tts]\nvolume = 0.5  # quiet\n")

    change(tmp_path, "tts.pace", 1.2)

    assert load(tmp_path).tts.pace == 1.2
    assert load(tmp_path).tts.volume == 0.5
    text = (tmp_path / FILE).read_text()
    assert "# mine" in text
    assert "# quiet" in text
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("tts.pace = 9", "at most 2"),
        ('tts.pace = "fast"', "a number"),
        ("turns.mode = 'shouting'", "one of hands-free, push-to-talk"),
        ("asr.threads = 1.5", "a whole number"),
        ("tts.pace = nan", "at "),
        ("tts.colour = 1", "no setting"),
        ("colour.tts = 1", "no section"),
        ("tts = 3", "no section"),
        ("[tts", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path, content, said):
    (tmp_path / FILE).write_text(content)

    with pytest.raises(SettingsError, match=said):
        load(tmp_path)


def test_a_broken_file_is_not_written_over(tmp_path):
    (tmp_path / FILE).write_text("[tts")

    with pytest.raises(SettingsError):
        change(tmp_path, "tts.pace", 1.1)

    assert (tmp_path / FILE).read_text() == "[tts"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_settings_and_nothing_beside_them(tmp_path, monkeypatch, step):
    change(tmp_path, "tts.pace", 1.2)

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(SettingsError, match=r"\(No space left on device\) and stays as it was: free some"):
        change(tmp_path, "tts.pace", 1.1)

    assert load(tmp_path).tts.pace == 1.2
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_the_file_is_for_its_owner_alone(tmp_path):
    change(tmp_path, "tts.pace", 1.2)

    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_what_is_typed_is_taken_as_the_settings_own_type():
    assert parse("asr.threads", "3") == 3
    assert parse("tts.pace", "1") == 1.0
    with pytest.raises(SettingsError, match="whole number"):
        parse("asr.threads", "many")


def test_a_setting_that_is_reset_follows_its_default_and_the_rest_of_the_file_stays(tmp_path):
    change(tmp_path, "tts.pace", 1.2)
    change(tmp_path, "tts.pitch", -2.0)

    assert reset(tmp_path, "tts.pace") == 1.0
    assert reset(tmp_path, "turns.patience") == 1.0  # it isn't in the file

    assert get(load(tmp_path), "tts.pitch") == -2.0
    left = (tmp_path / FILE).read_text()
    assert "pace = " not in left
    assert left.count("#") == 1, "nor what was written about it"


def test_what_is_impossible_can_be_reset(tmp_path):
    (tmp_path / FILE).write_text("[tts]\npace = 99.0\n")

    reset(tmp_path, "tts.pace")

    assert load(tmp_path) == Settings()


def test_what_is_impossible_is_told_with_its_file_and_a_remedy_and_can_be_set_anew(tmp_path):
    (tmp_path / FILE).write_text("[turns]\npatience = 'x'\n")

    with pytest.raises(SettingsError, match=r"settings.toml: turns.patience must be .* reset turns.patience"):
        load(tmp_path)
    change(tmp_path, "turns.patience", 1.5)

    assert load(tmp_path).turns.patience == 1.5
