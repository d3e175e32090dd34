"""What the language model keeps of a conversation is sealed as the store is."""

import pytest

from companion.memory.sealed_cache import CacheSeal, Unsound

SEAL = CacheSeal(b"1" * 32)


def test_what_is_sealed_opens_in_its_place_with_the_same_key():
    sealed = SEAL.seal(b"my sister is called Amy", b"here")

    assert CacheSeal(b"1" * 32).open(sealed, b"here") == b"my sister is called Amy"
    assert b"Amy" not in sealed
    assert len(sealed) == len(b"my sister is called Amy") + 28


def test_the_same_words_never_look_the_same():
    assert SEAL.seal(b"Amy", b"here") != SEAL.seal(b"Amy", b"here")


@pytest.mark.parametrize(
    "opening",
    [
        lambda sealed: CacheSeal(b"2" * 32).open(sealed, b"here"),
        lambda sealed: SEAL.open(sealed, b"there"),
        lambda sealed: SEAL.open(sealed[:-1], b"here"),
        lambda sealed: SEAL.open(sealed[:5], b"here"),
        lambda sealed: SEAL.open(b"", b"here"),
    ],
    ids=["another key", "another place", "cut off", "hardly begun", "empty"],
)
def test_nothing_else_opens(opening):
    with pytest.raises(Unsound):
        opening(SEAL.seal(b"my sister is called Amy", b"here"))


def test_no_byte_of_it_can_be_altered():
    sealed = SEAL.seal(b"Amy", b"here")

    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(Unsound):
            SEAL.open(bytes(altered), b"here")
