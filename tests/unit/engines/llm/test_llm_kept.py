"""What was evaluated before anything was said is there again at the next start, and is worth the same."""

import shutil

import pytest

from companion.engines import Never
from companion.engines.llm import Message, Sampling
from companion.engines.llm.llama import Llama
from companion.settings import LlmSettings

FIXED = [Message("system", "You are a friend on the phone. You answer in one short sentence.")]
GREEDY = Sampling(0.0, 1.0, 0.0, 1.0, 1)


@pytest.fixture
def model(weights_dir):
    def load(context=512):
        return Llama(weights_dir / "smollm2-135m", LlmSettings(context=context, threads=2))

    return load


def answer(llama):
    words = [*FIXED, Message("user", "What is the capital of France?")]
    return "".join(llama.generate(words, Never(), sampling=GREEDY, max_tokens=12))


def test_the_next_start_has_it_evaluated_and_answers_the_same(model, tmp_path):
    with model() as first:
        assert not first.restore(tmp_path)
        evaluated = first.prefill(FIXED, Never())
        first.keep()
        said = answer(first)

    with model() as second:
        assert second.restore(tmp_path)
        again = second.prefill(FIXED, Never())
        same = answer(second)

    assert evaluated > 10
    assert again <= 1  # the last token is evaluated anew, for what follows it
    assert same == said
    assert [file.stat().st_mode & 0o077 for file in tmp_path.iterdir()] == [0, 0]


def test_another_context_is_another_file_and_the_old_one_goes(model, tmp_path):
    with model() as first:
        first.restore(tmp_path)
        first.prefill(FIXED, Never())
        first.keep()
    with model(context=1024) as second:
        assert not second.restore(tmp_path)
        second.prefill(FIXED, Never())
        second.keep()

    assert len(list(tmp_path.glob("*.kv"))) == 1


@pytest.mark.parametrize("damage", [b"", b"GGSQ nonsense", None])
def test_a_damaged_file_is_as_good_as_none(model, tmp_path, damage):
    with model() as first:
        first.restore(tmp_path)
        first.prefill(FIXED, Never())
        first.keep()
    (file,) = tmp_path.glob("*.kv")
    file.write_bytes(file.read_bytes()[:5000] if damage is None else damage)

    with model() as second:
        assert not second.restore(tmp_path)
        assert second.prefill(FIXED, Never()) > 10
        assert answer(second)


def test_where_nothing_can_be_written_it_goes_on_without(model, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    with model() as llama:
        llama.restore(gone)
        llama.prefill(FIXED, Never())
        shutil.rmtree(gone)

        llama.keep()

        assert answer(llama)
