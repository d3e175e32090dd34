"""What is kept of a conversation beside an encrypted store is as unreadable as the store."""

from contextlib import closing
from dataclasses import replace

import pytest

from companion import app
from companion.dialogue.prompt import Turn
from companion.engines import Never
from companion.engines.llm.llama import Llama
from companion.memory.database import Database
from companion.memory.store import Store
from companion.runtime.context import Context
from companion.settings import LlmSettings, MemorySettings, Settings

NEVER = Never()
LLM = LlmSettings(context=1024, threads=2)
KEY = b"1" * 32
SAID = "My sister is called Amy."


@pytest.fixture
def start(weights_dir, tmp_path):
    """One start of the program in a home: gives how many tokens of the past were new to the model."""

    def begin(*said):
        settings = replace(Settings(), llm=LLM, memory=MemorySettings(continue_within=12.0))
        with (
            closing(Store(Database(tmp_path / "store.db", KEY))) as store,
            Llama(weights_dir / "smollm2-135m", LLM) as llm,
        ):
            talk = app.manner(settings)
            context = Context(llm, talk.persona, talk.examples, talk.max_tokens)
            record = app.resume(llm, store, settings, tmp_path, NEVER)
            new = llm.prefill(context.messages(record), NEVER)
            for number, text in enumerate(said, 1):
                store.add_user_turn(number, text)
                record = record.with_turn(Turn("user", number, text))
            llm.prefill(context.messages(record), NEVER)
            llm.keep(context.messages(record), NEVER)
        return new

    return begin


def test_the_second_start_goes_on_from_sealed_files_and_from_no_others(start, tmp_path):
    start(SAID)
    files = sorted(tmp_path.glob("*.kv*"))

    assert start() <= 1
    assert [file.suffixes for file in files] == [[".kv", ".sealed"]] * 2
    assert not any(b"tokens" in file.read_bytes() for file in files)


def test_what_earlier_versions_kept_unsealed_goes_at_the_start(start, tmp_path):
    start(SAID)
    for end in (".kv", ".kv.json", ".kv.sha256"):
        (tmp_path / f"conversation-0123{end}").write_bytes(b"Amy")

    assert start() <= 1
    assert {file.suffix for file in tmp_path.glob("conversation-*")} == {".sealed"}
