"""What a measurement was taken on: stands beside every figure, so that figures can be compared."""

from __future__ import annotations

import os
import platform
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil


def machine() -> dict[str, Any]:
    """CPU, cores, RAM (GiB), load, system, Python and date, as plain JSON.

    `load` is how many programs wanted a core over the last minute: above 1, others were at work too.
    """
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count() or 1,
        "ram_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load": round(psutil.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def _cpu_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name: from Linux's list, else what the platform says."""
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
