"""The contract by which import-linter checks who may import whom: a list of what is allowed, nothing else."""

from __future__ import annotations

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class Only(Contract):
    """Modules, with all below them, import of this project only what is named, and themselves.

    Options: `modules`, `may_import` (exact modules, not what is below them), and `third_party`: False leaves
    them nothing but the standard library. Rooms that aren't built yet are passed over.
    """

    modules = fields.ListField(subfield=fields.StringField())
    may_import = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    third_party = fields.BooleanField(required=False, default=True)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at each import of each of the modules."""
        forbidden = [
            f"{importer} -> {imported}"
            for room in self.modules
            for importer in sorted(members(graph, room))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not self.allows(room, imported)
        ]
        return ContractCheck(kept=not forbidden, metadata={"forbidden": forbidden})

    def allows(self, room: str, imported: str) -> bool:
        """Whether a module of the room may import this one."""
        if is_within(imported, room) or imported in self.may_import:
            return True
        if is_within(imported, self.session_options["root_packages"][0]):
            return False
        return bool(self.third_party) or imported.partition(".")[0] in sys.stdlib_module_names

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line an import that isn't allowed."""
        for line in check.metadata["forbidden"]:
            output.print_error(f"- {line}", bold=False)


def is_within(module: str, room: str) -> bool:
    """Whether a module is the room itself or lies in it."""
    return module == room or module.startswith(room + ".")


def members(graph: ImportGraph, room: str) -> set[str]:
    """The room's modules; none if it isn't built yet."""
    return {room} | graph.find_descendants(room) if room in graph.modules else set()
