"""One process owns a home at a time; an unusable one is said so in a sentence."""

import os
import subprocess
import sys
import textwrap

import pytest

from companion.errors import HomeError
from companion.home import held, open_home

HOLDER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from companion.home import held
    with held(Path(sys.argv[1]), "talk"):
        print("held", flush=True)
        sys.stdin.read()
""")


def test_a_home_is_made_for_its_owner_alone(tmp_path):
    home = open_home(str(tmp_path / "new" / "home"))

    assert home.stat().st_mode & 0o777 == 0o700


def test_a_second_process_is_told_who_holds_the_home_and_a_killed_one_frees_it(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"

    with pytest.raises(HomeError, match=f"companion talk.*process {holder.pid}"), held(tmp_path, "chat"):
        pass
    holder.kill()
    holder.wait()

    with held(tmp_path, "chat"):
        assert (tmp_path / "running.lock.json").stat().st_mode & 0o777 == 0o600


def test_a_home_that_is_a_file_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "home").write_text("not a folder")

    with pytest.raises(HomeError, match="can't be used"):
        open_home(str(tmp_path / "home"))


def test_a_home_that_may_not_be_written_is_refused_with_a_sentence(tmp_path):
    """As a user without rights: root may write everywhere, so the child gives root up first."""
    tmp_path.chmod(0o755)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    code = f"""
import os, filelock
from companion.home import open_home
if os.geteuid() == 0:
    os.setuid(65534)
open_home({str(locked)!r})
"""
    if os.geteuid() == 0:
        for parent in [tmp_path, *tmp_path.parents][:-2]:
            parent.chmod(parent.stat().st_mode | 0o055)

    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "HomeError" in child.stderr
    assert "can't be used" in child.stderr
