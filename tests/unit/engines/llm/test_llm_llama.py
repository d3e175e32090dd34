"""The chat model: one conversation in the KV cache, interrupted at will, true at all times."""

import signal
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llm_touchstone import GREEDY, After, assert_same_reply, reply

from companion.engines import Cancelled, Never
from companion.engines.llm import Message, PromptTooLong, Sampling
from companion.engines.llm.llama import Llama, _gap
from companion.errors import EngineError, WeightsError
from companion.settings import LlmSettings

PERSONA = Message("system", "You are a friendly companion. Answer in one short sentence.")
MILO = Message("user", "My cat is called Milo. What is a good toy for him?")


def talk(*contents: str) -> list[Message]:
    """A conversation behind the persona, user and assistant taking turns."""
    roles = ("user", "assistant")
    return [PERSONA, *(Message(roles[n % 2], text) for n, text in enumerate(contents))]  # type: ignore[arg-type]


def test_a_reply_comes_in_pieces_of_whole_characters(engine: Llama) -> None:
    pieces = list(engine.generate(talk("Say hello."), Never(), sampling=GREEDY, max_tokens=10))
    assert len(pieces) > 2
    assert all(pieces)
    assert "\N{REPLACEMENT CHARACTER}" not in "".join(pieces)


def test_what_two_prompts_share_is_evaluated_once(engine: Llama) -> None:
    first = talk("My cat is called Milo.", "What a lovely name!", "He likes fish.")
    engine.prefill(first, Never())
    again = engine.prefill(first, Never())
    changed = [*first[:-1], Message("user", "He likes milk.")]
    assert again == 0
    assert 0 < engine.prefill(changed, Never()) < engine.count(changed) / 2
    assert engine.prefill(changed, Never()) == 0


def test_a_reply_is_not_evaluated_again_in_the_next_prompt(engine: Llama) -> None:
    messages = [PERSONA, MILO]
    said = reply(engine, messages)
    before = engine.count([*messages, Message("assistant", said)])
    messages += [Message("assistant", said), Message("user", "Thanks!")]
    new = engine.prefill(messages, Never())
    assert new <= engine.count(messages) - before + 8  # what closes her turn, and the user's


def test_an_interrupted_reply_keeps_its_own_tokens(engine: Llama) -> None:
    messages = [PERSONA, MILO]
    said = reply(engine, messages, 20)
    prompt = engine._prompt.of(messages)
    generated = engine._cache.tokens[len(prompt) :]
    for cut in range(1, len(said)):
        heard = engine._prompt.of([*messages, Message("assistant", said[:cut])], answer=False)
        whole = [
            token for token, text in zip(generated, _ends(engine, generated), strict=False) if text <= cut
        ]
        assert heard[len(prompt) : len(prompt) + len(whole)] == whole


