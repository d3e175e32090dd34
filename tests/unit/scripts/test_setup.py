"""A set-up: done once, repaired after an interruption, one at a time, none at a second start."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from shell import LIBRARY, clone_into, in_library, run_script

SET_UP_BY_HAND = """
read_wishes
mkdir -p "$NOTES" "$VENV/bin"
printf '#!/bin/sh\\necho companion "$@"\\n' >"$VENV/bin/companion"
printf '#!/bin/sh\\n' >"$VENV/bin/python"
chmod +x "$VENV/bin/companion" "$VENV/bin/python"
for stage in venv packages wheels project weights; do write_note "$stage" "$WITH $(wish_of "$stage")"; done
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone that is set up for a run, with a companion that prints its arguments."""
    root = clone_into(tmp_path)
    made = in_library(SET_UP_BY_HAND, root=root)
    assert made.returncode == 0, made.stderr
    return root


def test_a_second_start_only_starts(clone: Path) -> None:
    started = run_script("chat", "--timings", root=clone, PATH="/usr/bin:/bin")
    assert (started.returncode, started.stdout, started.stderr) == (0, "companion chat --timings\n", "")


def test_without_a_command_she_talks(clone: Path) -> None:
    assert run_script(root=clone).stdout == "companion talk\n"


@pytest.mark.parametrize("arguments", [["--", "--version"], ["--version"], ["--home", "x", "chat"]])
def test_what_is_for_companion_reaches_it(clone: Path, arguments: list[str]) -> None:
    passed = [word for word in arguments if word != "--"]
    assert run_script(*arguments, root=clone).stdout == "companion " + " ".join(passed) + "\n"


def test_only_setting_up_starts_nothing(clone: Path) -> None:
    done = run_script("--setup", root=clone)
    assert (done.returncode, done.stdout) == (0, "")


def done(root: Path, **environment: str) -> bool:
    return in_library("read_wishes; all_done", root=root, **environment).returncode == 0


def test_a_finished_set_up_is_recognised(clone: Path) -> None:
    assert done(clone)


@pytest.mark.parametrize(
    "file", ["requirements.lock", "requirements-build.lock", "pyproject.toml", "models/catalog.toml"]
)
def test_a_changed_file_is_noticed(clone: Path, file: str) -> None:
    (clone / file).write_text((clone / file).read_text() + "\n# changed\n")
    assert not done(clone)


def test_another_processor_is_noticed(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("flags\t: sse2\n")
    assert not done(clone, CPUINFO=str(tmp_path / "cpuinfo"), SYSTEM="Linux")


def test_other_build_options_are_noticed(clone: Path) -> None:
    assert not done(clone, CMAKE_ARGS="-DGGML_BLAS=ON")


def test_a_moved_clone_is_noticed(clone: Path, tmp_path: Path) -> None:
    moved = clone.rename(tmp_path / "elsewhere")
    assert not done(moved)


def test_a_python_that_went_away_is_noticed(clone: Path) -> None:
    (clone / ".venv/bin/python").unlink()
    (clone / ".venv/bin/python").symlink_to("/nowhere/python3")
    assert not done(clone)


@pytest.mark.parametrize(
    ("made_for", "serves"),
    [("run", {"run"}), ("timbre", {"run", "timbre"}), ("test", {"run", "timbre", "test"})],
)
def test_what_was_set_up_for_more_serves_less(tmp_path: Path, made_for: str, serves: set[str]) -> None:
    root = clone_into(tmp_path)
    in_library(f"WITH={made_for}\n{SET_UP_BY_HAND}", root=root)
    found = {
        wanted
        for wanted in ("run", "timbre", "test")
        if in_library(f"WITH={wanted}; read_wishes; all_done", root=root).returncode == 0
    }
    assert found == serves


def test_timbre_once_chosen_is_kept(clone: Path) -> None:
    in_library("write_note with timbre", root=clone)
    assert in_library('read_wishes; echo "$WITH"', root=clone).stdout == "timbre\n"


def test_a_chosen_gpu_is_kept_until_another_is_chosen(clone: Path) -> None:
    shown = 'read_wishes; echo "$GPU"'
    in_library("write_note gpu-asked none", root=clone)
    assert in_library("detect_gpu() { echo cuda; }\n" + shown, root=clone).stdout == "none\n"
    assert in_library("detect_gpu() { echo cuda; }\nGPU_ASKED=auto\n" + shown, root=clone).stdout == "cuda\n"


def test_a_start_in_other_surroundings_uses_what_is_there(clone: Path) -> None:
    in_library("GPU_ASKED=auto\ndetect_gpu() { echo cuda; }\n" + SET_UP_BY_HAND, root=clone)

    for kind in ("none", "cuda", "vulkan"):
        look = f"has_nvidia() {{ true; }}\ndetect_gpu() {{ echo {kind}; }}\nread_wishes; all_done"
        assert in_library(look, root=clone).returncode == 0
        asked = in_library(f"GPU_ASKED=auto\n{look}", root=clone).returncode
        assert (asked == 0) == (kind == "cuda"), "who asks for auto gets what is here now"


def test_build_options_once_given_are_kept_until_others_are(clone: Path) -> None:
    given = in_library(
        f'{SET_UP_BY_HAND}\nnote_wishes auto "$CMAKE_ARGS"',
        root=clone,
        CMAKE_ARGS="-DGGML_BLAS=ON -DGGML_BLAS_VENDOR=OpenBLAS",
    )
    assert given.returncode == 0

    assert in_library("unset CMAKE_ARGS; read_wishes; all_done", root=clone).returncode == 0
    assert not done(clone, CMAKE_ARGS="")


def test_a_set_up_that_breaks_off_goes_on_as_it_was_asked_for(tmp_path: Path) -> None:
    root = clone_into(tmp_path)
    machine = """
