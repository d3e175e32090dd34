"""What the scripts find out about a machine: its processor's key, its GPU, its Python, its cache folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from shell import in_library

FLAGS = "flags\t\t: fpu sse2 avx2 avx512f\n"


def cpu_key(folder: Path, text: str) -> str:
    cpuinfo = folder / "cpuinfo"
    cpuinfo.write_text(text)
    return in_library("cpu_key", CPUINFO=str(cpuinfo), SYSTEM="Linux").stdout.strip()


def test_another_instruction_set_is_another_key(tmp_path: Path) -> None:
    assert cpu_key(tmp_path, FLAGS) != cpu_key(tmp_path, FLAGS.replace(" avx512f", ""))


def test_an_instruction_set_nobody_has_heard_of_counts(tmp_path: Path) -> None:
    assert cpu_key(tmp_path, FLAGS) != cpu_key(tmp_path, FLAGS.replace("avx2", "avx2 avx99"))


@pytest.mark.parametrize("word", ["ibrs_enhanced", "hypervisor", "md_clear", "constant_tsc", "ept_ad"])
def test_words_that_come_with_a_kernel_change_nothing(tmp_path: Path, word: str) -> None:
    assert cpu_key(tmp_path, FLAGS) == cpu_key(tmp_path, FLAGS.replace("sse2", f"sse2 {word}"))


def test_the_second_core_changes_nothing(tmp_path: Path) -> None:
    assert cpu_key(tmp_path, FLAGS) == cpu_key(tmp_path, FLAGS + "\n" + FLAGS.replace("avx2", ""))


def test_an_arm_processor_has_features(tmp_path: Path) -> None:
    arm = "Features\t: fp asimd sve2\n"
    assert cpu_key(tmp_path, arm) != cpu_key(tmp_path, arm.replace(" sve2", ""))


def test_a_key_is_sixteen_digits(tmp_path: Path) -> None:
    key = cpu_key(tmp_path, FLAGS)
    assert len(key) == 16
    int(key, 16)


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"COMPANION_CACHE": "/a b", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/a b"),
        ({"COMPANION_CACHE": "", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/companion"),
        ({"COMPANION_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/h"}, "/h/.cache/companion"),
        (
            {"COMPANION_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/h", "SYSTEM": "Darwin"},
            "/h/Library/Caches/companion",
        ),
    ],
)
def test_the_cache_is_outside_the_clone(environment: dict[str, str], folder: str) -> None:
    assert in_library("cache_folder", **environment).stdout == folder + "\n"


def test_without_a_home_there_is_a_sentence() -> None:
    found = in_library("ready_cache", COMPANION_CACHE="", XDG_CACHE_HOME="", HOME="")
    assert found.returncode == 1
    assert found.stderr.startswith("companion: HOME isn't set")
    assert found.stderr.count("\n") == 1


def test_a_cache_that_cannot_be_made_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = in_library("ready_cache", COMPANION_CACHE=str(tmp_path / "file" / "cache"))
    assert found.returncode == 1
    assert found.stderr.endswith("can't be written to: set COMPANION_CACHE to a folder that can.\n")


def test_this_python_is_found_with_its_version() -> None:
    found = in_library('find_python; echo "$PYTHON_VERSION" "$PYTHON_LACKS"', COMPANION_PYTHON=sys.executable)
    assert found.stdout.split() == ["{}.{}".format(*sys.version_info), "-"]


def test_a_python_of_another_version_is_none(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    found = in_library('find_python || echo "none:$PYTHON"', COMPANION_PYTHON=str(old))
    assert found.stdout == "none:\n"


def test_a_python_with_everything_is_taken_before_an_earlier_one_without(tmp_path: Path) -> None:
    answers = {"bare": "/bare\\t3.13\\tvenv,headers", "whole": "/whole\\t3.11\\t-"}
    for name, answer in answers.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nprintf '{answer}\\n'\n")
        (tmp_path / name).chmod(0o755)
    both = f'python_candidates() {{ echo "{tmp_path}/bare"; echo "{tmp_path}/whole"; }}\n'
    assert in_library(both + 'find_python; echo "$PYTHON"').stdout == "/whole\n"


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        ("SYSTEM=Darwin; uname() { echo arm64; }", "metal"),
        ("SYSTEM=Darwin; uname() { echo x86_64; }", "none"),
        ("has_nvidia() { :; }; has_cuda() { :; }", "cuda"),
        ("has_nvidia() { return 1; }; has_cuda() { :; }; has_discrete_gpu() { return 1; }", "none"),
        ("has_nvidia() { :; }; has_cuda() { return 1; }; has_discrete_gpu() { return 1; }", "none"),
    ],
)
def test_a_gpu_counts_when_device_and_compiler_are_there(pieces: str, kind: str) -> None:
    assert in_library(f"SYSTEM=Linux\n{pieces}\ndetect_gpu").stdout == kind + "\n"


def test_cuda_is_a_compiler_and_its_libraries(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/nvcc").write_text("#!/bin/sh\n")
    (tmp_path / "bin/nvcc").chmod(0o755)
    asked = f'nvcc_path() {{ echo "{tmp_path}/bin/nvcc"; }}; has_cuda'
    assert in_library(asked).returncode == 1
    (tmp_path / "include").mkdir()
    (tmp_path / "include/cublas_v2.h").touch()
    assert in_library(asked).returncode == 0
