"""Reflection: patterns on every turn, the model on what they leave, and nothing that wasn't said."""

import datetime
import json
import threading
from pathlib import Path

import pytest

from companion.engines import Cancelled, Never
from companion.engines.llm import Message, PromptTooLong
from companion.engines.llm.llama import Llama
from companion.memory.database import Database
from companion.memory.proposals import Said
from companion.runtime.reflection import Reflection
from companion.runtime.thoughts import GRAMMAR, left_over, noting, read, to_user
from companion.settings import LlmSettings

SAID = (
    "My sister Amy is moving to Leeds on Friday.",
    "Luna and Oliver, two lovely little rascals, keep our evenings busy.",
    "How are you?",
)


class Model:
    """A model that answers what it is told to, and notes what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def generate(self, messages, cancel, *, sampling, max_tokens, stop=()):
        self.asked.append((messages[-1].content, sampling.grammar))
        if cancel.is_set():
            raise Cancelled
        yield self.answers.pop(0)


@pytest.fixture
def database():
    database = Database(Path(":memory:"))
    for number, text in enumerate(SAID, 1):
        database.write(
            "INSERT INTO turns (id, session, side, number, text, said_at) VALUES (?, 's', 'user', ?, ?, ?)",
            (number, number, text, f"2026-05-13T10:0{number}:00+00:00"),
        )
    return database


def think(reflection, cancel=None):
    while reflection.step(cancel or Never()):
        pass


def fact(**told):
    return json.dumps([{"who": "User", "kind": "person"} | told])


def later():
    return datetime.datetime(2026, 5, 14, tzinfo=datetime.UTC)


def test_without_a_model_patterns_keep_facts_and_the_conversation_has_a_summary(database):
    reflection = Reflection(database, now=later)

    think(reflection)

    assert [f.subject for f in reflection.notebook.facts.page()] == ["Amy", "you"]
    assert database.read("SELECT text FROM summaries") != [("",)]
    assert database.read("SELECT person FROM mentions WHERE turn = 1")


def test_the_model_reads_what_patterns_left_and_what_it_quotes_is_kept(database):
    quote = "Luna and Oliver, two lovely little rascals, keep our evenings busy"
    model = Model(fact(fact="Luna and Oliver keep User busy", quote=quote), "Amy is moving to Leeds.")
    reflection = Reflection(database, lambda: model, power=lambda: True, now=later)

    think(reflection)

    asked, grammar = model.asked[0]
    assert "Amy" not in asked
    assert "How are you" not in asked
    assert grammar == GRAMMAR
    (kept,) = [f for f in reflection.notebook.facts.page() if f.how == "model"]
    assert (kept.evidence[0].turn, kept.subject) == (2, "you")
    assert database.read("SELECT text FROM summaries") == [("Amy is moving to Leeds.",)]
    assert database.read("SELECT value FROM marks WHERE name = 'read'") == [("3",)]


def test_what_the_model_makes_up_is_dropped_and_counted(database):
    model = Model(fact(fact="User has a yacht", quote="I have a yacht"), "The user sails the Atlantic.")
    reflection = Reflection(database, lambda: model, power=lambda: True, now=later)

    think(reflection)

    assert all(f.how == "pattern" for f in reflection.notebook.facts.page())
    tallies = reflection.notebook.tallies()
    assert (tallies["dropped.model"], tallies["dropped.quote"], tallies["summary.dropped"]) == (1, 1, 1)


def test_a_withdrawn_thought_leaves_nothing_and_is_thought_again(database):
    quote = "Luna and Oliver, two lovely little rascals, keep our evenings busy"
    model = Model(fact(fact="Luna and Oliver keep User busy", quote=quote), "Amy is moving to Leeds.")
    reflection = Reflection(database, lambda: model, power=lambda: True, now=later)
    while reflection._unpatterned():
        reflection.step(Never())
    heard = threading.Event()
    model.generate, whole = _interrupted(model, heard), model.generate

    with pytest.raises(Cancelled):
        reflection.step(heard)

    assert database.read("SELECT * FROM marks") == []
    model.generate = whole
    think(reflection)
    assert [f.how for f in reflection.notebook.facts.page()].count("model") == 1


def _interrupted(model, heard):
    """Somebody speaks as soon as the model begins."""

    def generate(messages, cancel, **_):
        heard.set()
        raise Cancelled
        yield

    return generate


def test_it_rests_while_paused_and_the_model_rests_on_battery(database):
    plugged = False
    reflection = Reflection(database, lambda: Model("[]", "Nothing."), power=lambda: plugged, now=later)
    reflection.paused = True
    think(reflection)
    assert reflection.notebook.facts.page() == []

    reflection.paused = False
    think(reflection)

    assert reflection.notebook.facts.page()
    assert database.read("SELECT * FROM marks") == []
    plugged = True
    think(reflection)
    assert database.read("SELECT value FROM marks WHERE name = 'read'") == [("3",)]


def test_the_job_ends_when_nothing_is_left_and_when_it_is_withdrawn(database):
    reflection = Reflection(database, now=later)
    heard = threading.Event()
    heard.set()

    assert list(reflection.job(heard)) == []
    assert reflection.notebook.facts.page() == []
    assert list(reflection.job(threading.Event())) == []
    assert reflection.notebook.facts.page()


def test_turns_whose_neighbour_was_erased_are_thought_about_again(database):
    reflection = Reflection(database, now=later)
    think(reflection)
    database.write(
        "INSERT INTO turns (id, session, side, number, text, said_at) VALUES (9, 's', 'user', 9, ?, ?)",
        (SAID[0], "2026-05-13T11:00:00+00:00"),
    )
    think(reflection)
    facts = reflection.notebook.facts
    before = [(f.statement, f.certainty) for f in facts.of("Amy")]

    again = facts.let_go([9])
    database.write("DELETE FROM turns WHERE id = 9")
    assert reflection.patterns(Never())

    assert again == [1]
    assert [f.statement for f in facts.of("Amy")] == [statement for statement, _ in before]
    assert facts.of("Amy")[0].certainty < before[0][1]


def test_an_answer_that_was_cut_off_gives_what_is_whole():
    said = Said("I lost my job at the bank", "2026-05-13T10:00:00+00:00", turn=1)
    whole = fact(fact="User lost the job", quote="I lost my job")

    ((turn, proposal),) = read(whole[:-1] + ', {"who": "User", "fa', [said])

    assert (turn, proposal.statement, proposal.subject) == (said, "You lost the job", "I")


@pytest.mark.parametrize(
    ("statement", "told", "kind"),
    [
        ("Amy enjoys painting", "work", "preference"),
        ("Amy has asthma", "person", "health"),
        ("Amy is fond of her aunt", "person", "person"),
        ("Amy is moving to Leeds", "plan", "plan"),
    ],
)
def test_where_the_words_tell_the_kind_they_do(statement, told, kind):
    said = Said(statement, "2026-05-13T10:00:00+00:00", turn=1)

    ((_, proposal),) = read(fact(who="Amy", fact=statement, quote=statement, kind=told), [said])

    assert proposal.kind == kind


def test_what_is_left_over_is_neither_question_nor_compliment_nor_known():
    talk = "I'm so proud of you for winning the race. My knee hurts badly again. I'm doing my best every day."
    said = Said(f"You look wonderful tonight darling. {talk} Are you there?", "", turn=1)

    assert left_over(said, []) == "My knee hurts badly again."
    assert left_over(said, ["My knee hurts badly again"]) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("User likes tea", "You like tea"),
        ("The user is tired of work", "You are tired of work"),
        ("User's knee hurts", "Your knee hurts"),
        ("User watches birds", "You watch birds"),
        ("User goes to Leeds", "You go to Leeds"),
        ("Amy likes User's tea", "Amy likes your tea"),
    ],
)
def test_a_statement_about_the_user_is_told_to_them(before, after):
    assert to_user(before) == after


def test_a_real_model_answers_in_the_grammar_on_a_context_of_its_own(weights_dir):
    """The smallest one understands nothing, and still can't answer anything else; the conversation's cache
    isn't touched."""
    turns = [Said(text, "2026-05-13T10:00:00+00:00", turn=n) for n, text in enumerate(SAID)]
    with Llama(weights_dir / "smollm2-135m", LlmSettings(context=512, gpu_layers=0)) as llama:
        talk = [Message("user", "Hello there, how are you?")]
        llama.prefill(talk, Never())
        answer = "".join(
            llama.background(1024).generate(noting(turns), Never(), sampling=_exact(), max_tokens=120)
        )

        assert answer.startswith("[")
        assert read(answer, turns) or answer.startswith(("[]", '[{"who": "'))
        assert llama.prefill(talk, Never()) == 0