detect_gpu() { echo vulkan; }
ready_system() { PYTHON=python3; }
make_venv() { mkdir -p "$VENV/bin"; }
install_packages() { :; }
install_wheels() { :; }
install_project() { :; }
fetch_weights() { exit 1; }
"""
    cache = {"COMPANION_CACHE": str(tmp_path / "cache")}
    broken = in_library(f"GPU_ASKED=none\n{machine}\nread_wishes; set_up", root=root, **cache)
    assert broken.returncode == 1

    again = in_library(f"{machine}\nread_wishes; is_done wheels && echo $GPU", root=root, **cache)
    assert again.stdout == "none\n"


def test_a_gpu_that_has_gone_is_not_counted_on(clone: Path) -> None:
    in_library("GPU_ASKED=auto\ndetect_gpu() { echo cuda; }\n" + SET_UP_BY_HAND, root=clone)

    gone = 'has_nvidia() { false; }\ndetect_gpu() { echo none; }\nread_wishes; all_done || echo "$GPU"'
    assert in_library(gone, root=clone).stdout == "none\n"


MACHINE = """
has_nvidia() { true; }
has_cuda() { false; }
detect_gpu() { echo none; }
ready_system() { PYTHON=python3; echo "system for $2"; }
make_venv() { mkdir -p "$VENV/bin" && cp "$(command -v true)" "$VENV/bin/python"; }
install_packages() { :; }
install_wheels() { :; }
install_project() { :; }
fetch_weights() { echo weights; }
"""


def test_without_anything_to_build_no_toolkit_is_asked_for(clone: Path) -> None:
    in_library("GPU_ASKED=auto\ndetect_gpu() { echo cuda; }\n" + SET_UP_BY_HAND, root=clone)
    (clone / "models" / "catalog.toml").write_text("changed")

    cache = {"COMPANION_CACHE": str(clone.parent / "cache")}
    again = in_library(f"{MACHINE}\nread_wishes; set_up", root=clone, **cache)

    assert (again.returncode, again.stdout) == (0, "system for none\nweights\n"), again.stderr


def test_a_gpu_build_that_fails_does_not_come_back_at_the_next_start(tmp_path: Path) -> None:
    root, cache = clone_into(tmp_path), {"COMPANION_CACHE": str(tmp_path / "cache")}
    first = in_library(f"GPU_ASKED=none\n{MACHINE}\nread_wishes; set_up", root=root, **cache)
    assert first.returncode == 0, first.stderr
    fails = "has_cuda() { true; }\ninstall_wheels() { exit 1; }\nread_wishes; set_up"
    for _ in range(2):
        assert in_library(f"GPU_ASKED=cuda\n{MACHINE}\n{fails}", root=root, **cache).returncode == 1

    assert in_library(f'{MACHINE}\nread_wishes; echo "$GPU"', root=root, **cache).stdout == "none\n"


def test_what_is_built_anew_is_built_for_the_gpu_that_is_here_now(clone: Path) -> None:
    machine = """
