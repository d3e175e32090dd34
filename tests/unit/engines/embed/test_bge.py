"""What texts mean, by the real model."""

import numpy as np
import pytest

from companion.engines import Cancelled, Never
from companion.engines.embed.bge import BgeEmbedder
from companion.engines.embed.cross_encoder import CrossEncoder
from companion.errors import WeightsError


@pytest.fixture(scope="module")
def embedder(weights_dir):
    return BgeEmbedder(weights_dir / "bge-small-en")


def test_texts_of_one_matter_are_near_and_others_are_not(embedder):
    asked, told, else_ = (
        embedder.meaning(text).vector
        for text in ("Who is coming on Friday?", "My sister visits me this Friday.", "The oven is broken.")
    )

    assert asked @ told > asked @ else_ + 0.05


def test_vectors_have_length_one(embedder):
    meaning = embedder.meaning("My sister Amy lives in Leeds.")

    assert np.linalg.norm(meaning.vector) == pytest.approx(1.0, abs=1e-4)
    assert np.linalg.norm(meaning.rows, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert meaning.vector.shape == (embedder.dimension,)
    assert meaning.rows.shape == (len(meaning.words), embedder.word_dimension)


def test_words_are_whole_though_the_model_reads_pieces(embedder):
    meaning = embedder.meaning("The anaesthetist called.")

    assert set(meaning.words) == {"the", "anaesthetist", "called", "."}


def test_a_word_knows_what_was_said_before_and_only_its_own_text_is_given(embedder):
    alone = embedder.meaning("It was lovely.")
    behind = embedder.meaning("It was lovely.", before="We went to the sea.")

    assert behind.words == alone.words
    assert float((behind.rows[0] * alone.rows[0]).sum()) < 0.99


def test_an_empty_text_has_no_words(embedder):
    meaning = embedder.meaning("")

    assert meaning.words == ()
    assert meaning.rows.shape == (0, embedder.word_dimension)


def test_a_folder_without_a_model_is_said_with_the_command_that_brings_it(tmp_path):
    with pytest.raises(WeightsError, match="companion weights fetch embed"):
        BgeEmbedder(tmp_path)


def test_the_reranker_prefers_what_answers(weights_dir):
    reranker = CrossEncoder(weights_dir / "reranker-en")

    scores = reranker.scores(
        "When is the wedding?", ["The wedding is on the third of May.", "I like weddings.", "Rain."], Never()
    )

    assert scores.argmax() == 0


def test_reranking_stops_when_nobody_wants_it(weights_dir):
    reranker = CrossEncoder(weights_dir / "reranker-en")

    class Set:
        def is_set(self):
            return True

    with pytest.raises(Cancelled):
        reranker.scores("When?", ["Now."], Set())
