"""The VBA of the add-in, run: values over, errors as errors, long work, Esc, a lost server, two workbooks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyopenvba.exceptions import VBARuntimeError

from tests.addin.vba_excel import ESCAPE, Desk
from xlfv import progress
from xlfv.excel import call, explain, registry
from xlfv.excel.codec import MISSING
from xlfv.excel.hosts import protocol
from xlfv.excel.hosts import xlwings as host
from xlfv.tables import ErrorCell


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(autouse=True)
def fresh(desk: Desk) -> Iterator[None]:
    explain.clear()
    desk.calls.clear()
    desk.before = lambda name: None
    desk.app.application.calling = None
    yield
    desk.app.application.status_bar = False


def fill(desk: Desk, rows: list[list[Any]], corner: str = "D1") -> None:
    left, top = ord(corner[0]), int(corner[1:])
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            desk.app.sheet(1).set_value(f"{chr(left + c)}{top + r}", cell)


def answered(desk: Desk) -> Any:
    """The arguments of the last call for a cell."""
    return next(args for name, args in reversed(desk.calls) if name == "answer")


def test_numbers_go_over_and_come_back(desk: Desk) -> None:
    assert desk.run("XLFV_SMM", 0.06) == call("XLFV_SMM", 0.06)[0][0]
    assert answered(desk) == ("XLFV_SMM", (0.06,), ("",), "", "")


def test_a_range_goes_over_in_one_block_with_its_address(desk: Desk) -> None:
    fill(desk, [["month", "cash"], [1.0, 105.0], [2.0, None]])
    assert desk.run("XLFV_PV", desk.cell("D1:E3"), 0.06) == call("XLFV_PV", [["month", "cash"], [1, 105.0]], 0.06)[0][0]
    block = (("month", "cash"), (1.0, 105.0), (2.0, None))
    assert answered(desk) == ("XLFV_PV", (block, 0.06, MISSING), ("[Book1]Sheet1!$D$1", "", ""), "", "")


def test_a_failure_is_a_real_error_and_why_tells_its_reason_by_reference_and_by_address(desk: Desk) -> None:
    desk.app.application.calling = desk.cell("B7")
    assert desk.run("XLFV_SMM", 6.0) == "#VALUE!"
    desk.app.application.calling = desk.cell("C7")
    assert "rates are decimals" in desk.run("XLFV_WHY", "Sheet1!B7")
    assert answered(desk)[3] == "[Book1]Sheet1!$C$7"


def test_an_error_cell_in_the_input_is_given_on(desk: Desk) -> None:
    fill(desk, [[1.0], ["=1/0"]], "H1")
    assert desk.run("XLFV_WAL", desk.cell("H1:H2")) == "#DIV/0!"
    assert answered(desk)[1] == (((1.0,), (-2146826281,)),)
    assert desk.run("XLFV_SMM", desk.cell("H2")) == "#DIV/0!"


def test_an_argument_left_out_takes_its_default(desk: Desk) -> None:
    fill(desk, [["month", "cash"], [1.0, 105.0]])
    cash = desk.cell("D1:E2")
    assert desk.run("XLFV_PV", cash, 0.06) == desk.run("XLFV_PV", cash, 0.06, "monthly")


def test_a_table_comes_back_as_a_grid_with_errors_in_their_places(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = [[1.0, ErrorCell("#NUM!")], ["text", None]]
    monkeypatch.setattr(host, "call", lambda *a, **k: grid)
    assert desk.run("XLFV_ABOUT") == [[1.0, "#NUM!"], ["text", ""]]
    monkeypatch.setattr(host, "call", lambda *a, **k: grid[:1])
    assert desk.run("XLFV_ABOUT") == [1.0, "#NUM!"]


def test_a_whole_column_is_cut_to_the_used_rows_and_keeps_its_place(desk: Desk) -> None:
    fill(desk, [[5.0], [6.0]], "M1")
    assert desk.run("XLFV_WAL", desk.cell("M:M")) != "#VALUE!"
    _, (cells,), (place,), _, _ = answered(desk)
    assert len(cells) < 1000
    assert cells[:2] == ((5.0,), (6.0,))
    assert place.endswith("$M$1")


def test_several_areas_are_refused_in_words(desk: Desk) -> None:
    desk.app.application.calling = desk.cell("B9")
    assert desk.run("XLFV_WAL", desk.cell("D1:D2,H1:H2")) == "#VALUE!"
    assert "several areas" in (explain.latest() or pytest.fail("no reason")).text


def test_long_work_shows_its_words_until_it_is_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def slow(*args: Any, **given: Any) -> Any:
        progress.tell("block 3 of 7")
        go.wait(10)
        return [[42.0]]

    def let_go(name: str) -> None:
        if name == "wait":
            seen.append(str(desk.app.application.status_bar))
            go.set()

    seen: list[str] = []
    desk.before = let_go
    monkeypatch.setattr(host, "call", slow)
    monkeypatch.setattr(host, "FIRST_WAIT", 0.05)
    assert desk.run("XLFV_SMM", 0.06) == 42.0
    assert seen[0] == "xlfv: block 3 of 7  (Esc stops)"
    assert desk.app.application.status_bar is False


def test_esc_stops_long_work_and_the_cell_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def endless(cpr: float) -> float:
        begun.append(cpr)
        while True:
            progress.tell("going on")

    def escape(name: str) -> None:
        if name == "wait" and ("stop", ("1",)) not in desk.calls and not pressed:
            pressed.append(True)
            raise VBARuntimeError(ESCAPE, "User interrupt occurred")

    pressed: list[bool] = []
    desk.before = escape
    smm = registry.find("XLFV_SMM")
    assert smm is not None
    monkeypatch.setitem(registry._functions, "XLFV_SMM", type(smm)(**{**smm.__dict__, "python": endless}))
    monkeypatch.setattr(host, "FIRST_WAIT", 0.02)
    desk.app.application.calling = desk.cell("B11")
    assert desk.run("XLFV_SMM", 0.06) == "#N/A"
    assert begun == [0.06]
    assert [name for name, _ in desk.calls].count("stop") == 1
    assert "stopped by Esc" in (explain.latest() or pytest.fail("no reason")).text
    assert desk.app.application.status_bar is False


def test_a_lost_server_is_started_again_and_the_cell_does_not_notice(desk: Desk) -> None:
    desk.run("XLFV_SMM", 0.05)

    desk.fall("answer")
    starts = desk.starts
    assert desk.run("XLFV_SMM", 0.06) == call("XLFV_SMM", 0.06)[0][0]
    assert desk.starts == starts + 1


def test_a_server_lost_in_the_middle_of_long_work_does_it_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []

    def slow_once(*args: Any, **given: Any) -> Any:
        runs.append(args)
        if len(runs) == 1:
            threading.Event().wait(0.3)
        return [[float(len(runs))]]

    desk.fall("wait", host._worker._tickets.clear)
    monkeypatch.setattr(host, "call", slow_once)
    monkeypatch.setattr(host, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(host, "NEXT_WAIT", 1.0)
    assert desk.run("XLFV_SMM", 0.06) == 2.0


def test_without_a_server_a_cell_fails_and_why_and_about_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    lonely = Desk()
    lonely.refuses = "there is no file xlfv.conf"
    assert lonely.run("XLFV_SMM", 0.06) == "#VALUE!"
    said = "xlfv does not answer: there is no file xlfv.conf -> run in a command window: xlfv doctor"
    assert lonely.run("XLFV_WHY", "Sheet1!B2") == said
    assert lonely.run("XLFV_ABOUT") == said
    lonely.refuses = ""
    assert lonely.run("XLFV_SMM", 0.06) == call("XLFV_SMM", 0.06)[0][0]


def test_a_mismatch_of_versions_is_told_in_the_status_bar(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlfv.excel import session

    monkeypatch.setattr(session.xlfv, "__version__", "9.9.9")
    desk.fall()
    desk.run("XLFV_SMM", 0.06)
    assert "xlfv install" in str(desk.app.application.status_bar)
    monkeypatch.undo()
    session.opened("", "")


def test_the_vba_is_written_from_the_protocol(desk: Desk) -> None:
    from addin.builder import package

    text = {module.name: module.text for module in package.addin_modules()}
    assert f'"{protocol.MODULE}"' in text["XlfvServer"]
    assert protocol.LAUNCH.replace('"', '""') in text["XlfvBridge"]
    for sign in (protocol.ERROR, protocol.WAIT, protocol.GONE, protocol.BAD):
        assert f'"{sign[1:]}"' in text["XlfvServer"]


def test_every_module_says_option_explicit_and_no_line_is_too_long() -> None:
    root = Path(__file__).resolve().parents[2] / "addin" / "vba"
    files = [*root.rglob("*.bas"), *root.rglob("*.cls")]
    assert len(files) == 7
    assert all("Option Explicit" in file.read_text() for file in files)
