"""The reason of an error is one formula away, is the right cell's, and goes when the cell is mended."""

from __future__ import annotations

import pytest

from tests.excel.helpers import fails, one
from xlfv.excel import call, explain, registry
from xlfv.excel.arguments import Arg
from xlfv.excel.explain import Address, parse_address
from xlfv.excel.registry import Example, function
from xlfv.tables import ErrorCell, Place, Refused


def why(*args: object, caller: str = "[B]Why!Z9", place: Place | None = None) -> str:
    return str(one(call("XLFV_WHY", *args, caller=caller, places=[place])))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Sheet1!A1", Address("", "Sheet1", 1, 1)), ("'My sheet'!$AB$12", Address("", "My sheet", 12, 28)),
        ("[Book.xlsx]Sheet!c3", Address("Book.xlsx", "Sheet", 3, 3)),
        ("'[My book.xlsm]It''s'!A1", Address("My book.xlsm", "It's", 1, 1)),
        ("'C:\\books\\[B.xlsx]S'!A1", Address("B.xlsx", "S", 1, 1)),
    ],
)  # fmt: skip
def test_addresses_are_read_and_written_back(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


@pytest.mark.parametrize("text", ["", "A1", "Sheet!", "Sheet!A0", "Sheet!A1:B2", "table:x:3f9a1c2e55d0", "Sheet!AAAA1"])
def test_other_texts_are_no_addresses(text: str) -> None:
    assert parse_address(text) is None


def test_an_error_cell_tells_its_reason() -> None:
    grid = call("XLFV_SMM", 6)
    assert why(grid) == grid[0][0].reason
    assert why([[1.0, "x"], [None, grid[0][0]]]) == grid[0][0].reason


def test_a_reason_is_found_by_the_address_of_its_cell() -> None:
    reason = fails("XLFV_SMM", 6, caller="[B]Sheet!A1")
    fails("XLFV_SMM", "x", caller="[B]Sheet!A2")
    for text in ("Sheet!A1", "[B]Sheet!A1", "'sheet'!$a$1", "'[b]Sheet'!A1"):
        assert why(text) == reason
    assert why("#VALUE!", place=Place("Sheet", 1, 1, "sheet")) == reason
    assert "no reason is kept for Sheet!A3" in why("Sheet!A3")
    assert "no reason is kept" in why("[Other]Sheet!A1")


def test_of_two_books_the_asking_cells_own_is_meant() -> None:
    mine = fails("XLFV_SMM", 6, caller="[May]Sheet!A1")
    other = fails("XLFV_SMM", "x", caller="[June]Sheet!A1")
    assert why("Sheet!A1", caller="[May]Z!A1") == mine
    assert why("Sheet!A1", caller="[June]Z!A1") == other
    assert why("Sheet!A1", caller="[July]Z!A1") == other


def test_a_mended_cell_forgets_its_reason() -> None:
    fails("XLFV_SMM", 6, caller="[B]Sheet!A1")
    call("XLFV_SMM", 0.06, caller="[B]Sheet!A1")
    assert "no reason is kept" in why("Sheet!A1")


def test_an_error_of_a_cell_unknown_gives_the_latest_and_says_so() -> None:
    fails("XLFV_SMM", "x", caller="[B]Sheet!A1")
    fails("XLFV_SMM", "#N/A", code="#N/A")
    assert why("#VALUE!").startswith(
        "the latest #VALUE! of an xlfv function in '[B]Sheet'!A1 (it may be another cell's)"
    )
    assert "the text 'x' came" in why("#VALUE!")
    assert "no reason is kept" in why("#NULL!")


@pytest.mark.parametrize("value", [1.0, "text", None, True, [[1.0, 2.0]]])
def test_a_good_value_has_no_error(value: object) -> None:
    assert why(value) == "no error"


def test_an_error_passed_on_names_the_cell_and_its_reason() -> None:
    inner = fails("XLFV_SMM", 6, caller="[B]Rates!B2")
    outer = fails("XLFV_PV", [[1.0]], "#VALUE!", caller="[B]Out!A1", places=[None, Place("Rates", 2, 2, "sheet")])
    assert "yield is the error #VALUE! [Rates!B2]" in outer
    assert outer.endswith(f"There: {inner}")


def test_a_host_that_cannot_say_where_it_is_fails_no_cell() -> None:
    def broken() -> str:
        raise RuntimeError("no caller")

    def lost() -> Place:
        raise RuntimeError("no place")

    assert one(call("XLFV_SMM", 0.0, caller=broken, places=[lost])) == 0.0
    fails("XLFV_SMM", 6, caller=broken, places=[lost])


def test_addresses_are_asked_for_only_when_needed() -> None:
    asked: list[str] = []

    def caller() -> str:
        asked.append("caller")
        return "[B]Sheet!A1"

    call("XLFV_SMM", 0.06, caller=caller)
    assert asked == []
    call("XLFV_SMM", 6, caller=caller)
    assert asked == ["caller"]


BOOM = {
    "zero": (ZeroDivisionError("division by zero"), "#DIV/0!"),
    "over": (OverflowError("too large"), "#NUM!"),
    "memory": (MemoryError("64 GB"), "#VALUE!"),
    "bug": (KeyError("balance"), "#VALUE!"),
    "deep": (RecursionError("deep"), "#VALUE!"),
}


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("which", BOOM)
def test_a_defect_is_called_a_defect_and_its_traceback_is_kept(which: str) -> None:
    problem, code = BOOM[which]

    @function("XLFV_BOOM", family="help", result="text", source="xlfv", example=Example("=XLFV_BOOM()", ""))
    def boom() -> str:
        """Fails."""
        raise problem

    reason = fails("XLFV_BOOM", code=code, caller="[B]S!A1")
    assert "a defect of xlfv" in reason
    assert f"{type(problem).__name__}: {problem}" in reason
    (kept,) = explain.defects()
    assert "in boom" in kept.traceback
    assert kept.address == Address("B", "S", 1, 1)


@pytest.mark.usefixtures("scratch")
def test_error_cells_inside_a_result_keep_their_reasons_where_they_spill() -> None:
    outcome = [[1.0, ErrorCell("#N/A", "M-1 is not there")], [ErrorCell("#NUM!", "no yield"), 2.0]]

    @function("XLFV_MIXED", family="help", args=[Arg("x", "number", "n", unit="u")], result="grid", unit="u",
              source="xlfv", example=Example("=XLFV_MIXED(1)", 1.0))  # fmt: skip
    def mixed(x: float) -> list[list[object]]:
        """Gives what it is told."""
        return [list(row) for row in outcome]

    call("XLFV_MIXED", 1, caller="[B]Sheet!C5")
    assert why("Sheet!D5") == "M-1 is not there"
    assert why("Sheet!C6") == "no yield"
    outcome[:] = [[1.0]]
    call("XLFV_MIXED", 1, caller="[B]Sheet!C5")
    assert "no reason is kept" in why("Sheet!D5")


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("code", ["#NUM!", "#N/A", "#REF!"])
def test_a_refusal_shows_its_own_code_and_an_unknown_one_as_value(code: str) -> None:
    refusals = [Refused("one", code=code), Refused("two", code="#OOPS!")]

    @function("XLFV_REFUSE", family="help", result="text", source="xlfv", example=Example("=XLFV_REFUSE()", ""))
    def refuse() -> str:
        """Refuses."""
        raise refusals.pop(0)

    assert fails("XLFV_REFUSE", code=code) == "XLFV_REFUSE: one"
    assert fails("XLFV_REFUSE") == "XLFV_REFUSE: two"


def test_a_long_reason_still_fits_a_cell() -> None:
    reason = fails("XLFV_TABLE", "x" * 40_000, code="#N/A")
    assert len(reason) <= explain.LONGEST_REASON
    many = explain.cut("\n".join(f"{k}. " + "x" * 100 for k in range(1, 201)))
    assert len(many) <= explain.LONGEST_REASON
    *shown, last = many.split("\n")
    assert shown[-1].endswith("x" * 100)
    assert last == f"and {200 - len(shown)} more"


def test_old_reasons_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "MOST_ADDRESSES", 3)
    for row in range(1, 6):
        fails("XLFV_SMM", 6, caller=f"[B]S!A{row}")
    kept = [explain.at(Address("B", "S", row, 1)) is not None for row in range(1, 6)]
    assert kept == [False, False, True, True, True]