detect_gpu() { echo vulkan; }
ready_system() { PYTHON=python3; }
install_packages() { :; }
install_wheels() { echo "$GPU"; }
install_project() { :; }
fetch_weights() { :; }
"""
    (clone / "requirements.lock").write_text("changed")
    cache = {"COMPANION_CACHE": str(clone.parent / "cache")}
    assert in_library(f"{machine}\nread_wishes; set_up", root=clone, **cache).stdout == "vulkan\n"


STAGE = "read_wishes; work() { echo worked; }; stage project work; note_of project"


def test_a_stage_that_is_done_is_skipped(clone: Path) -> None:
    assert "worked" not in in_library(STAGE, root=clone).stdout


def test_a_stage_that_is_not_done_is_done_and_noted(clone: Path) -> None:
    (clone / "pyproject.toml").write_text("changed")
    first, second = (in_library(STAGE, root=clone).stdout for _ in range(2))
    assert first.startswith("worked\ntest ")
    assert second == first.removeprefix("worked\n")


def test_an_interrupted_stage_is_unfinished(clone: Path) -> None:
    (clone / "pyproject.toml").write_text("changed")
    in_library("read_wishes; work() { exit 1; }; stage project work", root=clone)
    assert in_library("note_of project", root=clone).stdout == "unfinished\n"
    assert not done(clone)


def venv_is_kept(root: Path) -> bool:
    in_library("read_wishes; remove_broken_venv", root=root)
    return (root / ".venv").exists()


def test_a_whole_environment_is_kept(clone: Path) -> None:
    in_library('write_note packages "run of-an-older-lock"; write_note weights unfinished', root=clone)
    assert venv_is_kept(clone)


@pytest.mark.parametrize("stage", ["venv", "packages", "wheels", "project"])
def test_an_environment_left_half_written_is_made_anew(clone: Path, stage: str) -> None:
    in_library(f"write_note {stage} unfinished", root=clone)
    assert not venv_is_kept(clone)


def test_an_environment_without_notes_is_made_anew(clone: Path) -> None:
    for note in (clone / ".venv/done").iterdir():
        note.unlink()
    assert not venv_is_kept(clone)


def test_the_second_set_up_says_so_and_waits_for_the_first(tmp_path: Path) -> None:
    parts = (
        f'set -u; ROOT="{tmp_path}"; PYTHON="{sys.executable}"; '
        f'. "{LIBRARY}/say.sh"; . "{LIBRARY}/setup.sh"; '
    )

    def holder(body: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", "-c", parts + f'hold 9 "{tmp_path}" "Another one works here."; {body}'],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ,
        )

    with holder("echo first; read -r line; release 9; read -r line") as first:
        assert first.stdin is not None
        assert first.stdout is not None
        assert first.stdout.readline() == "first\n"
        with holder("echo second") as second:
            assert second.stderr is not None
            assert second.stdout is not None
            assert second.stderr.readline() == "  Another one works here.\n"
            first.stdin.write("let go\n")
            first.stdin.flush()
            assert second.stdout.readline() == "second\n"
        first.stdin.write("end\n")
        first.stdin.flush()


def test_an_interrupted_step_leaves_no_process_and_no_half_folder(tmp_path: Path) -> None:
    # The step's child holds the fifo open: its end is the end of what can be read there.
    half = tmp_path / "half"
    half.mkdir()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = (
        f'. "{LIBRARY}/say.sh"; tidy_at_the_end; UNFINISHED="{half}"; '
        f"step Working - sh -c 'exec 3>\"{fifo}\"; echo started >&3; exec sleep 1000'"
    )
    with (
        subprocess.Popen(["bash", "-c", script], stderr=subprocess.PIPE, text=True) as running,
        fifo.open() as child,
    ):
        assert child.readline() == "started\n"
        running.terminate()
        _, words = running.communicate(timeout=30)
        assert select.select([child], [], [], 30)[0]
        assert child.read() == ""
    assert running.returncode == 143
    assert words.strip() == "companion: stopped; the same command takes it up again."
    assert not half.exists()
