"""Who may import whom: the contracts hold, and the contract type sees what they forbid."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from arrows import Only
from grimp import ImportGraph
from shell import REPOSITORY


def test_the_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([lint], cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


def broken(imports: list[tuple[str, str]], **options: object) -> list[str]:
    """What the contract `only` finds in a graph of these imports."""
    graph = ImportGraph()
    for module in {name for pair in imports for name in pair}:
        graph.add_module(module)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    contract = Only("test", {"root_packages": ["house"]}, options)
    check = contract.check(graph, verbose=False)
    assert check.kept == (not check.metadata["forbidden"])
    return list(check.metadata["forbidden"])


@pytest.mark.parametrize("imported", ["numpy", "house.errors", "house.audio.stream"])
def test_the_heart_takes_nothing_from_outside_or_beside(imported: str) -> None:
    imports = [("house.heart.floor", imported), ("house.heart", "house.heart.floor")]
    found = broken(imports, modules=["house.heart"], third_party="false")
    assert found == [f"house.heart.floor -> {imported}"]


def test_the_heart_takes_itself_and_the_standard_library() -> None:
    imports = [("house.heart", "house.heart.floor"), ("house.heart.floor", "dataclasses")]
    assert broken(imports, modules=["house.heart"], third_party="false") == []


def test_what_is_allowed_is_the_module_itself_and_nothing_below() -> None:
    imports = [("house.audio", "house.heart.events"), ("house.audio", "house.heart.events.more")]
    found = broken(imports, modules=["house.audio"], may_import=["house.heart.events"])
    assert found == ["house.audio -> house.heart.events.more"]


def test_a_name_that_only_begins_alike_is_another_room() -> None:
    found = broken([("house.audio", "house.audiobook")], modules=["house.audio"])
    assert found == ["house.audio -> house.audiobook"]


def test_a_room_that_is_not_built_yet_breaks_nothing() -> None:
    assert broken([("house.audio", "numpy")], modules=["house.desktop"]) == []
