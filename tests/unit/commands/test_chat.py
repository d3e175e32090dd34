"""The typed conversation, with a scripted model, and once as a program."""

import io
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from homes import store_of
from scripted import MemoryStore, ScriptedMemory, ScriptedModel, Spent

from companion.commands.aside import Aside
from companion.commands.chat import NOTHING_ALOUD, Chat
from companion.commands.ending import Terminated
from companion.dialogue.carried_out import NOTHING_SAID
from companion.dialogue.events import Answered, Ask
from companion.dialogue.introductions import FORGOTTEN, NOT_KNOWN
from companion.dialogue.prompt import Record, Turn
from companion.dialogue.recollection import BACK
from companion.errors import StoreError
from companion.memory.store import Store
from companion.settings import Settings


class Model(ScriptedModel):
    """Writes down, in order, what is asked of it; `ends_with` is raised behind the reply's third word."""

    def __init__(self, context_tokens: int = 4096, ends_with: BaseException | None = None) -> None:
        super().__init__(Spent(), context_tokens=context_tokens)
        self.asked: list[str] = []
        self.most: list[int] = []
        self.threads: set[threading.Thread] = set()
        self.ends_with = ends_with

    def prefill(self, messages, cancel, *, open_ended=False):
        self.asked.append("prefill")
        self.threads.add(threading.current_thread())
        return 0

    def thin(self, messages, cancel):
        self.asked.append("thin")
        return 0

    def generate(self, messages, cancel, *, sampling, max_tokens, stop=()):
        self.asked.append("generate")
        self.most.append(max_tokens)
        self.threads.add(threading.current_thread())
        for number, piece in enumerate(
            super().generate(messages, cancel, sampling=sampling, max_tokens=max_tokens)
        ):
            if number == 3 and self.ends_with is not None:
                ending, self.ends_with = self.ends_with, None
                raise ending
            yield piece


@pytest.fixture
def typed(monkeypatch):
    """Lines that are typed."""

    def type_(*lines: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return type_


def settings(max_tokens: int = 160) -> Settings:
    return replace(Settings(), llm=replace(Settings().llm, max_tokens=max_tokens))


def test_ctrl_c_ends_the_reply_and_the_chat_goes_on(typed):
    typed("Tell me a story.", "Good night.")
    store = MemoryStore()

    Chat(Model(ends_with=KeyboardInterrupt()), store, settings(), Aside()).run()

    assert store.rows[1] == ("companion", 1, "You said Tell —")
    assert store.rows[2] == ("user", 2, "Good night.")


def test_go_on_takes_up_a_reply_that_ctrl_c_ended(typed):
    typed("Tell me a story.", "Go on.", "Go on.")
    store, model = MemoryStore(), Model(ends_with=KeyboardInterrupt())
    model.reply = lambda messages: {"assistant": "a small dog.", "user": "Once upon a time."}[
        messages[-1].role
    ]

    Chat(model, store, settings(), Aside()).run()

    said = [text for side, _, text in store.rows if side == "companion"]
    assert said == ["Once upon a —", "a small dog.", "Once upon a time."]
    assert model.prompts[1][-1].content == "Once upon a"
    assert model.prompts[2][-1].content == "Go on."  # it was at its end: the model thinks of more


def test_what_she_said_is_repeated_without_the_model(typed, capsys):
    typed("What did you say?", "Good morning.", "Sorry, what did you say?")
    store, model = MemoryStore(), Model()

    Chat(model, store, settings(), Aside()).run()

    said = [text for side, _, text in store.rows if side == "companion"]
    assert said == [NOTHING_SAID, "You said Good morning.", "You said Good morning."]
    assert len(model.prompts) == 1
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == said


def test_never_mind_is_not_answered_and_nothing_is_promised_of_her_voice(typed, capsys):
    typed("Never mind.", "Louder.")
    store, model = MemoryStore(), Model()

    Chat(model, store, settings(), Aside()).run()

    assert store.rows == [("user", 1, "Never mind."), ("user", 2, "Louder."), ("companion", 2, NOTHING_ALOUD)]
    assert model.prompts == []  # it would promise to speak up
    assert capsys.readouterr().out.splitlines() == ["", NOTHING_ALOUD]


def test_ctrl_c_at_the_prompt_ends_the_chat_with_nothing_wrong(monkeypatch):
    class Interrupts(io.StringIO):
        def readline(self, *_):
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupts())

    Chat(Model(), MemoryStore(), settings(), Aside()).run()


@pytest.mark.parametrize(
    ("line", "voice"), [("slower", True), ("Could you speak more slowly?", True), ("I can't follow.", False)]
)
def test_what_is_asked_of_her_voice_is_told_from_what_is_asked_of_her_words(typed, line, voice):
    typed(line)
    store = MemoryStore()

    Chat(Model(), store, settings(), Aside()).run()

    assert (store.rows[-1][2] == NOTHING_ALOUD) is voice


