"""The buttons and the two-workbook law, run through the VBA itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyopenvba.exceptions import VBARuntimeError

from tests.addin.vba_excel import Desk
from xlfv.excel import explain
from xlfv.excel.hosts import xlwings as host
from xlfv.excel.hosts.protocol import BAD, GONE


@pytest.fixture
def desk() -> Iterator[Desk]:
    explain.clear()
    yield Desk()
    explain.clear()


def shown(desk: Desk) -> list[tuple[str, str]]:
    """The message boxes put up: their words and title."""
    return [(str(words), str(title)) for _, words, title, _ in desk.app.interpreter.dialogs]


def press(desk: Desk, button: str, replies: list[Any], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Press a button whose Python replies one thing after another; gives what Python was asked."""
    asked: list[tuple[str, Any]] = []

    def said(*args: Any) -> Any:
        asked.append(args)
        return [[replies.pop(0)]]

    monkeypatch.setattr(host, "press", said)
    desk.app.run("XlfvPress", button, desk.app.workbooks()[0].name)
    return asked


def test_a_button_hands_over_its_name_and_the_workbook_it_stands_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((button, book, _),) = press(desk, "refresh", ["Valued."], monkeypatch)
    assert button == "refresh"
    assert book is desk.app.workbooks()[0]
    assert shown(desk) == [("Valued.", "xlfv")]


def test_a_refusal_is_shown_without_its_mark_and_cut_to_what_a_box_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(desk, "load_month", [BAD + "two faults: " + "x" * 2000], monkeypatch)
    ((words, _),) = shown(desk)
    assert words == ("two faults: " + "x" * 2000)[:1000]


def test_nothing_to_say_shows_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    press(desk, "check_data", [""], monkeypatch)
    assert shown(desk) == []


def test_python_lost_in_the_middle_asks_to_press_again_and_never_presses_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = press(desk, "refresh", [GONE, "never"], monkeypatch)
    assert len(asked) == 1
    assert "close it without saving" in shown(desk)[0][0]


def test_a_press_whose_reply_is_lost_is_never_repeated(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(host, "press", lambda button, book, number: done.append(number) or [["Valued."]])
    monkeypatch.setattr(desk, "called", lost_after(desk, "press"))
    desk.app.run("XlfvPress", "refresh", desk.app.workbooks()[0].name)
    assert len(done) == 1
    assert "close it without saving" in shown(desk)[0][0]


def lost_after(desk: Desk, what: str) -> Any:
    """The server does the call, and the connection breaks before its reply arrives."""
    whole = desk.called

    def called(name: str, args: Any) -> Any:
        reply = whole(name, args)
        if name == what:
            raise VBARuntimeError(462, "the remote server machine does not exist")
        return reply

    return called


def test_a_server_lost_before_the_press_is_started_again_and_the_button_does_its_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.run("XLFV_SMM", 0.06)
    desk.fall()
    press(desk, "refresh", ["Valued."], monkeypatch)
    assert shown(desk) == [("Valued.", "xlfv")]


def test_what_python_set_while_it_wrote_is_given_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost_while_writing(*args: Any) -> Any:
        desk.app.application.calculation = -4135
        desk.app.application.enable_events = False
        raise VBARuntimeError(462, "gone")

    monkeypatch.setattr(host, "press", lost_while_writing)
    desk.app.run("XlfvPress", "refresh", desk.app.workbooks()[0].name)
    assert desk.app.application.calculation == -4105
    assert desk.app.application.enable_events is True


def test_no_server_says_doctor(desk: Desk) -> None:
    desk.refuses = "cannot load xlwings64.dll"
    desk.app.run("XlfvPress", "refresh", desk.app.workbooks()[0].name)
    ((words, _),) = shown(desk)
    assert words.startswith("cannot load xlwings64.dll")
    assert "xlfv doctor" in words
    assert desk.app.application.status_bar is False


def test_two_workbooks_with_two_months_open_never_mix(desk: Desk, tmp_path: Path) -> None:
    """Each cell is answered beside its own workbook, and asked why in its own workbook, whichever is active."""
    books = []
    for month, cash in (("2009-11", 7), ("2009-12", 8)):
        folder = tmp_path / month
        folder.mkdir()
        (folder / "cash.csv").write_text(f"month,cash\n1,{cash}\n")
        path = folder / f"valuation-{month}.xlsx"
        openpyxl.Workbook().save(path)
        books.append(desk.app.open_workbook(path))
    for book, worth in zip(books, (7.0, 8.0), strict=True):
        for active in books:
            desk.app.activate_workbook(active)
            desk.app.application.calling = cell_of(book, "A1")
            assert desk.run("XLFV_PV", "cash.csv", 0.0) == worth
    for book, rate in zip(books, (6.0, 7.0), strict=True):
        desk.app.application.calling = cell_of(book, "B1")
        assert desk.run("XLFV_SMM", rate) == "#VALUE!"
    for book, rate in zip(books, (6, 7), strict=True):
        desk.app.application.calling = cell_of(book, "C1")
        assert f"{rate} came" in desk.run("XLFV_WHY", "Sheet!B1")


def test_why_across_workbooks_names_the_other_book(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    other = desk.app.open_workbook(path)
    desk.app.application.calling = cell_of(other, "B2")
    assert desk.run("XLFV_SMM", 6.0) == "#VALUE!"
    desk.app.application.calling = desk.cell("A1")
    assert "6 came" in desk.run("XLFV_WHY", "[other.xlsx]Sheet!B2")


def cell_of(book: Any, address: str) -> Any:
    """A cell of the first sheet of a workbook."""
    return book.vba_get("Worksheets", [1]).vba_get("Range", [address])


def test_a_workbook_that_names_nobody_cannot_be_pressed(desk: Desk) -> None:
    with pytest.raises(VBARuntimeError):
        desk.app.run("XlfvPress", "refresh", "nowhere.xlsx")
