"""What was evaluated before is there again at the next start, is worth the same, and is what was said."""

import json
import resource
import shutil
from dataclasses import astuple

import pytest
from llm_touchstone import GREEDY

from companion.engines import Never
from companion.engines.llm import Message
from companion.engines.llm.kept import CONVERSATION, Kept, clear_up, forget
from companion.engines.llm.llama import Llama
from companion.memory.sealed_cache import CacheSeal
from companion.settings import LlmSettings

FIXED = [
    Message("system", "You are a friend on the phone. You answer in one short sentence."),
    Message("user", "I had a long day."),
    Message("assistant", "Oh, what made it so long?"),
]
QUESTION = Message("user", "What is the capital of France?")
NEVER = Never()
SEAL = CacheSeal(b"1" * 32)


@pytest.fixture
def model(weights_dir):
    def load(context=512):
        return Llama(weights_dir / "smollm2-135m", LlmSettings(context=context, threads=2))

    return load


def answer(llama, *said, count=12):
    return "".join(llama.generate([*FIXED, *said], NEVER, sampling=GREEDY, max_tokens=count))


def exchange(llama, question=QUESTION):
    """Ask, hear the answer, and let the model settle, as a conversation does: what was said."""
    said = [question, Message("assistant", answer(llama, question).strip())]
    llama.prefill([*FIXED, *said], NEVER)
    return said


def kept_in(llama, folder):
    """The tokens of the conversation that is kept in `folder`, and those of what she said."""
    return astuple(Kept(folder, CONVERSATION, llama._key(), None).read())


def words_in(llama, folder):
    """What the files of the conversation in `folder` have of what was said."""
    tokens, hers = kept_in(llama, folder)
    spelt = b"".join(map(llama._model.vocabulary.piece, tokens)).decode("utf-8", "replace")
    return spelt + " ".join(hers)


# --- the prompt before anything was said


def test_the_next_start_has_it_evaluated_and_answers_the_same(model, tmp_path):
    with model() as first:
        new = first.restore(tmp_path, FIXED, [], NEVER)
        said = answer(first, QUESTION)

    with model() as second:
        second.restore(tmp_path, FIXED, [], NEVER)
        again = second.prefill([*FIXED, QUESTION], NEVER)
        same = answer(second, QUESTION)

    assert new == 0, "it was evaluated at once"
    assert again < 20
    assert same == said
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


def test_another_context_is_another_file_and_the_old_one_goes(model, tmp_path):
    for context in (512, 1024):
        with model(context) as llama:
            llama.restore(tmp_path, FIXED, [], NEVER)

    assert len(list(tmp_path.iterdir())) == 1


def test_another_persona_is_evaluated_and_kept_in_place_of_the_old_one(model, tmp_path):
    other = [Message("system", "You are a pirate."), *FIXED[1:]]
    for fixed in (FIXED, other):
        with model() as llama:
            llama.restore(tmp_path, fixed, [], NEVER)

    with model() as llama:
        llama.restore(tmp_path, other, [], NEVER)

        assert llama.prefill(other, NEVER) == 0