@pytest.mark.parametrize("asked", ["Forget my voice.", "Forget Anna's voice, please."])
def test_a_voice_is_forgotten_by_code(typed, capsys, tmp_path, asked):
    typed(asked, asked)
    store, model = Store(tmp_path / "store.db"), Model()
    store.keep_voice("Anna", b"", b"", 3)

    Chat(model, store, settings(), Aside()).run()

    assert store.voices() == []
    assert capsys.readouterr().out.splitlines() == [FORGOTTEN, NOT_KNOWN]
    assert model.prompts == []


@pytest.mark.parametrize("ending", [Terminated(), OSError(5, "Input/output error")])
def test_what_ends_the_chat_ends_it_in_a_reply_too_and_what_was_read_is_kept(typed, ending):
    typed("Tell me a story.", "Good night.")
    store = MemoryStore()

    with pytest.raises(type(ending)):
        Chat(Model(ends_with=ending), store, settings(), Aside()).run()

    assert store.rows == [("user", 1, "Tell me a story."), ("companion", 1, "You said Tell —")]


def test_no_signal_meets_the_model_at_its_work(typed):
    typed("Hello.")
    model = Model()

    Chat(model, MemoryStore(), settings(), Aside()).run()

    assert threading.main_thread() not in model.threads


def test_nobody_waits_while_the_oldest_turns_are_left_out(typed):
    typed(*(f"{number} and a few words more to fill the room that there is" for number in range(12)))
    model = Model(context_tokens=600)

    Chat(model, MemoryStore(), settings(), Aside()).run()

    assert "thin" in model.asked
    before_replies = {model.asked[at - 1] for at, asked in enumerate(model.asked) if asked == "generate"}
    assert before_replies == {"prefill"}
    after_thinning = {model.asked[at + 1] for at, asked in enumerate(model.asked) if asked == "thin"}
    assert after_thinning == {"prefill"}


def test_a_reply_leaves_room_for_what_it_answers(typed):
    typed("My sister is called Amy and my brother is called Ben.")
    model = Model(context_tokens=512)

    Chat(model, MemoryStore(), settings(max_tokens=4096), Aside()).run()

    assert model.most[0] <= 512 // 2
    assert model.prompts[0][-1].content == "My sister is called Amy and my brother is called Ben."


def test_it_goes_on_from_what_was_said_before_and_is_kept_at_its_end(typed):
    typed("And now?")
    model, store = Model(), MemoryStore()
    before = Record((Turn("user", -2, "Good morning."), Turn("companion", -1, "Hello.")))

    chat = Chat(model, store, settings(), Aside(), before)
    chat.run()
    chat.keep()

    said = ["Good morning.", "Hello.", "And now?", "You said And now?."]
    assert [m.content for m in model.prompts[0]][-3:] == said[:3]
    assert [m.content for m in model.kept[-1]][-4:] == said
    assert len(store.rows) == 2


@pytest.fixture
def chat(small_home):
    """Starts the program; what is left of it is killed."""
    started = []

    def start(**streams) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "companion", "--home", str(small_home), "chat"]
        started.append(subprocess.Popen(command, start_new_session=True, **streams))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


