"""The nearest of many vectors, found by their signs and told apart by their numbers."""

import numpy as np
import pytest

from companion.memory.database import Database
from companion.memory.vectors import Vectors, packed

DIMENSION = 384


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "store.db")
    database.write("INSERT INTO sources VALUES (1, '/a', 0, '2026-01-01T00:00:00+00:00')")
    database.write("INSERT INTO documents (id, source, path, bytes, changed_at) VALUES (1, 1, '/a', 0, 0)")
    yield database
    database.close()


def fill(database, vectors, first=1):
    with database.transaction() as db:
        for number, vector in enumerate(vectors, first):
            db.execute(
                "INSERT INTO chunks (id, document, number, text) VALUES (?, 1, ?, '')", (number, number)
            )
            db.execute("INSERT INTO chunk_vectors VALUES (?, ?)", (number, packed(vector)))


SUBJECTS = unit(np.random.default_rng(0).standard_normal((400, DIMENSION)))


def scattered(random, count):
    """Vectors around some directions, as texts lie around their subjects."""
    about = SUBJECTS[random.integers(0, len(SUBJECTS), count)]
    return unit(about + 0.03 * random.standard_normal((count, DIMENSION)))


def test_the_ten_nearest_of_many_are_nearly_all_found(database):
    random = np.random.default_rng(1)
    vectors = scattered(random, 6000)
    fill(database, vectors)
    index = Vectors(database, "chunk_vectors", "chunk", np.zeros(DIMENSION, np.float32))
    index.refresh()
    shares = []
    for asked in scattered(random, 40):
        exact = set((np.argsort(-(vectors @ asked))[:10] + 1).tolist())
        found, _ = index.nearest(asked.astype(np.float32), 10)
        shares.append(len(exact & set(found.tolist())) / 10)

    assert np.mean(shares) >= 0.97


def test_what_is_kept_has_the_cosine_of_what_was_given(database):
    random = np.random.default_rng(2)
    vectors = scattered(random, 5)
    fill(database, vectors)
    asked = unit(random.standard_normal((1, DIMENSION)))[0].astype(np.float32)
    index = Vectors(database, "chunk_vectors", "chunk", np.zeros(DIMENSION, np.float32))

    ids, cosines = index.cosines(asked, [1, 2, 3, 4, 5])

    assert cosines == pytest.approx((vectors @ asked)[ids - 1], abs=0.01)


def test_what_was_added_is_found_and_what_was_dropped_is_not(database):
    random = np.random.default_rng(3)
    vectors = scattered(random, 4)
    fill(database, vectors[:2])
    index = Vectors(database, "chunk_vectors", "chunk", np.zeros(DIMENSION, np.float32))
    index.refresh()
    fill(database, vectors[2:], first=3)
    index.refresh()
    assert len(index) == 4
    assert index.nearest(vectors[3].astype(np.float32), 1)[0].tolist() == [4]

    database.write("DELETE FROM chunks WHERE id = 4")
    index.drop([4])

    assert 4 not in index.nearest(vectors[3].astype(np.float32), 4)[0].tolist()
    assert len(index) == 3


def test_a_row_that_is_gone_from_the_store_is_not_given_though_it_is_still_in_memory(database):
    vectors = scattered(np.random.default_rng(4), 3)
    fill(database, vectors)
    index = Vectors(database, "chunk_vectors", "chunk", np.zeros(DIMENSION, np.float32))
    index.refresh()
    database.write("DELETE FROM chunks WHERE id = 2")

    assert 2 not in index.nearest(vectors[1].astype(np.float32), 3)[0].tolist()


def test_an_empty_table_has_nothing_near(database):
    index = Vectors(database, "chunk_vectors", "chunk", np.zeros(DIMENSION, np.float32))
    index.refresh()

    ids, cosines = index.nearest(np.ones(DIMENSION, np.float32), 10)

    assert ids.tolist() == []
    assert cosines.tolist() == []


def test_a_vector_of_another_length_is_passed_over(database):
    fill(database, scattered(np.random.default_rng(5), 2))
    database.write("UPDATE chunk_vectors SET vector = x'0102' WHERE chunk = 1")
    index = Vectors(database, "chunk_vectors", "chunk", np.zeros(DIMENSION, np.float32))
    index.refresh()

    assert index.nearest(np.ones(DIMENSION, np.float32), 10)[0].tolist() == [2]