def _exact():
    from companion.engines.llm import Sampling

    return Sampling(temperature=0.0, top_p=1.0, min_p=0.0, repeat_penalty=1.0, grammar=GRAMMAR)


@pytest.mark.parametrize(
    "answer",
    [
        '[{"who": "User", "fact": "tab\there", "kind": "person", "quote": "x"}]',
        '[{"who": "User", "fact": "a brace { in it", "kind": "person", "quote": "x"}]',
        '[{"who": "User"}, {"fact": 4}, {nothing}]',
        '[{"who": "User", "fact": "x", "kind": "poison", "quote": "x"}]',
    ],
)
def test_what_is_not_whole_is_skipped_and_the_model_reads_on(database, answer):
    model = Model(answer, "")
    reflection = Reflection(database, lambda: model, power=lambda: True, now=later)

    think(reflection)

    assert not [f for f in reflection.notebook.facts.page() if f.how == "model"]
    assert database.read("SELECT value FROM marks WHERE name = 'read'") == [("3",)]


def test_turns_that_are_too_long_for_the_model_are_counted_and_passed(database):
    class Small(Model):
        def generate(self, messages, cancel, *, sampling, max_tokens, stop=()):
            if sampling.grammar:
                raise PromptTooLong(5000, 1000)
            yield from super().generate(messages, cancel, sampling=sampling, max_tokens=max_tokens)

    reflection = Reflection(database, lambda: Small(""), power=lambda: True, now=later)

    think(reflection)

    assert database.read("SELECT value FROM marks WHERE name = 'read'") == [("3",)]
    assert reflection.notebook.tallies()["model.too_long"] == 1


def test_what_was_said_lately_is_gone_over_without_what_is_older(database):
    reflection = Reflection(database, now=later)

    while reflection.patterns(Never(), 2):
        pass
    assert database.read("SELECT turn FROM reflected") == [(2,), (3,)]

    while reflection.patterns(Never()):
        pass
    assert database.read("SELECT turn FROM reflected ORDER BY turn") == [(1,), (2,), (3,)]
