"""The lock files: hashes for everything, no addresses, in step with pyproject.toml everywhere."""

from __future__ import annotations

import re
import tomllib
from itertools import product

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from shell import LOCKS, REPOSITORY

MACHINES = [
    {
        "python_version": version,
        "python_full_version": f"{version}.5",
        "sys_platform": system,
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[system],
        "platform_machine": machine,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for version, (system, machine) in product(
        ("3.11", "3.12", "3.13"),
        (
            ("linux", "x86_64"),
            ("linux", "aarch64"),
            ("darwin", "arm64"),
            ("darwin", "x86_64"),
            ("win32", "AMD64"),
        ),
    )
]


def entries(lock: str) -> list[str]:
    """The entries of a lock file, each on one line."""
    text = (REPOSITORY / lock).read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins(lock: str, machine: dict[str, str]) -> dict[str, str]:
    """Name and version of what a machine gets from a lock file."""
    found: dict[str, str] = {}
    for entry in entries(lock):
        requirement = Requirement(entry.split("--hash")[0])
        if requirement.marker is None or requirement.marker.evaluate(machine):
            name = canonicalize_name(requirement.name)
            assert name not in found, f"{name} is there twice in {lock}"
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            found[name] = pin.version
    return found


def wanted(*extras: str) -> list[Requirement]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    named = list(project["project"]["dependencies"]) + project["build-system"]["requires"]
    for extra in extras:
        named += project["project"]["optional-dependencies"][extra]
    return [Requirement(name) for name in named]


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_has_a_hash(lock: str) -> None:
    assert entries(lock)
    for entry in entries(lock):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("lock", LOCKS)
def test_no_addresses(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    assert not re.search(r"://|--index-url|--extra-index-url|--find-links| @ |file:", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_brings_torch_or_cuda(lock: str) -> None:
    assert not [entry for entry in entries(lock) if re.match(r"(torch|nvidia|cuda|triton)", entry)]


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ()), ("requirements-test.lock", ("test", "timbre"))]
)
@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m['sys_platform']}-{m['python_version']}")
def test_in_step_with_pyproject(lock: str, extras: tuple[str, ...], machine: dict[str, str]) -> None:
    locked = pins(lock, machine)
    for requirement in wanted(*extras):
        if requirement.marker is None or requirement.marker.evaluate(machine):
            version = locked.get(canonicalize_name(requirement.name))
            assert version, f"{requirement.name} isn't in {lock}: run scripts/lock"
            assert requirement.specifier.contains(version), (
                f"{requirement} but {version} locked: run scripts/lock"
            )


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: f"{m['sys_platform']}-{m['python_version']}")
def test_tests_run_with_what_a_user_gets(machine: dict[str, str]) -> None:
    assert pins("requirements.lock", machine).items() <= pins("requirements-test.lock", machine).items()