def test_a_reply_that_was_cut_off_goes_on_as_it_would_have(engine: Llama) -> None:
    messages = [PERSONA, MILO]
    said = reply(engine, messages, 20)
    heard = " ".join(said.split()[: len(said.split()) // 2])
    more = engine.generate([*messages, Message("assistant", heard)], Never(), sampling=GREEDY, max_tokens=20)
    assert (heard + "".join(more)).startswith(said)


def _ends(engine: Llama, tokens: list[int]) -> list[int]:
    """Where each token's text ends in the reply, in bytes (the reply is plain ASCII)."""
    ends, length = [], 0
    for token in tokens:
        length += len(engine._model.vocabulary.piece(token))
        ends.append(length)
    return ends


def test_a_prompt_evaluated_while_it_was_said_answers_like_one_said_at_once(
    engine: Llama, touchstone: Llama
) -> None:
    sentence = "I went to the library and borrowed an encyclopaedia about butterflies"
    for heard in range(3, len(sentence), 7):  # mostly in the middle of a word
        engine.prefill(talk(sentence[:heard]), Never(), open_ended=True)
    final = talk(sentence)
    new = engine.prefill(final, Never())
    assert new < 15
    assert_same_reply(engine, touchstone, final)


def test_an_open_prompt_ends_with_the_words_said_so_far(engine: Llama) -> None:
    messages = talk("Tell me about the sea")
    open_ended = engine._prompt.of(messages, answer=False, open_ended=True)
    closed = engine._prompt.of(messages)
    assert closed[: len(open_ended)] == open_ended
    assert b"".join(map(engine._model.vocabulary.piece, open_ended)).endswith(b"sea")


def test_a_request_withdrawn_before_it_starts_does_nothing(engine: Llama) -> None:
    held = list(engine._cache.tokens)
    with pytest.raises(Cancelled):
        engine.prefill(talk("Something entirely new, never heard before."), After(0))
    assert engine._cache.tokens[: len(held)] == held[: len(engine._cache.tokens)]


def test_a_reply_stops_at_a_token(engine: Llama) -> None:
    cancel = threading.Event()
    pieces = engine.generate(talk("Count to one hundred."), cancel, sampling=GREEDY, max_tokens=50)
    for _ in range(3):
        assert next(pieces)
    cancel.set()
    with pytest.raises(Cancelled):
        next(pieces)


def test_a_newer_request_ends_an_older_reply(engine: Llama) -> None:
    older = engine.generate(talk("Count to one hundred."), Never(), sampling=GREEDY, max_tokens=50)
    next(older)
    engine.prefill(talk("No, wait."), Never())
    held = list(engine._cache.tokens)
    with pytest.raises(Cancelled):
        next(older)
    assert engine._cache.tokens == held


def test_a_stop_string_ends_the_reply_and_is_not_said(engine: Llama) -> None:
    whole = reply(engine, [PERSONA, MILO], 20)
    stop = whole[8:14]
    assert reply(engine, [PERSONA, MILO], 20, stop=[stop]) == whole[: whole.index(stop)]


def test_the_same_seed_says_the_same(engine: Llama) -> None:
    seeded = Sampling(temperature=1.0, top_p=0.95, min_p=0.05, repeat_penalty=1.1, seed=7)
    other = Sampling(temperature=1.0, top_p=0.95, min_p=0.05, repeat_penalty=1.1, seed=8)
    prompt = talk("Tell me a story.")
    assert reply(engine, prompt, 16, sampling=seeded) == reply(engine, prompt, 16, sampling=seeded)
    assert reply(engine, prompt, 16, sampling=seeded) != reply(engine, prompt, 16, sampling=other)


def test_a_repeat_penalty_keeps_her_from_repeating_herself(engine: Llama) -> None:
    first = reply(engine, talk("What is the sea?"), 20)
    again = talk("What is the sea?", first, "What is the sea?")
    strong = Sampling(temperature=0.0, top_p=1.0, min_p=0.0, repeat_penalty=2.0)
    used = set(engine._prompt.said(again))

    def repeated(sampling: Sampling) -> int:
        reply(engine, again, 12, sampling=sampling)
        prompt = len(engine._prompt.of(again))
        return sum(token in used for token in engine._cache.tokens[prompt:])

    assert repeated(strong) < repeated(GREEDY)


def test_a_prompt_too_long_for_the_context_says_by_how_much(engine: Llama) -> None:
    long = talk("word " * 2000)
    with pytest.raises(PromptTooLong) as raised:
        engine.prefill(long, Never())
    assert raised.value.tokens == engine.count(long)
    assert raised.value.room < engine.context_tokens


def test_a_reply_ends_where_the_context_is_full(weights_dir: Path) -> None:
    with Llama(weights_dir / "smollm2-135m", LlmSettings(context=512, gpu_layers=0)) as small:
        filler = "word " * (small.context_tokens - small.count(talk("")) - 12)
        assert small.count(talk(filler)) < small.context_tokens
        list(small.generate(talk(filler), Never(), sampling=GREEDY, max_tokens=100))
        assert len(small._cache.tokens) <= small.context_tokens
        assert reply(small, talk("Say hello."))


def test_nothing_to_answer_is_an_error(engine: Llama) -> None:
    with pytest.raises(EngineError, match="nothing to answer"):
        next(engine.generate([], Never(), sampling=GREEDY, max_tokens=1))


def test_thinning_evaluates_almost_nothing_and_she_still_knows_what_remains(engine: Llama) -> None:
    old = [f"Here is old story number {n}, about a fox and a hen and a long way home." for n in range(8)]
    recent = [
        "My sister is called Rosalind.",
        "That is a beautiful name.",
        "She lives in Lisbon.",
        "How nice!",
    ]
    engine.prefill(talk(*old, *recent), Never())
    kept = talk(*recent)
    new = engine.thin(kept, Never())
    assert new <= 2
    question = [*kept, Message("user", "What is my sister called? Say just her name.")]
    assert engine.prefill(question, Never()) < 30
    assert "Rosalind" in reply(engine, question, 20)


def test_thinning_where_nothing_matches_evaluates_the_prompt(engine: Llama, touchstone: Llama) -> None:
    engine.prefill(talk("About trains."), Never())
    messages = talk("About boats, which is quite another matter.")
    engine.thin(messages, Never())
    assert_same_reply(engine, touchstone, messages)


@pytest.mark.parametrize(
    ("held", "wanted", "gap"),
    [
        ([1, 2, 3, 4, 5], [1, 4, 5], (1, 3)),
        ([1, 7, 8, 7, 9, 7, 6], [1, 7, 9, 7, 6], (2, 4)),
        ([1, 2, 3], [1, 2, 3], None),
        ([1, 2], [1, 2, 3], None),
        ([], [1], None),
        ([1, 2, 3], [], None),
    ],
)
def test_the_gap_is_what_was_left_out(
    held: list[int], wanted: list[int], gap: tuple[int, int] | None
) -> None:
    assert _gap(held, wanted) == gap


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["prefill", "open", "generate", "thin"]),
        st.integers(0, 3),  # which conversation
        st.integers(0, 4),  # how many turns of it
        st.one_of(st.none(), st.integers(0, 12)),  # the look at which it is withdrawn
    ),
    min_size=1,
    max_size=6,
)
STORIES = [
    ("I planted tomatoes.", "Lovely!", "Do they need much sun?", "Yes, a lot.", "And water?"),
    ("I planted roses.", "Lovely!", "Do they need much sun?", "Some.", "Thank you."),
    ("The train was late again and I missed the meeting, so my boss was angry.", "Oh no.", "What now?"),
    ("I planted tomatoes near the wall.", "Why there?"),
]


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(operations=OPERATIONS)
def test_after_any_work_and_any_interruption_she_answers_like_a_fresh_engine(
    engine: Llama, touchstone: Llama, operations: list[tuple[str, int, int, int | None]]
) -> None:
    for operation, story, turns, looks in operations:
        messages = talk(*STORIES[story][: turns + 1])
        cancel = Never() if looks is None else After(looks)
        try:
            if operation == "generate":
                list(engine.generate(messages, cancel, sampling=GREEDY, max_tokens=4))
            elif operation == "thin":
                engine._cache._clear()  # a shifted cache answers otherwise by its nature
                engine.thin(messages, cancel)
            else:
                engine.prefill(messages, cancel, open_ended=operation == "open")
        except Cancelled:
            assert looks is not None
    assert_same_reply(engine, touchstone, talk(*STORIES[0][:3]), 4)


