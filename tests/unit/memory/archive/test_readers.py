"""A well-made file of each format, read: what stands in it, where, when, by whom."""

from __future__ import annotations

import pytest
import specimens
from specimens import SENTENCE

from companion.memory.archive.passages import Done, Passage, Progress


@pytest.mark.parametrize("name", specimens.all_of_them())
def test_every_format_gives_its_text(name: str, passages_of) -> None:
    found = passages_of(specimens.all_of_them()[name], name)

    assert any(SENTENCE in passage.text for passage in found)
    assert all(passage.place for passage in found)


def test_a_text_knows_its_lines_and_the_day_in_its_name(passages_of) -> None:
    [first, second] = passages_of("one\n\ntwo\n\n\n" + "x " * 600, "2026-03-12 dentist.txt")

    assert (first.text, first.place, first.when) == ("one\n\ntwo", "line 1", "2026-03-12")
    assert second.place == "line 5"


def test_markdown_has_front_matter_headings_and_links_as_they_read(passages_of) -> None:
    found = passages_of(specimens.MARKDOWN, "summer.md")

    met = next(passage for passage in found if "Amy" in passage.text)
    assert met.text == f"{SENTENCE} See Jonas and the boats."
    assert (met.when, met.author, met.title) == ("2024-05-03", "Theodore", "Our summer: The harbour")
    assert met.place == "line 8"
    assert any("# no heading [[kept]]" in passage.text for passage in found)
    assert found[-1].title == "Our summer: Later"


def test_a_page_gives_what_is_seen_of_it(passages_of) -> None:
    found = passages_of(specimens.HTML, "summer.html")

    assert [passage.text for passage in found] == [
        "The harbour",
        SENTENCE,
        "- boats",
        "- gulls",
        "We went home.",
    ]
    assert (found[1].title, found[1].author) == ("Our summer: The harbour", "Theodore")


def test_a_pdf_knows_its_pages(passages_of) -> None:
    assert [(passage.text, passage.place) for passage in passages_of(specimens.pdf(), "plan.pdf")] == [
        (SENTENCE, "page 1"),
        ("We went home.", "page 2"),
    ]


@pytest.mark.parametrize("name", ["letter.docx", "letter.odt"])
def test_a_letter_leaves_out_what_was_deleted(name: str, passages_of) -> None:
    heading, paragraph = passages_of(specimens.all_of_them()[name], name)

    assert (heading.text, paragraph.text) == ("The harbour", SENTENCE)
    assert (paragraph.title, paragraph.author, paragraph.when[:10]) == (
        "The harbour",
        "Theodore",
        "2024-05-03",
    )
    assert paragraph.place == "paragraph 2"


def test_rtf_has_its_letters(passages_of) -> None:
    assert [passage.text for passage in passages_of(specimens.RTF, "letter.rtf")] == [
        "The harbour",
        SENTENCE,
        "Grüße",
    ]


def test_a_book_knows_its_chapters(passages_of) -> None:
    found = passages_of(specimens.all_of_them()["book.epub"], "book.epub")

    assert found[1] == Passage(SENTENCE, "chapter The harbour", author="Theodore", title="Our summer")


def test_a_calendar_tells_when_and_how_often(passages_of) -> None:
    meeting, task = passages_of(specimens.ICS, "calendar.ics")

    assert (meeting.title, meeting.when, meeting.to) == ("Harbour", "2021-05-03T10:00+02:00", "Jonas Berg")
    assert "Repeats: FREQ=WEEKLY" in meeting.text
    assert "alarm" not in meeting.text
    assert (task.text, task.place) == ("Buy a boat\nWhen: 2021-06-01", "task 2")


def test_contacts_of_old_and_new_telephones(passages_of) -> None:
    jonas, amy = passages_of(specimens.VCF, "contacts.vcf")

    assert jonas.text == f"Jonas Berg\nPhone: +49 30 123456\nBirthday: 1990-05-03\nNote: {SENTENCE}"
    assert (amy.title, amy.text) == ("Amy Müller", "Amy Müller\nMail: amy@example.org")


def test_a_table_names_its_columns(passages_of) -> None:
    first, second = passages_of(specimens.CSV, "days.csv")

    assert first == Passage(f"day: 2021-05-03\nwho: Amy\nwhat: {SENTENCE}", "row 2")
    assert second.text.endswith("what: went home;\nlate")


def test_json_that_nobody_knows_is_told_part_by_part(passages_of) -> None:
    first, second = passages_of(specimens.JSON, "days.json")

    assert first == Passage(f"what: {SENTENCE}\ntags: sea\ntags: may", "part 1")
    assert second.text == "what: went home\nname: Amy"


def test_an_mbox_tells_how_far_it_is(read_bytes) -> None:
    found = read_bytes(specimens.mbox(3), "inbox.mbox")

    reached = [item.done for item in found if isinstance(item, Progress)]
    assert len(reached) == 3
    assert reached == sorted(reached)
    assert found[-1] == Done("mbox", 5, 0, whole=True)


def test_a_mark_of_byte_order_and_other_encodings_are_no_matter(passages_of) -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"):
        [found] = passages_of("Grüße aus Lübeck und Köln\n".encode(encoding) * 3, "note.txt")
        assert found.text.splitlines() == ["Grüße aus Lübeck und Köln"] * 3
