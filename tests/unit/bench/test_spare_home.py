"""The home that a measurement is made in."""

from dataclasses import replace

from companion.bench.turns import spare_home
from companion.settings import Settings
from companion.settings_file import load


def test_it_has_the_engines_and_the_patience_of_who_measures_but_not_the_devices_and_the_key():
    usual = Settings()
    mine = replace(
        usual,
        weights=replace(usual.weights, llm="qwen2.5-coder-0.5b"),
        turns=replace(usual.turns, mode="push-to-talk", patience=1.5),
        audio=replace(usual.audio, input="USB Headset"),
    )

    with spare_home(mine) as home:
        found = load(home)

    assert found == replace(usual, weights=mine.weights, turns=replace(usual.turns, patience=1.5))
    assert not home.exists()
