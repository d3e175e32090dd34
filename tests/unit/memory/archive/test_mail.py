"""Mails: who wrote to whom, what they wrote themselves, and what they attached."""

from __future__ import annotations

from email.message import EmailMessage

import specimens
from specimens import SENTENCE

from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Done, Passage, Trouble
from companion.memory.archive.quoting import own_words


def test_a_mail_knows_its_people_its_day_and_its_thread(passages_of) -> None:
    [found] = passages_of(specimens.mail().as_bytes(), "mail.eml")

    assert found == Passage(
        text=SENTENCE,
        place="mail <1@example.org>",
        when="2021-05-03T10:00+02:00",
        author="Théodore",
        title="The harbour – again",
        to="Jonas Berg",
        thread="first@example.org",
    )


def test_a_page_is_read_where_there_is_no_plain_text_and_what_it_answers_left_out(passages_of) -> None:
    message = EmailMessage()
    message["From"] = "amy@example.org"
    message["Subject"] = "hi"
    message.set_content(
        f"<p>{SENTENCE}</p><img src='https://example.org/x.gif'><div class='gmail_quote'>"
        "On Monday Jonas wrote:<blockquote>old</blockquote></div>",
        subtype="html",
    )

    [found] = passages_of(message.as_bytes(), "mail.eml")

    assert (found.text, found.author) == (SENTENCE, "amy@example.org")


def test_attachments_are_read_by_their_own_readers(passages_of) -> None:
    message = specimens.mail(SENTENCE)
    message.add_attachment(
        specimens.pdf(), maintype="application", subtype="octet-stream", filename="../plan.pdf"
    )
    message.add_attachment(b"\x89PNG\r\n", maintype="image", subtype="png", filename="boat.png")
    message.add_attachment(specimens.mail("Within.", number=2))

    body, first, second, within = passages_of(message.as_bytes(), "mail.eml")

    assert body.text == f"{SENTENCE}\n\nAttached: plan.pdf, boat.png, mail.eml"
    assert first.place == "mail <1@example.org>, attachment plan.pdf, page 1"
    assert (first.author, first.to, second.text) == ("Théodore", "Jonas Berg", "We went home.")
    assert (within.text, within.place) == (
        "Within.",
        "mail <1@example.org>, attachment mail.eml, mail <2@example.org>",
    )


def test_a_damaged_mail_or_attachment_stops_no_other(read_bytes) -> None:
    start = b"From a@b.c Mon May  3 10:00:00 2021\n"
    broken = specimens.mail(number=9)
    broken.add_attachment(specimens.pdf()[:200], maintype="application", subtype="pdf", filename="plan.pdf")

    found = read_bytes(start + broken.as_bytes() + b"\n" + specimens.mbox(2), "inbox.mbox")

    assert [item.place for item in found if isinstance(item, Trouble)] == [
        "mail <9@example.org>, attachment plan.pdf"
    ]
    assert found[-1] == Done("mbox", 5, 1, whole=True)


def test_an_attachment_under_a_password_is_told_and_a_picture_isnt(read_bytes) -> None:
    message = specimens.mail(SENTENCE)
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    cut = specimens.all_of_them()["letter.docx"][:300]
    for name, data in (("plan.docx", locked), ("cut.docx", cut), ("boat.png", b"\x89PNG"), ("x.txt", b"")):
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)

    found = read_bytes(message.as_bytes(), "mail.eml")

    assert [item.place.rpartition(" ")[2] for item in found if isinstance(item, Trouble)] == [
        "plan.docx",
        "cut.docx",
    ]


def test_a_line_that_was_changed_for_the_mbox_is_itself_again(passages_of) -> None:
    start = b"From a@b.c Mon May  3 10:00:00 2021\n"
    mail = b"From: a@b.c\nSubject: x\n\n>From here on it went well.\n\nFrom there it went on.\n"

    [found] = passages_of(start + mail, "inbox.mbox")

    assert found.text.startswith("From here on it went well.")


def test_a_mail_that_is_too_large_is_cut_and_said_so(read_bytes) -> None:
    found = read_bytes(specimens.mail("word " * 1000).as_bytes(), "mail.eml", Limits(document=3000))

    assert isinstance(found[0], Passage)
    assert found[-2].why == "It is larger than a mail may be; what came before was kept."


def test_own_words() -> None:
    assert own_words("Yes.\n\nOn 2 May 2021 Jonas\n<jonas@example.org> wrote:\n> When?\n> Where?\n") == "Yes."
    assert own_words("> When?\n\nIn May.\n\n> Where?\n\nThere.") == "In May.\n\nThere."
    assert own_words("Ja.\n\nAm 2. Mai schrieb Jonas Berg <j@example.org>:\n> Wann?") == "Ja."
    assert own_words("Yes.\n\n-----Original Message-----\nFrom: Jonas\nWhen?") == "Yes."
    assert own_words("Yes.\n\nVon: Jonas <j@example.org>\nGesendet: Montag\nWann?") == "Yes."
    assert own_words("Yes.\n-- \nAmy Adams\n+49 30 1") == "Yes."
    assert own_words("Then he wrote:\nI come.") == "Then he wrote:\nI come."
    assert own_words("> nothing\n> but quoted") == "> nothing\n> but quoted"
