"""The Windows path end to end: the DLL and the COM server of xlwings in Windows Python, called as our VBA calls them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

import xlfv
from tests.excel.example_book import lay_book
from tests.excel.golden import GOLDEN
from tests.excel.helpers import one
from tests.hosts import answers, matrix
from tests.hosts.answers import core
from tests.hosts.wine import inputs, require
from tests.hosts.wine.stand import HERE, ROOT, Stand, windows
from xlfv.excel import call
from xlfv.excel.hosts.protocol import BAD, ERROR, GONE

pytestmark = pytest.mark.standin

SCENARIOS = ("golden", "lost", "books", "amounts", "long_work", "faults", "memory", "reopen", "buttons", "install")
VALUE, NA, NAME = f"{ERROR}2015", f"{ERROR}2042", f"{ERROR}2029"
SMM = 0.005143012831822946  # of 6% a year
PARTS = (inputs.BONDS, inputs.WATERFALL)
LEAK = 2_000  # bytes a call that would be one: less than one row of a cash flow


@pytest.fixture(scope="module")
def stand() -> Stand:
    return require.stand()


@pytest.fixture(scope="module")
def session(stand: Stand) -> dict[str, Any]:
    """What came of each scenario in one session of the client."""
    with stand.alone():
        lay_book(stand.prefix / "drive_c")
        return dict(stand.result(windows(HERE / "client.py"), *SCENARIOS, seconds=240))


def gave(session: dict[str, Any], scenario: str) -> Any:
    assert "problem" not in session[scenario], session[scenario]["problem"]
    return session[scenario]["gave"]


def test_windows_answers_as_a_direct_call_does(session: dict[str, Any]) -> None:
    golden = gave(session, "golden")
    wine = answers.write("wine", golden["grids"], whys=golden["whys"], about=golden["about"])
    column = matrix.compare(answers.of_direct_calls(), wine)
    assert column.faults == []
    assert matrix.unused({"wine": column}) == []


def test_why_tells_the_same_by_reference_and_by_address_and_where_the_cell_stands(session: dict[str, Any]) -> None:
    golden = gave(session, "golden")
    for k, (by_address, by_cell) in enumerate(zip(golden["whys"], golden["whys by cell"], strict=True)):
        if by_cell is not None:
            assert core(by_address) == core(by_cell), GOLDEN[k]
    assert golden["whys"][1].endswith("6 came ['The data'!A11] -> rates are decimals: write 6% or 0.06")


def test_a_killed_server_is_started_again_and_no_cell_notices(session: dict[str, Any]) -> None:
    lost = gave(session, "lost")
    assert lost["before"] == lost["after"] == SMM
    assert lost["large"] == one(call("XLFV_TRUST", "EXAMPLE", inputs.AS_OF, inputs.loans(inputs.LARGE), *PARTS))
    assert len(set(lost["processes"])) == 3
    assert lost["gone"] == [True, True]
    assert lost["starts"] == 2


def test_two_workbooks_with_two_months_never_mix(session: dict[str, Any]) -> None:
    books = gave(session, "books")
    for month, cash, other in (("2009-11", 7, 11), ("2009-12", 11, 7)):
        book = books[month]
        assert book["value"] == [cash, cash]
        assert book["error"] == [VALUE, VALUE]
        assert f"; {cash} came [Values!A2]" in book["why here"]
        assert f"; {other} came " in book["why there"]
    assert books["2009-11"]["process"] == books["2009-12"]["process"]


def test_much_in_much_out_and_many_small_calls_come_as_from_direct_calls(session: dict[str, Any]) -> None:
    amounts = gave(session, "amounts")
    assert amounts["table"] == one(call("XLFV_TABLE", inputs.many_cells()))
    trust = one(call("XLFV_TRUST", "EXAMPLE", inputs.AS_OF, inputs.loans(inputs.SMALL), *PARTS))
    projection = one(call("XLFV_PROJECT", trust, inputs.CURVES))
    assert amounts["projection"] == projection
    cashflow = call("XLFV_TRANCHE_CASHFLOW", projection, "A")
    assert (len(cashflow), len(cashflow[0])) == (361, 17)
    assert answers.shown(amounts["cashflow"]) == answers.shown(cashflow)
    assert amounts["small"] == [one(call("XLFV_SMM", k / 1_000)) for k in range(200)]


def test_long_work_says_what_it_is_at_and_is_stopped_by_escape(session: dict[str, Any]) -> None:
    work = gave(session, "long_work")
    assert work["stopped"] == NA
    assert "stopped by Esc" in work["why"]
    assert work["words when stopped"] < 20
    assert work["next"] == SMM
    assert work["whole"].startswith("projection:EXAMPLE:2009-12:")
    told = " ".join(work["words"])
    assert "reading loans.csv" in told
    assert "preparing 100,000 loans" in told


def test_calls_that_no_formula_of_ours_makes_are_refused_and_the_server_goes_on(session: dict[str, Any]) -> None:
    faults = gave(session, "faults")
    shown = {what: cell for what, (cell, _) in faults["cells"].items()}
    unknown = {"unknown function", "no function", "number for a function", "block for a function"}
    assert shown == {what: NAME if what in unknown else VALUE for what in shown}
    for what, words in WORDS.items():
        assert words in faults["cells"][what][1], what
    for what, words in REFUSED.items():
        assert words in faults["calls"][what]["refused"], what
    assert faults["calls"]["unknown ticket"] == GONE
    assert faults["calls"]["stop of nothing"] is False
    assert faults["after"] == SMM
    assert faults["same process"]


WORDS = {
    "unknown function": "there is no function XLFV_SSM -> did you mean XLFV_SMM?",
    "no function": "there is no function a blank cell",
    "too many arguments": "2 arguments came; it takes 1",
    "too few arguments": "cpr is blank",
    "several areas": "it has several areas: point to one block of cells",
    "nonsense for places": "6 came -> rates are decimals",
    "unknown error": "the host handed over the unknown error 9999",
    "missing": "cpr is blank",
    "code": "the text '__import__('os').system('echo')' came",
}
REFUSED = {
    "fewer places than arguments": "ValueError",
    "arguments that are none": "TypeError",
    "too few for the call": "TypeError",
    "another module": "PermissionError",
    "a function that is no entry": "AttributeError",
    "no such entry": "AttributeError",
}


@pytest.mark.parametrize("what", ["no python", "no module"])
def test_python_that_cannot_start_is_said_at_once_and_excel_does_not_hang(session: dict[str, Any], what: str) -> None:
    said, seconds = gave(session, "faults")[what]
    assert "Python process" in said
    assert seconds < 20


def test_the_server_has_no_way_to_run_code(session: dict[str, Any]) -> None:
    methods = gave(session, "faults")["methods"]
    assert [name for name, known in methods.items() if known] == ["CallUDF"]


def test_the_memory_of_the_server_does_not_grow_over_a_thousand_calls(session: dict[str, Any]) -> None:
    memory = gave(session, "memory")
    assert memory["same process"]
    for kind in ("working set", "private"):
        assert memory["after"][kind] - memory["before"][kind] < 1_000 * LEAK, kind


def test_a_reopened_workbook_shows_the_same_values_or_a_real_error_with_its_reason(session: dict[str, Any]) -> None:
    book = gave(session, "reopen")
    assert {name.partition("~")[0] for name in book["files"]} == {"trust", "projection"}
    assert book["saved"] == [pytest.approx(each) for each in (86_112_147.97, 61.1311, 5.727439149, 5_205_797.52)]
    assert book["opened"] == book["saved"]
    assert set(book["lost"]) == {f"{ERROR}2023"}
    for why in book["whys"]:
        assert f"{book['handle']} is gone: it is not in the store [Values!A99] -> recalculate the cell" in why
    assert (book["again"], book["values again"]) == (book["handle"], book["saved"])


def test_a_button_reads_the_workbook_that_goes_along_as_an_object(session: dict[str, Any]) -> None:
    told = gave(session, "buttons")
    reason = "6 came ['My sheet'!A1] -> rates are decimals: write 6% or 0.06"
    assert told["error"].startswith("'My sheet'!B1 shows #VALUE!.\nWhy: XLFV_SMM: ")
    assert told["sum"].startswith("'My sheet'!B2 shows #VALUE!.\nIt comes from 'My sheet'!B1.\nWhy: XLFV_SMM: ")
    assert reason in told["error"]
    assert reason in told["sum"]
    assert told["text"].startswith("Other!A1 holds a text")
    assert told["picture"].startswith(f"{BAD}no cell is selected")
    for button in ("refresh", "load_month"):
        assert told[button].startswith(f"{BAD}Büro.xlsx is no valuation workbook with buttons")
    assert told["fire"].startswith(f"{BAD}there is no button fire")


ADDIN = "AppData/Roaming/Microsoft/Excel/XLSTART/xlfv.xlam"
SETTINGS, RECORD = "AppData/Local/xlfv/xlfv.conf", "AppData/Local/xlfv/installed.json"


def test_a_new_user_installs_the_addin_calculates_and_takes_it_away_again(
    session: dict[str, Any], stand: Stand
) -> None:
    told = gave(session, "install")
    code, said = told["install"]
    assert code == 0, said
    assert set(told["files"]) == {ADDIN, SETTINGS, RECORD}
    assert told["files"][ADDIN] == hashlib.sha256((ROOT / "addin" / "xlfv.xlam").read_bytes()).hexdigest()
    assert told["settings"] == {
        "interpreter": windows(stand.home / "pythonw.exe"),
        "dll64": windows(stand.home / "xlwings64-0.37.8.dll"),
        "dll32": windows(stand.home / "xlwings32-0.37.8.dll"),
        "version": xlfv.__version__,
    }
    assert told["value"] == SMM
    assert dict(told["about"])["add-in"].startswith(f"{xlfv.__version__} (")
    assert told["uninstall"][0] == told["once more"][0] == 0
    assert told["left"] == {}
    assert told["once more"][1].startswith("Nothing of xlfv is installed here")


def test_the_doctor_says_what_is_wrong_before_and_after_and_that_all_is_well_between(session: dict[str, Any]) -> None:
    told = gave(session, "install")
    for when in ("doctor before", "doctor after"):
        code, said = told[when]
        assert code == 1
        assert [line.split()[1] for line in said.splitlines() if line.startswith("WRONG")] == ["Add-in", "Settings"]
        assert said.count("-> run: xlfv install") == 2
    code, said = told["doctor"]
    assert code == 0, said
    assert said.rstrip().endswith("All is well.")


@pytest.fixture(scope="module")
def script(stand: Stand) -> dict[str, str]:
    """What the client in VBScript said, line by line."""
    key = "{6F1F3B52-8D1C-4A9E-9D42-1C7A5BE0A001}"
    launch = f'"{windows(stand.home / "pythonw.exe")}" -P -B -m xlfv.excel.hosts.server {key}'
    with stand.alone():
        for name, value in ((r"XlfvTest.Server\CLSID", key), (rf"CLSID\{key}\LocalServer32", launch)):
            stand.wine("reg", "add", rf"HKCR\{name}", "/ve", "/d", value, "/f", seconds=30)
        ran = stand.wine("cscript.exe", "//nologo", windows(HERE / "client.vbs"), seconds=90)
    return dict(line.split("\t", 1) for line in ran.stdout.splitlines() if "\t" in line)


def test_a_client_in_vbscript_gets_the_same_answers(script: dict[str, str]) -> None:
    for what, wanted in {
        "number": one(call("XLFV_SMM", 0.06)),
        "integer": 0.0,
        "currency": one(call("XLFV_PAYMENT", 100_000, 0.08, 360)),
        "block": one(call("XLFV_PV", [["month", "cash"], *[[k, 100.5 * k] for k in (1, 2, 3)]], 0.06)),
        "dates": one(call("XLFV_PV", [["date", "cash"], [40178.0, 0.0], [40543.0, 100.0]], 0.06)),
    }.items():
        assert float(script[what]) == pytest.approx(wanted, rel=1e-14), what  # VBScript writes 15 digits
    assert {script[what] for what in ("boolean", "blank", "error")} == {"<26>ERR2015"}
    assert script["why"].endswith("6 came [S!A1] -> rates are decimals: write 6% or 0.06")
    assert script["column"] == "Variant() 0-4 0-0 0.09"
    assert script["hello"].startswith("the add-in is of version 0.0.0")
    assert int(script["another module"].split(" ")[0]) < 0
    assert script["another method"] == "438"
