"""The form buttons of the valuation workbook, really clicked in LibreOffice: VBA, then our macros, then cells."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from tests.hosts.libreoffice import addin, cached
from tests.hosts.libreoffice.prepare import prepare
from tests.hosts.libreoffice.session import Sessions
from xlfv.excel.book.buttons import BUTTONS
from xlfv.excel.codec import serial

pytestmark = pytest.mark.standin

BOOK = addin.ROOT / "workbooks/valuation.xlsm"
NOVEMBER = serial(dt.date(2009, 11, 30))
RUNS = [caption for button, (caption, _) in BUTTONS.items() if button != "explain_cell"]
LOOK = ["runs", "as_of", "loaded_month", "all_checks"]
STEPS: dict[str, dict[str, Any]] = {
    "check": {"click": "Check data", "look": LOOK},
    "explain": {"select": "projection_ICMB_2004_F", "click": "Explain cell", "look": LOOK},
    "refresh": {"click": "Refresh valuation", "look": LOOK},
    "refused": {"type": {"as_of": NOVEMBER}, "click": "Refresh valuation", "look": LOOK},
    "load": {"click": "Load month", "look": LOOK},
    "roll": {"click": "Roll forward", "look": LOOK},
    "locked": {"type": {"status": "locked"}, "click": "Load month", "look": LOOK},
    "unlocked": {"type": {"status": "draft"}},
}
BOOLEANS = re.compile(r"WARNING: (\d+) of [\d,]+ cells show something else .*?\. Recalculate")
"""What Load month and Refresh find in Calc: the cells that hold TRUE or FALSE in Excel are 1 or 0 here."""


@pytest.fixture(scope="module")
def pressed(libreoffice: Sessions) -> dict[str, Any]:
    """What came of each step, one after another in one open workbook."""
    book = prepare(BOOK, libreoffice.folder / BOOK.name)
    found = libreoffice.run("pressed", book=str(book), steps=list(STEPS.values()), patience=300.0)
    return {**found, **dict(zip(STEPS, found["steps"], strict=True))}


def said(pressed: dict[str, Any], step: str) -> str:
    (words,) = pressed[step]["said"]
    return str(words)


def shown(pressed: dict[str, Any], step: str, name: str) -> Any:
    return pressed[step]["cells"][name][0][0]


def runs(pressed: dict[str, Any], step: str) -> dict[str, Any]:
    """What the table of last runs says came out, by button."""
    return {row[0]: row[3] for row in pressed[step]["cells"]["runs"]}


def only_booleans_disagree(words: str) -> None:
    """Of all values compared, those three alone differ."""
    disagreeing = BOOLEANS.search(words)
    assert disagreeing, words
    named = re.findall(r"'[\w-]+'!\w+ shows (?:1 instead of 'True'|0 instead of 'False')", words)
    assert len(named) == int(disagreeing[1]) == 3, words


def test_control_has_a_button_for_every_macro(pressed: dict[str, Any]) -> None:
    assert pressed["captions"] == {"Control": [caption for caption, _ in BUTTONS.values()]}


def test_check_data_says_and_notes_that_there_is_no_fault(pressed: dict[str, Any]) -> None:
    assert said(pressed, "check") == "2009-12, no fault found."
    assert runs(pressed, "check") == {**dict.fromkeys(RUNS), "Check data": "2009-12, no fault found"}


def test_explain_cell_tells_what_the_selected_cell_is_and_changes_nothing(pressed: dict[str, Any]) -> None:
    words = said(pressed, "explain")
    assert "shows projection:ICMB-2004-F:2009-12:" in words
    assert "trust = trust_ICMB_2004_F" in words
    assert pressed["explain"]["cells"] == pressed["check"]["cells"]


def test_refresh_shows_the_values_calculated_apart(pressed: dict[str, Any]) -> None:
    words = re.match(r"2009-12 is valued: (3 trusts, .* residual [$\d,]+)\. ", said(pressed, "refresh"))
    assert words, said(pressed, "refresh")
    only_booleans_disagree(said(pressed, "refresh"))
    assert runs(pressed, "refresh")["Refresh valuation"] == f"2009-12: {words[1]}"


def test_a_refusal_changes_nothing_and_says_why(pressed: dict[str, Any]) -> None:
    assert said(pressed, "refused").startswith("Nothing was changed.\nthe sheets hold the tables of 2009-12")
    assert pressed["refused"]["cells"]["runs"] == pressed["refresh"]["cells"]["runs"]
    assert shown(pressed, "refused", "as_of") == NOVEMBER
    assert shown(pressed, "refused", "loaded_month") == "2009-12"


@pytest.mark.parametrize(
    ("step", "button", "month"), [("load", "Load month", "2009-11"), ("roll", "Roll forward", "2009-12")]
)
def test_a_month_is_loaded_into_the_open_workbook(pressed: dict[str, Any], step: str, button: str, month: str) -> None:
    words = said(pressed, step)
    assert re.match(rf"{month} is loaded: 3 trusts, .* residual .*\. [1-9][\d,]* cells were written\. ", words), words
    assert shown(pressed, step, "loaded_month") == month
    assert shown(pressed, step, "all_checks") == 0.0
    assert runs(pressed, step)[button].startswith(f"{month}: 3 trusts, ")
    only_booleans_disagree(words)


def test_the_status_bar_says_what_is_being_done(pressed: dict[str, Any]) -> None:
    shown = pressed["load"]["progress"]
    assert all(words.startswith("xlfv: ") for words in shown)
    for trust in ("ICMB-2004-F", "ICMB-2005-A", "IMFC-2006-MF"):
        assert f"xlfv: valuing {trust}" in shown
    assert "xlfv: composing the workbook of 2009-11" in shown


def test_a_locked_workbook_is_left_alone(pressed: dict[str, Any]) -> None:
    assert said(pressed, "locked").startswith("Nothing was changed.\nvaluation.xlsm is locked")
    assert pressed["locked"]["cells"] == pressed["roll"]["cells"]


def test_back_in_its_month_the_workbook_shows_what_it_was_shipped_with(pressed: dict[str, Any]) -> None:
    before, after = cached.saved(BOOK), cached.recalculated(pressed["formulas"])
    assert set(after) == set(before)
    wrong = cached.differences(before, after, cached.labels(BOOK))
    assert wrong == []
