"""While hostile cells and files are read, the interpreter reports no code run, program started or connection made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from xlfv.months.book.where import config_file

ROOT = Path(__file__).resolve().parents[2]


def audit(*options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.safety.audited", *options]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr[-3000:]
    return dict(json.loads(run.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def audited() -> dict[str, Any]:
    return audit()


def test_what_is_looked_for_is_seen() -> None:
    """The same run with one text that is run, one that is unpickled, and a socket."""
    seen = " ".join(audit("--prove")["seen"])
    assert all(event in seen for event in ("compile", "exec", "pickle.find_class", "socket.__new__"))


def test_nothing_is_compiled_run_unpickled_started_or_called(audited: dict[str, Any]) -> None:
    assert audited["seen"] == []
    assert audited["same"], "the watched run gave other results"
    assert audited["defects"] == 0


def test_no_file_is_opened_but_those_named(audited: dict[str, Any]) -> None:
    """The month's tables, the two files read by name, the copy of the workbook that is recalculated, and the user's config."""
    names = {name.removeprefix("SCRATCH/") for name in audited["opened"]}
    copies = {name for name in names if name.endswith("/copy.xlsx")}
    assert len(copies) == 1
    copies |= {str(Path(copy).parent) for copy in copies}  # emptied at the end
    month = {f"T/2009-12/{table}.csv" for table in ("loans", "bonds", "waterfall", "curves", "yields")}
    assert names - copies == month | {"notes.csv", "bad.csv.gz", str(config_file())}
