"""Wheels built once: what decides whether one fits, and that a damaged one is not used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from shell import REPOSITORY, in_library

LOCK = """\
aaa==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:11
llama-cpp-python==0.3.36 \\
    --hash=sha256:22 \\
    --hash=sha256:33
llama-cpp-python-extra==9 \\
    --hash=sha256:44
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.lock"
    file.write_text(LOCK)
    return file


def wheel_key(gpu: str = "none", **environment: str) -> str:
    return in_library(f'wheel_key "{sys.executable}" {gpu}', **environment).stdout.strip()


def test_an_entry_is_taken_with_its_hashes_and_nothing_else(lock: Path) -> None:
    entry = in_library(f'lock_entry llama-cpp-python "{lock}"').stdout
    assert entry == "llama-cpp-python==0.3.36 \\\n    --hash=sha256:22 \\\n    --hash=sha256:33\n"


def test_the_version_is_read_off_the_lock(lock: Path) -> None:
    assert (
        in_library(f'lock_version llama-cpp-python "{lock}"; lock_version aaa "{lock}"').stdout
        == "0.3.36\n1.0\n"
    )


def test_what_is_built_here_is_left_out_of_what_comes_as_wheels(lock: Path) -> None:
    rest = in_library(f'lock_without "{lock}" llama-cpp-python docopt').stdout
    assert [line.split("==")[0] for line in rest.splitlines() if not line.startswith(" ")] == [
        "aaa",
        "llama-cpp-python-extra",
    ]


def test_the_key_names_what_a_wheel_depends_on() -> None:
    key = wheel_key()
    assert key.startswith("py{}.{}-".format(*sys.version_info))
    assert "-none-options" in key


def test_the_processor_the_gpu_and_the_options_each_make_another_key(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags\t: sse2\n")
    keys = {
        wheel_key(),
        wheel_key("vulkan"),
        wheel_key(CMAKE_ARGS="-DGGML_BLAS=ON"),
        wheel_key(CPUINFO=str(cpuinfo), SYSTEM="Linux"),
    }
    assert len(keys) == 4


def test_what_the_person_sets_for_cmake_comes_last() -> None:
    options = in_library("llama_options vulkan", CMAKE_ARGS="-DGGML_NATIVE=OFF").stdout.split()
    assert "-DGGML_VULKAN=ON" in options
    assert options.index("-DGGML_NATIVE=OFF") > options.index("-DGGML_NATIVE=ON")


def test_a_whole_wheel_is_used(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "a.whl").write_bytes(b"wheel")
    found = in_library(f'digest <"{kept}/a.whl" >"{kept}/digest"; kept_wheel "{kept}"')
    assert found.stdout == f"{kept}/a.whl\n"


def test_a_damaged_wheel_is_thrown_away(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "a.whl").write_bytes(b"whee")
    (kept / "digest").write_text("0123456789abcdef\n")
    assert in_library(f'kept_wheel "{kept}"').returncode == 1
    assert not kept.exists()


def test_what_an_interrupted_build_left_goes(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "building.abc").mkdir()
    held = in_library(f'PYTHON="{sys.executable}" CACHE="{tmp_path}"; hold_cache')
    assert held.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["wheels"]


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("", ", preparing"),
        ("  [1/140] g++ a\n  [70/140] g++ b\n", ", 70 of 140 files, about 100 s left"),
    ],
)
def test_progress_is_read_off_the_build(tmp_path: Path, log: str, words: str) -> None:
    (tmp_path / "log").write_text(log)
    assert in_library(f'LOG="{tmp_path}/log"; build_progress 100').stdout == words


def test_every_package_built_here_is_locked_with_its_source() -> None:
    names = in_library('echo "$SOURCE_PACKAGES_ALL"').stdout.split()
    text = (REPOSITORY / "requirements-test.lock").read_text()
    assert {"llama-cpp-python", "docopt", "pyworld"} == set(names)
    assert all(f"\n{name}==" in text for name in names)


def test_llama_cpp_is_built_without_the_tiles_it_dies_of(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    options = [
        in_library("llama_options none", CPUINFO=str(cpuinfo), SYSTEM="Linux").stdout
        for flags in ("sse2 amx_bf16 amx_tile amx_int8 avx512_fp16", "sse2")
        if cpuinfo.write_text(f"flags\t: {flags}\n")
    ]
    assert "-DCMAKE_CXX_FLAGS=-mno-amx-int8" in options[0]
    assert "amx" not in options[1]