STORY = b"Please tell me a long story about a small dog.\n"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_the_program_ends_when_it_is_ended_in_a_reply(small_home, chat, how):
    process = chat(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(STORY)
    process.stdin.flush()
    os.read(process.stdout.fileno(), 1)  # she has begun

    process.send_signal(how)

    assert process.wait() == 1
    assert b"companion: stopped." in process.stderr.read()
    assert [t.side for t in store_of(small_home).turns()] == ["user", "companion"]
    assert is_kept(small_home)


def test_the_program_leaves_the_conversation_for_the_next_start(small_home, companion):
    assert companion("chat", text="My name is Ann.\n").returncode == 0

    assert is_kept(small_home)


def is_kept(home):
    """Whether a conversation is kept there, for its owner alone."""
    files = sorted(home.glob("conversation-*"))
    return [(file.suffix, file.stat().st_mode & 0o077) for file in files] == [
        (".sealed", 0),
    ]


def test_a_closed_terminal_ends_the_program(chat):
    mine, theirs = os.openpty()
    process = chat(stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while b"you: " not in shown:
        shown += os.read(mine, 1024)
    os.write(mine, STORY)
    while b"she: " not in shown:
        shown += os.read(mine, 1024)

    os.close(mine)

    assert process.wait() in (0, 1)


# --- memory


def texts(store):
    return [text for _, _, text in store.rows]


def test_what_is_to_be_kept_is_asked_of_memory(typed, capsys):
    typed("Remember that my locker code is 4512.")
    memory = ScriptedMemory({Ask.KEEP: Answered("I'll remember that.")})
    model = Model()

    Chat(model, MemoryStore(), settings(), Aside(), memory=memory).run()

    assert memory.asked_for == [(Ask.KEEP, "my locker code is 4512", "", 1)]
    assert capsys.readouterr().out == "I'll remember that.\n"
    assert model.prompts == []


@pytest.mark.parametrize(("answer", "asks"), [("Yes.", 2), ("What time is it?", 1), ("Mhm.", 1)])
def test_what_is_erased_is_read_back_and_waits_for_a_yes(typed, answer, asks):
    typed("Jonas is ill.", "Forget what I said about Jonas.", answer, "And now?")
    memory = ScriptedMemory(
        {Ask.FORGET: Answered("You said that Jonas is ill. Shall I erase that?", confirm=True),
         Ask.YES: Answered("It's gone.")},
        erases="Jonas",
    )  # fmt: skip
    model, forgotten = Model(), []

    Chat(
        model, MemoryStore(), settings(), Aside(), memory=memory, forget_kept=lambda: forgotten.append(1)
    ).run()

    assert len(memory.asked_for) == asks
    assert ("Jonas" not in str(model.prompts[-1])) is (asks == 2)
    assert len(forgotten) == asks - 1


def test_where_memory_has_nothing_to_say_the_model_answers_with_what_comes_to_mind(typed):
    typed("What do you know about quantum physics?")
    model = Model()
    model.prefill_rate = 100.0

    def recall(words, tokens, before, cancel, *, partial):
        return f"a note on {words}"

    Chat(model, MemoryStore(), settings(), Aside(), recall=recall).run()

    assert model.prompts[0][-1].content.startswith("(a note on What do you know about quantum physics?)\n")


def test_a_memory_that_fails_says_so_and_the_chat_goes_on(typed, capsys):
    typed("Remember that I'm ill.", "Good night.")
    store = MemoryStore()
    memory = ScriptedMemory({Ask.KEEP: StoreError("The store can't be read: check the disk.")})

    Chat(Model(), store, settings(), Aside(), memory=memory).run()

    assert capsys.readouterr().err == "The store can't be read: check the disk.\n"
    assert texts(store)[-1].endswith("Good night.")


def test_what_memory_erased_is_gone_though_ctrl_c_came_meanwhile(typed):
    class Interrupted(ScriptedMemory):
        def asked(self, ask, *rest):
            answered = super().asked(ask, *rest)
            if ask is Ask.YES:
                signal.raise_signal(signal.SIGINT)
            return answered

    typed("Jonas is ill.", "Forget what I said about Jonas.", "Yes.", "And now?")
    memory = Interrupted(
        {
            Ask.FORGET: Answered("You said that Jonas is ill. Shall I?", confirm=True),
            Ask.YES: Answered("Gone."),
        },
        erases="Jonas",
    )
    model = Model()

    Chat(model, MemoryStore(), settings(), Aside(), memory=memory).run()

    assert "Jonas" not in str(model.prompts[-1])


def test_off_the_record_nothing_is_kept(typed):
    typed(
        "Hello.", "Off the record.", "I took the money.", "Remember that.", "Back on the record.", "And now?"
    )
    store, model, memory = MemoryStore(), Model(), ScriptedMemory()

    chat = Chat(model, store, settings(), Aside(), memory=memory)
    chat.run()
    chat.keep()

    assert texts(store) == [
        "Hello.", "You said Hello.", "Back on the record.", BACK, "And now?", "You said And now?.",
    ]  # fmt: skip
    assert model.prompts[1][-1].content == "I took the money."
    assert "money" not in str(model.prompts[-1])
    assert "money" not in str(model.kept[-1])
    assert memory.asked_for == []


def test_the_end_of_the_chat_keeps_nothing_of_what_was_off_the_record(typed):
    typed("Hello.", "Off the record, I took the money.", "Go on.")
    store, model = MemoryStore(), Model()

    chat = Chat(model, store, settings(), Aside())
    chat.run()
    chat.keep()

    assert texts(store) == ["Hello.", "You said Hello."]
    assert [message.content for message in model.kept[-1]][-2:] == texts(store)


def test_thinking_that_fails_is_told_once_and_what_is_typed_is_answered_all_the_same(typed, capsys):
    typed("Good morning.", "Good night.")
    store, tried = MemoryStore(), []

    def full(cancel):
        tried.append(cancel)
        raise StoreError("The disk is full: free some space.")

    Chat(Model(), store, settings(), Aside(), catch_up=full).run()

    assert [text for side, _, text in store.rows if side == "user"] == ["Good morning.", "Good night."]
    assert capsys.readouterr().err.count("The disk is full") == 1
    assert len(tried) == 1


def test_what_fails_while_a_line_is_typed_does_not_lose_the_line(monkeypatch, capsys):
    failed = threading.Event()

    class Slow(io.StringIO):
        def readline(self):
            assert failed.wait(10)
            return super().readline()

    def full(cancel):
        failed.set()
        raise StoreError("The disk is full: free some space.")

    monkeypatch.setattr("companion.commands.chat.KEEPING", 0.0)
    monkeypatch.setattr(sys, "stdin", Slow("Good morning.\n"))
    store = MemoryStore()

    Chat(Model(), store, settings(), Aside(), think=full).run()

    assert store.rows[0] == ("user", 1, "Good morning.")
    assert capsys.readouterr().err.count("The disk is full") == 1
