"""What stands beside every figure."""

import json
from pathlib import Path

from companion.bench.machine import _cpu_name, machine


def test_a_machine_is_told_in_plain_json() -> None:
    told = json.loads(json.dumps(machine()))
    assert set(told) == {"cpu", "cores", "ram_gib", "load", "system", "python", "date"}
    assert told["cpu"]
    assert told["cores"] >= 1
    assert told["ram_gib"] > 0
    assert told["date"][-6] in "+-"


def test_the_processors_name_comes_from_linux_where_it_is_told(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor : 0\nmodel name\t: Quick Chip 9000\n")
    assert _cpu_name(cpuinfo) == "Quick Chip 9000"
    assert _cpu_name(tmp_path / "none")