def test_about_names_what_is_installed() -> None:
    rows = dict(call("XLFV_ABOUT"))  # type: ignore[arg-type]
    assert list(rows) == [
        "xlfv", "model hash", "numba", "numpy", "pandas", "xlwings", "python", "add-in", "process", "code on disk",
        "handle store", "defects logged",
    ]  # fmt: skip
    assert len(rows["model hash"]) == 64
    assert rows["handle store"] == "memory only"
    assert registry.find("xlfv_about") is not None


def test_why_of_a_handle_tells_what_its_thing_wants_known() -> None:
    deal = [
        [["loan_id", "balance", "rate", "remaining_term"], ["1", 1e5, 0.3, 360]],
        [["tranche", "balance", "coupon"], ["A", 9e4, 0.05]],
        [["step", "from", "pay", "to"], [1, "interest", "interest", "A"]],
    ]
    handle = call("XLFV_TRUST", "T", 40178, *deal)[0][0]
    told = call("XLFV_WHY", handle)[0][0]
    assert told.startswith("no error; ")
    assert "rate above 25%" in told
    assert "principal of A is never paid" in told
    assert "#REF!" not in told


def test_why_of_a_cell_without_its_sheet_asks_for_the_sheet() -> None:
    assert "names no sheet" in call("XLFV_WHY", "B2")[0][0]
    assert call("XLFV_WHY", "a word")[0][0] == "no error"
