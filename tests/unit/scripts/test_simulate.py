"""`scripts/simulate` walks random conversations: some of them on every machine, more by hand."""

from __future__ import annotations

import json
import subprocess
import sys

from shell import REPOSITORY


def test_a_thousand_random_conversations_break_no_promise() -> None:
    command = [sys.executable, "scripts/simulate", "--conversations", "1000", "--hours", "0.02"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["floor"]["conversations"] == 1000
