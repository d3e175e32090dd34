"""Reads every byte of the models that are there and holds it against the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from companion.errors import WeightsError
from companion.weights import disk, presence
from companion.weights.catalog import File, Model
from companion.weights.presence import State
from companion.weights.progress import Progress, Quiet


class Verdict(Enum):
    """What reading a whole file showed."""

    GOOD = "good"
    MISSING = "missing"
    WRONG_SIZE = "wrong size"
    WRONG_HASH = "wrong hash"


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one file of a model."""

    model: str
    file: str
    verdict: Verdict


def verify(model: Model, folder: Path, progress: Progress | None = None) -> list[Finding]:
    """Hash every file of a model. One that is wrong loses its record, so that the next fetch replaces it."""
    progress = progress or Quiet()
    progress.begin(model.name, model.size)
    try:
        findings = [
            Finding(model.name, file.path, _judge(model, file, folder, progress)) for file in model.files
        ]
        good = {file.path: file.sha256 or "" for file in model.files}
        if all(finding.verdict is Verdict.GOOD for finding in findings):
            presence.remember(model, folder, good)
        else:
            presence.forget(model, folder)
    except OSError as error:
        raise disk.sentence(error, folder) from error
    wrong = [
        f"{finding.file}: {finding.verdict.value}"
        for finding in findings
        if finding.verdict is not Verdict.GOOD
    ]
    progress.end(", ".join(wrong) or "good")
    return findings


def _judge(model: Model, file: File, folder: Path, progress: Progress) -> Verdict:
    state = presence.look_at(file, folder / model.name)
    if state is not State.THERE:
        return Verdict(state.value)
    right = disk.digest(folder / model.name / file.path, progress.advance) == file.sha256
    return Verdict.GOOD if right else Verdict.WRONG_HASH


def present(models: Iterable[Model], folder: Path) -> list[Model]:
    """Those of which at least one file is there."""
    return [
        model for model in models if any((folder / model.name / file.path).exists() for file in model.files)
    ]


def demand_good(findings: Iterable[Finding]) -> None:
    """Raise `WeightsError` naming the models with a wrong file, if there is one."""
    if bad := sorted({finding.model for finding in findings if finding.verdict is not Verdict.GOOD}):
        raise WeightsError(
            f"Not as they should be: {', '.join(bad)}; run `companion weights fetch {' '.join(bad)}`."
        )