def test_where_nothing_can_be_written_it_goes_on_without(model, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    with model() as llama:
        llama.restore(gone, FIXED, [], NEVER)
        shutil.rmtree(gone)

        assert not llama.keep([*FIXED, *exchange(llama)], NEVER)
        assert answer(llama, QUESTION)


# --- the conversation


def test_a_restart_evaluates_only_a_few_new_tokens_and_goes_on_the_same(model, tmp_path):
    next_question = Message("user", "And of Spain?")
    with model() as first:
        first.restore(tmp_path, FIXED, [], NEVER)
        said = exchange(first)
        assert first.keep([*FIXED, *said], NEVER)
        went_on = answer(first, *said, next_question)

    with model() as second:
        new = second.restore(tmp_path, FIXED, [*FIXED, *said], NEVER)
        evaluated = second.prefill([*FIXED, *said, next_question], NEVER)

        assert new == 0
        assert evaluated < 16
        assert answer(second, *said, next_question) == went_on
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


def test_what_she_said_is_not_tokenized_again_after_a_restart(model, tmp_path):
    text = "Paris is the capital."
    with model() as first:
        first.restore(tmp_path, FIXED, [], NEVER)
        letters = [token for letter in text for token in first._model.vocabulary.of_words(letter)]
        first._prompt.remember(letters)  # as no tokenizer would have it, but a model may
        said = [QUESTION, Message("assistant", text)]
        first.prefill([*FIXED, *said], NEVER)
        first.keep([*FIXED, *said], NEVER)

    with model() as second:
        assert second.restore(tmp_path, FIXED, [*FIXED, *said], NEVER) == 0


def test_drafts_that_were_revoked_and_words_that_were_foreseen_are_not_in_the_files(model, tmp_path):
    with model() as llama:
        llama.restore(tmp_path, FIXED, [], NEVER)
        said = exchange(llama)
        llama.prefill([*FIXED, *said, Message("user", "My secret is a zebra")], NEVER, open_ended=True)
        revoked = answer(llama, *said, Message("user", "My secret is a zebra."))
        for _ in llama.generate([*FIXED, *said, QUESTION], NEVER, sampling=GREEDY, max_tokens=3):
            break  # and one that is interrupted

        assert llama.keep([*FIXED, *said], NEVER)

        held = words_in(llama, tmp_path)
        assert said[1].content in held
        assert "zebra" not in held
        assert revoked.strip() not in held
        assert kept_in(llama, tmp_path)[0] == llama._prompt.of([*FIXED, *said], answer=False)


def test_of_a_reply_that_was_cut_short_only_what_was_heard_is_in_the_files(model, tmp_path):
    with model() as llama:
        llama.restore(tmp_path, FIXED, [], NEVER)
        whole = answer(llama, QUESTION).strip()
        heard, unheard = " ".join(whole.split()[:3]), " ".join(whole.split()[3:])
        said = [QUESTION, Message("assistant", f"{heard} —")]
        llama.prefill([*FIXED, *said], NEVER)

        assert llama.keep([*FIXED, *said], NEVER)

        held = words_in(llama, tmp_path)
        assert f"{heard} —" in held
        assert unheard not in held


def test_only_a_conversation_that_has_changed_is_written(model, tmp_path):
    with model() as first:
        first.restore(tmp_path, FIXED, [], NEVER)
        said = exchange(first)
        wrote = [first.keep([*FIXED, *said], NEVER), first.keep([*FIXED, *said], NEVER)]
    with model() as second:
        second.restore(tmp_path, FIXED, [*FIXED, *said], NEVER)
        wrote.append(second.keep([*FIXED, *said], NEVER))

    assert wrote == [True, False, False]


def test_without_a_home_nothing_is_kept(model):
    with model() as llama:
        assert not llama.keep([*FIXED, *exchange(llama)], NEVER)


def test_what_is_withdrawn_while_it_is_written_leaves_what_was_there(model, tmp_path):
    class Withdrawn:
        def is_set(self):
            return True

    with model() as llama:
        llama.restore(tmp_path, FIXED, [], NEVER)
        before = sorted(tmp_path.iterdir())

        assert not llama.keep([*FIXED, *exchange(llama)], Withdrawn())
        assert sorted(tmp_path.iterdir()) == before


def test_a_full_disk_does_no_harm(model, tmp_path):
    with model() as llama:
        llama.restore(tmp_path, FIXED, [], NEVER)
        said = exchange(llama)
        before = sorted(tmp_path.iterdir())
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        try:
            kept = llama.keep([*FIXED, *said], NEVER)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert not kept
        assert sorted(tmp_path.iterdir()) == before
        assert answer(llama, *said, QUESTION)


def flipped(content, place):
    """The content with one bit of the byte at `place` the other way round."""
    altered = bytearray(content)
    altered[place] ^= 1
    return bytes(altered)


@pytest.mark.parametrize(
    ("seal", "damage"),
    [
        (SEAL, lambda content: b""),
        (SEAL, lambda content: b"GGSQ nonsense" * 100),
        (SEAL, lambda content: content[:-7]),
        (SEAL, lambda content: flipped(content, 100)),
        (SEAL, lambda content: flipped(content, len(content) // 2)),
        (None, lambda content: content[:-7]),
        (None, lambda content: flipped(content, len(content) // 2)),
    ],
    ids=["empty", "foreign", "cut off", "tokens", "memory", "plain, cut off", "plain, memory"],
)
def test_a_damaged_file_is_as_good_as_none(model, tmp_path, seal, damage):
    with model() as first:
        first.restore(tmp_path, FIXED, [], NEVER, seal)
        said = exchange(first)
        first.keep([*FIXED, *said], NEVER)
    for file in tmp_path.iterdir():
        file.write_bytes(damage(file.read_bytes()))

    with model() as second:
        assert second.restore(tmp_path, FIXED, [*FIXED, *said], NEVER, seal) > 5
        assert answer(second, *said, QUESTION)
        assert second.keep([*FIXED, *said], NEVER)


def test_turns_that_have_grown_too_old_are_cut_out_of_what_was_kept(model, tmp_path):
    with model() as first:
        first.restore(tmp_path, FIXED, [], NEVER)
        old = exchange(first, Message("user", "Do you like the long rain in the month of November?"))
        said = [Message("user", "Which birds stay here in winter?"), Message("assistant", "The robin does.")]
        first.prefill([*FIXED, *old, *said], NEVER)
        first.keep([*FIXED, *old, *said], NEVER)

    with model() as second:
        new = second.restore(tmp_path, FIXED, [*FIXED, *said], NEVER)

        assert new == 0
        assert second._cache.tokens == second._prompt.of([*FIXED, *said], answer=False)


def test_of_another_conversation_nothing_is_taken_up(model, tmp_path):
    with model() as first:
        first.restore(tmp_path, FIXED, [], NEVER)
        first.keep([*FIXED, *exchange(first)], NEVER)
    with model() as second:
        second.restore(tmp_path, FIXED, [], NEVER)

        assert second._cache.tokens == second._prompt.of(FIXED, answer=False)


def test_where_conversations_are_not_to_be_kept_none_is(model, tmp_path):
    with model() as llama:
        llama.restore(tmp_path, FIXED, None, NEVER)

        assert not llama.keep([*FIXED, *exchange(llama)], NEVER)


def test_forgetting_deletes_conversations_and_what_was_left_half_written(model, tmp_path):
    with model() as llama:
        llama.restore(tmp_path, FIXED, [], NEVER, SEAL)
        llama.keep([*FIXED, *exchange(llama)], NEVER)
    (tmp_path / "conversation-0123.kv.sealed.new").touch()

    forget(tmp_path)

    assert {file.name.partition("-")[0] for file in tmp_path.iterdir()} == {"prompt"}


# --- under seal


def test_a_restart_goes_on_from_sealed_files(model, tmp_path):
    with model() as first:
        first.restore(tmp_path, FIXED, [], NEVER, SEAL)
        said = exchange(first)
        assert first.keep([*FIXED, *said], NEVER)
        went_on = answer(first, *said, QUESTION)

    with model() as second:
        assert second.restore(tmp_path, FIXED, [*FIXED, *said], NEVER, CacheSeal(b"1" * 32)) == 0
        assert answer(second, *said, QUESTION) == went_on
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


def test_nothing_of_what_was_said_can_be_read_in_them(model, tmp_path):
    with model() as llama:
        for seal in (None, SEAL):
            folder = tmp_path / ("plain" if seal is None else "sealed")
            folder.mkdir()
            llama.restore(folder, FIXED, [], NEVER, seal)
            said = exchange(llama)
            assert llama.keep([*FIXED, *said], NEVER)
        tokens, _ = kept_in(llama, tmp_path / "plain")
        state = bytes(llama._cache.state())

    traces = [json.dumps(tokens)[1:40].encode(), json.dumps(said[1].content).encode(), b'"tokens"']
    traces += [state[place : place + 24] for place in range(0, len(state) - 24, len(state) // 100)]
    plain, sealed = (
        b"".join(file.read_bytes() for file in (tmp_path / folder).glob("conversation-*"))
        for folder in ("plain", "sealed")
    )
    assert [trace in plain for trace in traces].count(True) > 95, "it would be found"
    assert not any(trace in sealed for trace in traces)


def test_with_another_key_it_is_as_good_as_none(model, tmp_path):
    with model() as first:
        first.restore(tmp_path, FIXED, [], NEVER, SEAL)
        said = exchange(first)
        first.keep([*FIXED, *said], NEVER)

    with model() as second:
        assert second.restore(tmp_path, FIXED, [*FIXED, *said], NEVER, CacheSeal(b"2" * 32)) > 5
        assert second.keep([*FIXED, *said], NEVER)


def test_what_earlier_versions_left_unsealed_goes(model, tmp_path):
    with model() as llama:
        llama.restore(tmp_path, FIXED, [], NEVER, SEAL)
        llama.keep([*FIXED, *exchange(llama)], NEVER)
    sealed = set(tmp_path.iterdir())
    for end in (".kv", ".kv.json", ".kv.sha256", ".kv.json.new", ".kv.plain", ".kv.sealed.new"):
        (tmp_path / f"conversation-0123{end}").write_bytes(b"my sister is called Amy")

    clear_up(tmp_path)

    assert set(tmp_path.iterdir()) == sealed
