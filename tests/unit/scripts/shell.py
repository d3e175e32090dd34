"""Runs pieces of the shell scripts for their tests: with a clone and a PATH of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
LIBRARY = REPOSITORY / "scripts" / "lib"
PARTS = ("say", "machine", "system", "wheels", "setup")
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-build.lock")

# What the scripts use of every system.
PLAIN_TOOLS = (
    "awk bash cat cut dirname env getconf grep head id ls mkdir mktemp mv rm sed sha256sum sleep sort sync"
    " tail tr uname"
)


def in_library(body: str, root: Path = REPOSITORY, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run shell lines with all parts of the library loaded and `ROOT` set."""
    loading = "\n".join(f'. "{LIBRARY}/{part}.sh"' for part in PARTS)
    return subprocess.run(
        ["bash", "-c", f'set -u\nROOT="{root}"\nWITH=run GPU_ASKED="" YES=no\n{loading}\n{body}'],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
        timeout=60,
    )


def run_script(
    *arguments: str, root: Path = REPOSITORY, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `scripts/run` of a clone with nobody to answer, in the environment given plus HOME and PATH."""
    base = {"HOME": str(root), "PATH": os.environ["PATH"]}
    return subprocess.run(
        [str(root / "scripts" / "run"), *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={name: value for name, value in {**base, **environment}.items() if value},
        timeout=120,
    )


def clone_into(folder: Path) -> Path:
    """A clone with what `scripts/run` reads, and no weights; returns its root."""
    root = folder / "clone with a space"
    shutil.copytree(REPOSITORY / "scripts", root / "scripts")
    (root / "models").mkdir()
    for name in (*LOCKS, "pyproject.toml", "models/catalog.toml"):
        shutil.copyfile(REPOSITORY / name, root / name)
    return root


def tools(folder: Path, programs: dict[str, str] | None = None) -> str:
    """A PATH with the plain tools and these programs (name: shell lines), and nothing else."""
    folder.mkdir(exist_ok=True)
    for name in PLAIN_TOOLS.split():
        found = shutil.which(name)
        assert found, f"this system has no {name}"
        (folder / name).symlink_to(found)
    for name, lines in (programs or {}).items():
        program = folder / name
        program.unlink(missing_ok=True)
        program.write_text(f"#!/bin/sh\n{lines}\n")
        program.chmod(0o755)
    return str(folder)
