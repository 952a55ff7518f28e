"""The check list for a person with Excel says what the program says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xlfv import cli
from xlfv.excel import call, registry
from xlfv.excel.book.buttons import BUTTONS
from xlfv.excel.hosts import xlwings as host
from xlfv.excel.install import check_addin, holding, uninstall

ROOT = Path(__file__).resolve().parents[3]
LIST = (ROOT / "addin" / "CHECKLIST.md").read_text(encoding="utf-8")
ROWS = [row.split("|") for row in LIST.splitlines() if re.match(r"\| \d+ \|", row)]


def test_steps_are_numbered_and_each_has_something_to_do_to_see_and_to_tick():
    assert [int(row[1]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    for row in ROWS:
        assert len(row) == 6, row
        assert row[2].strip()
        assert row[3].strip()
        assert row[4].strip() == "☐"


def test_there_is_a_line_for_version_date_and_name():
    for word in ("Version of xlfv", "Date", "Name"):
        assert f"{word} ___" in LIST


def test_every_button_is_pressed():
    for caption, _ in BUTTONS.values():
        assert caption in LIST


def test_every_function_named_exists():
    assert set(re.findall(r"XLFV_[A-Z_]+", LIST)) <= set(registry.functions())


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`xlfv ([^`]+)`", LIST))))
def test_every_command_named_exists(command):
    assert cli._parser().parse_args(command.split()).job


def test_the_results_written_are_those_that_come():
    assert f"{call('XLFV_SMM', 0.06)[0][0]:.6f}" in LIST
    bad = call("XLFV_SMM", 6)
    assert bad[0][0] == "#VALUE!"
    assert call("XLFV_WHY", bad)[0][0].endswith("rates are decimals: write 6% or 0.06")
    assert call("XLFV_IRR", [["#N/A"]], 100.0)[0][0] == "#N/A"


def test_the_messages_quoted_are_those_of_the_program():
    assert f'"{host._STOPPED}"' in LIST
    sources = "".join(Path(module.__file__).read_text() for module in (check_addin, holding, uninstall))
    buttons = (ROOT / "addin" / "vba" / "buttons" / "XlfvCaller.bas").read_text()
    assert "Excel holds" in sources
    assert "close Excel and run: xlfv" in sources
    assert "The add-in xlfv is not loaded" in buttons