def test_a_computation_stopped_in_the_middle_leaves_a_true_cache(engine: Llama, touchstone: Llama) -> None:
    long = talk("Once upon a time there was a fox who lived in a wood. " * 20)
    engine._cache._clear()
    with pytest.raises(Cancelled):
        engine.prefill(long, After(4))  # looked at again by the watching thread, while llama.cpp computes
    held = engine._cache._api.llama_memory_seq_pos_max(engine._cache._memory, 0) + 1
    assert held == len(engine._cache.tokens) < engine.count(long)
    assert_same_reply(engine, touchstone, talk("Hello there."), 4)


class Interrupting:
    """A cancel token during whose `looks`-th look, in the main thread, somebody presses Ctrl-C."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def is_set(self) -> bool:
        if threading.current_thread() is threading.main_thread():
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)
        return False


@pytest.mark.parametrize("looks", [1, 2, 3, 5, 8])
def test_ctrl_c_leaves_a_true_cache(engine: Llama, touchstone: Llama, looks: int) -> None:
    messages = talk("Once upon a time there was a fox who lived in a wood. " * 8)
    engine._cache._clear()
    with pytest.raises(KeyboardInterrupt):
        list(engine.generate(messages, Interrupting(looks), sampling=GREEDY, max_tokens=20))
    assert_same_reply(engine, touchstone, talk("Hello there."), 4)


def test_a_lost_list_or_memory_is_cut_to_what_both_hold(engine: Llama, touchstone: Llama) -> None:
    messages = talk("Where were we?")
    engine.prefill(messages, Never())
    del engine._cache.tokens[-3:]  # as if interrupted before the list was lengthened
    assert_same_reply(engine, touchstone, messages, 4)
    engine._cache._api.llama_memory_seq_rm(engine._cache._memory, 0, 20, -1)  # or after memory was shortened
    assert_same_reply(engine, touchstone, messages, 4)


def test_without_rolling_back_everything_is_evaluated_anew(
    engine: Llama, touchstone: Llama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine._cache, "can_rollback", False)
    engine.prefill(talk("I like trains."), Never())
    other = talk("I like boats.")
    assert engine.prefill(other, Never()) == engine.count(other)
    assert engine.thin(talk("Boats."), Never()) == engine.count(talk("Boats."))
    assert_same_reply(engine, touchstone, talk("Boats."), 4)


def test_the_speeds_are_measured(engine: Llama) -> None:
    engine._cache._clear()
    reply(engine, talk("Tell me something about the sea."), 8)
    rates = engine.rates()
    assert rates.prefill > 0
    assert rates.decode > 0


def test_two_engines_live_side_by_side_and_closing_is_final(
    weights_dir: Path, engine: Llama, small_settings: LlmSettings
) -> None:
    other = Llama(weights_dir / "smollm2-135m" / "model.gguf", small_settings)
    assert reply(other, talk("Say hello."), 4) == reply(engine, talk("Say hello."), 4)
    other.close()
    other.close()
    with pytest.raises(Cancelled):
        other.prefill(talk("Are you there?"), Never())
    assert reply(engine, talk("Say hello."), 4)


def test_closing_stops_work_under_way_in_another_thread(
    weights_dir: Path, small_settings: LlmSettings
) -> None:
    llama = Llama(weights_dir / "smollm2-135m", small_settings)
    started = threading.Event()
    outcome: list[str] = []

    def work() -> None:
        try:
            for _ in llama.generate(talk("Tell me everything."), Never(), sampling=GREEDY, max_tokens=10**6):
                started.set()
            outcome.append("ended")
        except Cancelled:
            outcome.append("cancelled")

    worker = threading.Thread(target=work)
    worker.start()
    assert started.wait(60)
    llama.close()
    worker.join(60)
    assert outcome in (["cancelled"], ["ended"])
    assert llama._cache._context is None


def test_a_folder_without_a_model_says_what_to_do(tmp_path: Path, small_settings: LlmSettings) -> None:
    with pytest.raises(WeightsError, match="weights fetch"):
        Llama(tmp_path, small_settings)


def test_the_doctor_hears_what_runs_where(engine: Llama) -> None:
    assert engine.placement.startswith("CPU, 2 threads: ")
    assert "Smollm2 135M" in engine.name


def test_what_is_never_to_be_written_is_not(engine: Llama) -> None:
    prompt = talk("What is the sea?")
    reply(engine, prompt, 3)
    first = engine._model.vocabulary.piece(engine._cache.tokens[len(engine._prompt.of(prompt))]).decode()

    said = reply(engine, prompt, 3, sampling=replace(GREEDY, never=(first,)))

    assert first
    assert not said.startswith(first.strip())
