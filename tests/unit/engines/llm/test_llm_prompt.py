"""A conversation as tokens: what she generated keeps the tokens it was generated with."""

import pytest

from companion.engines.llm import Message
from companion.engines.llm.llama import Llama
from companion.engines.llm.prompt import PromptTokens
from companion.engines.llm.tokens import Vocabulary
from companion.errors import EngineError

USER = Message("user", "How are you?")


@pytest.fixture
def prompt(engine: Llama) -> PromptTokens:
    """A layout that has seen nothing yet."""
    return PromptTokens(engine._model.vocabulary, engine._model.template)


def spelled(vocabulary: Vocabulary, text: str) -> list[int]:
    """A text letter by letter, as no tokenizer would cut it but a model may."""
    return [token for letter in text for token in vocabulary.of_words(letter)]


def hers(prompt: PromptTokens, content: str) -> list[int]:
    """The tokens of her words in a prompt that ends with them."""
    before = prompt.of([USER, Message("assistant", "")], answer=False, open_ended=True)
    return prompt.of([USER, Message("assistant", content)], answer=False, open_ended=True)[len(before) :]


def test_what_was_generated_is_never_tokenized_again(prompt: PromptTokens) -> None:
    ordinary = hers(prompt, "I feel fine.")
    generated = spelled(prompt._vocabulary, "I feel fine.")
    prompt.remember(generated)
    assert hers(prompt, "I feel fine.") == generated != ordinary
    assert hers(prompt, "I feel fine. ") == generated


def test_a_reply_cut_short_keeps_its_tokens_as_far_as_it_was_heard(prompt: PromptTokens) -> None:
    generated = spelled(prompt._vocabulary, " I feel fine, thank you.")
    prompt.remember(generated)
    assert hers(prompt, "I feel fine,") == generated[:13]


def test_a_cut_inside_a_token_or_a_character_loses_nothing(prompt: PromptTokens) -> None:
    text = "Żółć 😀 tastes bitter."
    prompt.remember(prompt._vocabulary.of_words(text))
    for cut in range(1, len(text)):
        said = b"".join(map(prompt._vocabulary.piece, hers(prompt, text[:cut]))).decode()
        assert said.strip() == text[:cut].strip()


def test_the_users_same_words_get_ordinary_tokens(prompt: PromptTokens) -> None:
    ordinary = prompt.of([Message("user", "I feel fine.")])
    prompt.remember(spelled(prompt._vocabulary, "I feel fine."))
    assert prompt.of([Message("user", "I feel fine.")]) == ordinary


def test_tokens_once_given_stay_the_same_whatever_is_said_later(prompt: PromptTokens) -> None:
    before = hers(prompt, "I feel")
    prompt.remember(spelled(prompt._vocabulary, "I feel fine."))
    assert hers(prompt, "I feel") == before


def test_only_her_own_recent_words_are_held_back(prompt: PromptTokens) -> None:
    messages = [Message("system", "Be kind."), USER, Message("assistant", "Fine."), USER]
    assert prompt.said(messages) == prompt._vocabulary.of_words("Fine.")


def test_many_texts_do_not_fill_the_memory(prompt: PromptTokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.engines.llm.prompt._MOST", 10)
    for number in range(50):
        prompt.of([Message("user", f"{number}"), Message("assistant", f"{number}")])
        prompt.remember(prompt._vocabulary.of_words(f"reply {number}"))
    assert max(map(len, (prompt._words, prompt._said, prompt._cut_short, prompt._fixed))) <= 10


def test_a_template_that_refuses_the_conversation_is_one_sentence(
    prompt: PromptTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt._template, "_source", "{{ raise_exception('not like this') }}")
    with pytest.raises(EngineError, match=r"refuses this conversation \(not like this\)"):
        prompt.of([USER])


def test_a_vocabulary_with_an_opening_token_gets_it_once(
    prompt: PromptTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = prompt.of([USER])
    monkeypatch.setattr(prompt._vocabulary, "opening", 0)
    assert prompt.of([USER]) == [0, *plain]
    monkeypatch.setattr(prompt._vocabulary, "opening", plain[0])
    assert prompt.of([USER]) == plain
