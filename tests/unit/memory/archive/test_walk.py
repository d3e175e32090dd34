"""Which files lie below a folder."""

from __future__ import annotations

import os
from pathlib import Path

import specimens

from companion.memory.archive.passages import Trouble
from companion.memory.archive.walk import File, walk


def _write(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_files_come_in_one_order_with_size_and_time(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", "B.txt"):
        os.utime(_write(tmp_path / name), ns=(5, 7_000_000_000))

    found = list(walk(tmp_path))

    assert [file.path.relative_to(tmp_path).as_posix() for file in found] == [
        "B.txt",
        "b.txt",
        "a/z.txt",
        "a/b/c.txt",
    ]
    assert found[0] == File(tmp_path / "B.txt", 1, 7_000_000_000, tmp_path / "B.txt")


def test_hidden_folders_and_caches_are_left_out(tmp_path: Path) -> None:
    for name in (".git/config", ".hidden", "__pycache__/x", "node_modules/x.md", "Cache/x", "kept.txt"):
        _write(tmp_path / name)

    assert [file.path.name for file in walk(tmp_path)] == ["kept.txt"]


def test_links_pipes_and_loops_are_told_and_not_followed(tmp_path: Path) -> None:
    outside = _write(tmp_path / "outside" / "secret.txt")
    inside = tmp_path / "inside"
    _write(inside / "real.txt")
    (inside / "away.txt").symlink_to(outside)
    (inside / "folder").symlink_to(outside.parent)
    (inside / "loop").symlink_to(inside)
    os.mkfifo(inside / "pipe")

    found = list(walk(inside))

    assert [file.path.name for file in found if isinstance(file, File)] == ["real.txt"]
    assert sorted(Path(item.path).name for item in found if isinstance(item, Trouble)) == [
        "away.txt",
        "folder",
        "loop",
        "pipe",
    ]


def test_a_maildir_is_one_source_of_many_mails(tmp_path: Path) -> None:
    box = tmp_path / "Mail"
    for name in ("cur/1.host:2,S", "new/2.host", ".Sent/cur/3.host", "dovecot.index"):
        _write(box / name, specimens.mail().as_bytes())
    for name in ("tmp", ".Sent/new"):
        (box / name).mkdir(parents=True)

    found = list(walk(tmp_path))

    assert [(file.path.name, file.source.name, file.kind) for file in found] == [
        ("1.host:2,S", "Mail", "mail"),
        ("2.host", "Mail", "mail"),
        ("3.host", ".Sent", "mail"),
    ]


def test_a_file_is_its_own_folder_and_what_is_gone_is_told(tmp_path: Path) -> None:
    file = _write(tmp_path / "a.txt")

    assert [found.path for found in walk(file)] == [file]
    assert [found.why for found in walk(tmp_path / "gone")] == ["It isn't there, or may not be looked at."]


def test_folders_may_be_nested_deeper_than_python_goes(tmp_path: Path) -> None:
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(300):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)

    assert list(walk(tmp_path)) == []
