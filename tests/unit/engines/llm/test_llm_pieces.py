"""A file of sealed pieces is read as it was written, or not at all."""

import threading

import pytest

from companion.engines import Cancelled, Never
from companion.engines.llm.pieces import OWN, Digest, discard, read_pieces, write_pieces
from companion.memory.sealed_cache import CacheSeal

PIECES = [b"one", b"two" * 9, b"three"]


@pytest.fixture(params=[Digest(), CacheSeal(b"1" * 32)], ids=["digest", "sealed"])
def seal(request):
    return request.param


@pytest.fixture
def written(tmp_path, seal):
    def write(name="a", pieces=PIECES):
        write_pieces(tmp_path / name, seal, pieces, Never())
        return tmp_path / name

    return write


def parts_of(file):
    """What it begins with, and its pieces as they are on disk."""
    content, parts = file.read_bytes(), []
    rest = content[OWN:]
    while rest:
        length = 4 + int.from_bytes(rest[:4], "big")
        parts.append(rest[:length])
        rest = rest[length:]
    return content[:OWN], parts


@pytest.mark.parametrize("pieces", [PIECES, [b"one"], [b""]], ids=len)
def test_it_is_read_as_it_was_written(written, seal, pieces):
    file = written(pieces=pieces)

    assert list(read_pieces(file, seal)) == pieces
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "rearranged",
    [
        lambda a, b, c: [a, b],
        lambda a, b, c: [a, c],
        lambda a, b, c: [a, c, b],
        lambda a, b, c: [a, b, b, c],
        lambda a, b, c: [a, b, c, c],
        lambda a, b, c: [],
    ],
    ids=["last one gone", "one gone", "another order", "one twice", "last one twice", "none"],
)
def test_pieces_that_are_missing_doubled_or_in_another_order_are_noticed(written, seal, rearranged):
    file = written()
    own, parts = parts_of(file)

    file.write_bytes(own + b"".join(rearranged(*parts)))

    with pytest.raises(ValueError):
        list(read_pieces(file, seal))


def test_a_piece_of_another_file_is_noticed(written, seal):
    file, other = written("a"), written("b")
    own, parts = parts_of(file)

    file.write_bytes(own + b"".join([parts[0], parts_of(other)[1][1], parts[2]]))

    with pytest.raises(ValueError):
        list(read_pieces(file, seal))


def test_it_is_noticed_wherever_it_is_cut_off_or_altered(written, seal):
    file = written()
    content = file.read_bytes()

    for place in range(len(content)):
        altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        for damaged in (content[:place], altered):
            file.write_bytes(damaged)
            with pytest.raises(ValueError):
                list(read_pieces(file, seal))


def test_nothing_is_given_of_a_piece_that_is_not_sound(written, seal):
    file = written()
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    given = read_pieces(file, seal)

    assert [next(given), next(given)] == PIECES[:2]
    with pytest.raises(ValueError):
        next(given)


def test_writing_stops_between_two_pieces(tmp_path, seal):
    withdrawn, taken = threading.Event(), []

    def pieces():
        for number in range(100):
            taken.append(number)
            if number == 3:
                withdrawn.set()
            yield b"piece"

    with pytest.raises(Cancelled):
        write_pieces(tmp_path / "a", seal, pieces(), withdrawn)

    assert len(taken) == 4


@pytest.mark.parametrize("sealed", [True, False])
def test_what_is_discarded_is_overwritten_before_it_goes(written, tmp_path, sealed):
    file = written()
    length = file.stat().st_size
    (tmp_path / "same file").hardlink_to(file)

    discard(file, sealed=sealed)

    left = (tmp_path / "same file").read_bytes()
    assert not file.exists()
    assert left[:OWN] == bytes(OWN)
    assert sealed or left == bytes(length)


def test_what_is_not_there_needs_no_discarding(tmp_path):
    discard(tmp_path / "a", sealed=True)

    assert not list(tmp_path.iterdir())
