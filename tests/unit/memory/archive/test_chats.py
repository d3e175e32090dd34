"""Chats as their programs export them."""

from __future__ import annotations

import json

import pytest
import specimens
from specimens import SENTENCE


def test_whatsapp_tells_who_said_what_when(passages_of) -> None:
    first, later = passages_of(specimens.WHATSAPP, "WhatsApp Chat with Amy.txt")

    assert first.text == f"Amy: {SENTENCE}\nand it was warm"
    assert (first.when, first.author, first.title) == ("2021-05-03T10:00", "Amy", "Amy")
    assert first.place == "message on line 1"
    assert (later.text, later.when) == ("Jonas: I remember", "2021-05-13T22:01")


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("03.05.21, 10:00 - Amy: hi", "2021-05-03T10:00"),
        ("[13/05/2021, 10:00:11] Amy: hi", "2021-05-13T10:00"),
        ("5/13/21, 2:03 PM - Amy: hi", "2021-05-13T14:03"),
        ("5/3/21, 12:03\u202fAM - Amy: hi", "2021-05-03T00:03"),
        ("2021-05-03, 10:00 - Amy: hi", "2021-05-03T10:00"),
        ("2021/5/3 下午2:03 - Amy: hi", "2021-05-03T14:03"),
        ("13/5/21 2:03 p. m. - Amy: hi", "2021-05-13T14:03"),
        ("03-05-2021 10:00 - Amy: hi", "2021-05-03T10:00"),
    ],
)
def test_whatsapp_dates_of_many_countries(line: str, when: str, passages_of) -> None:
    [found] = passages_of(f"{line}\n{line}\n", "_chat.txt")

    assert (found.when, found.author) == (when, "Amy")


def test_the_order_of_whatsapp_dates_shows_in_how_they_go_on(passages_of) -> None:
    american = "1/2/21, 10:00 - A: x\n1/3/21, 10:00 - A: y\n2/1/21, 10:00 - A: z\n"

    assert [found.when[:10] for found in passages_of(american, "c.txt")] == [
        "2021-01-02",
        "2021-01-03",
        "2021-02-01",
    ]


def test_telegram_in_one_chat_and_in_all(passages_of) -> None:
    one = json.loads(specimens.TELEGRAM)
    everything = {"about": "x", "chats": {"list": [one, {**one, "name": "Jonas"}]}}

    for export, chats in ((one, ["Amy"]), (everything, ["Amy", "Jonas"])):
        found = passages_of(json.dumps(export), "result.json")
        assert [passage.thread for passage in found] == chats
        assert found[0].text == f"Amy: {SENTENCE}\nTheodore: I remember"
        assert (found[0].when, found[0].author) == ("2021-05-03T10:00", "Amy, Theodore")


def test_facebook_has_its_letters_and_its_order_again(passages_of) -> None:
    [found] = passages_of(specimens.META, "message_1.json")

    assert found.text == f"Amélie: {SENTENCE}\nTheodore: schön"
    assert (found.title, found.when) == ("Amélie", "2021-05-03T10:00+00:00")


def test_chatgpt_without_the_answers_left_behind(passages_of) -> None:
    [found] = passages_of(specimens.CHATGPT, "conversations.json")

    assert found.text == f"you: {SENTENCE}\nChatGPT: How nice."
    assert (found.title, found.author) == ("Harbours", "you, ChatGPT")


def test_messages_far_apart_are_no_one_passage(passages_of) -> None:
    said = "".join(f"03.05.21, {hour}:00 - Amy: at {hour}\n" for hour in (10, 11, 22))

    assert [found.text for found in passages_of(said, "c.txt")] == ["Amy: at 10\nAmy: at 11", "Amy: at 22"]


def test_what_came_before_the_damage_is_kept(read_bytes) -> None:
    found = read_bytes(specimens.TELEGRAM[:-20], "result.json")

    assert SENTENCE in found[0].text
    assert found[1].why == "It is damaged: its JSON breaks off or is wrong; what came before was kept."
