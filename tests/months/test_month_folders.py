"""Month folders: read whole or refused whole, valued, and rolled from month to month."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.valuation.deals import BONDS, COSTS, CURVES, LOANS, TERMS, WATERFALL
from xlfv.excel import call
from xlfv.months.folder import month_end, months_of, previous, read_month
from xlfv.months.valued import roll_forward, roll_month, value_month
from xlfv.reporting import implied_cash as states
from xlfv.reporting.ledger import ACTUALS
from xlfv.reporting.rollforward import ITEMS
from xlfv.tables import Refused
from xlfv.valuation import fair_value as fv

YIELDS = [["item", "yield"], ["A", 0.07], ["M", 0.12], ["B", 0.2], ["residual", 0.25]]
ACTIVITY = [["item", "amount"], *[[name, 1000.0 * k] for k, name in enumerate(ACTUALS, 1)]]
TABLES = {
    "loans": LOANS, "bonds": BONDS, "waterfall": WATERFALL, "costs": COSTS, "terms": TERMS, "curves": CURVES,
    "yields": YIELDS, "activity": ACTIVITY,
}  # fmt: skip


def write_csv(path: Path, grid: list[list]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["" if cell is None else cell for cell in row] for row in grid])


def write_month(data: Path, trust: str, month: str, **changed: list | None) -> Path:
    for name, grid in {**TABLES, **changed}.items():
        if grid is not None:
            write_csv(data / trust / month / f"{name}.csv", grid)
    return data / trust / month


@pytest.fixture
def data(tmp_path):
    for month in ("2009-11", "2009-12"):
        write_month(tmp_path, "T1", month)
        write_month(tmp_path, "T2", month, terms=[*TERMS, ["consolidated", "no"]])
    return tmp_path


def test_months_are_counted_by_the_calendar():
    assert month_end("2008-02") == dt.date(2008, 2, 29)
    assert previous("2009-01") == "2008-12"
    for bad in ("2009-13", "200912", "2009-1", "next"):
        with pytest.raises(Refused, match="is not a month"):
            month_end(bad)


def test_every_trust_of_a_month_is_read(data):
    month = read_month(data, "2009-12")
    assert list(month.trusts) == ["T1", "T2"]
    assert month.as_of == dt.date(2009, 12, 31)
    assert month.trusts["T1"].trust.pool_balance == 10e6
    assert months_of(data) == ["2009-11", "2009-12"]


def test_tables_may_be_sheets_of_a_workbook(data):
    whole = value_month(read_month(data, "2009-12")).trusts["T1"].value
    folder = data / "T1" / "2009-12"
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    for name in ("loans", "Bonds"):
        sheet = book.create_sheet(name)
        for row in TABLES[name.lower()]:
            sheet.append(row)
        (folder / f"{name.lower()}.csv").unlink()
    book.save(folder / "tape.xlsx")
    assert value_month(read_month(data, "2009-12")).trusts["T1"].value == whole


def test_all_faults_of_all_trusts_are_listed_with_their_files(data):
    bad = [list(row) for row in LOANS]
    bad[1][1] = -5.0
    bad[2][2] = 6.25
    write_csv(data / "T1" / "2009-12" / "loans.csv", bad)
    (data / "T2" / "2009-12" / "yields.csv").unlink()
    write_csv(data / "T2" / "2009-12" / "curves.csv", [["month", "cpr"], [1, 6]])
    write_csv(data / "T2" / "2009-12" / "activity.csv", [["item", "amount"], ["rent", 1], ["losses", "many"]])
    with pytest.raises(Refused) as refusal:
        read_month(data, "2009-12")
    told = [str(fault) for fault in refusal.value.faults]
    assert len(told) == 6
    for words in (
        ("-5", "T1/2009-12", "loans.csv row 2", "column balance", "loan_id L1"),
        ("6.25", "loans.csv row 3", "column rate", "0.0625"),
        ("yields is missing", "T2/2009-12"),
        ("cpr is 6", "curves.csv row 2", "0.06"),
        ("'rent' is not known", "activity.csv row 2"),
        ("losses", "many", "activity.csv row 3"),
    ):
        assert any(all(word in text for word in words) for text in told), words


def test_a_table_that_stands_twice_is_refused(data):
    folder = data / "T1" / "2009-12"
    shutil.copy(folder / "loans.csv", folder / "copy.csv")  # another name: not a table
    read_month(data, "2009-12")
    book = openpyxl.Workbook()
    book.active.title = "loans"
    for row in LOANS:
        book.active.append(row)
    book.save(folder / "tape.xlsx")
    with pytest.raises(Refused, match="the table loans stands twice"):
        read_month(data, "2009-12")


def test_a_month_that_is_not_there_says_which_are(data, tmp_path):
    with pytest.raises(Refused, match="months there: 2009-11, 2009-12"):
        read_month(data, "2010-01")
    with pytest.raises(Refused, match="there is no folder"):
        read_month(tmp_path / "nowhere", "2009-12")


def test_what_valuing_would_lack_is_told_with_the_other_faults(data):
    """Yields and indices are held against the deal when the month is read, so that one pass lists everything."""
    write_csv(data / "T2" / "2009-12" / "yields.csv", YIELDS[:-1])
    floating = [[*BONDS[0], "coupon_type", "index"], *[[*row, None, None] for row in BONDS[1:]]]
    floating[1][-2:] = ["floating", "LIBOR_1M"]
    write_csv(data / "T1" / "2009-12" / "bonds.csv", floating)
    (data / "T1" / "2009-12" / "trigers.csv").write_text("trigger\n")
    with pytest.raises(Refused) as refusal:
        read_month(data, "2009-12")
    told = [str(fault) for fault in refusal.value.faults]
    assert len(told) == 3
    assert "trigers.csv is not the name of a table" in told[0]
    assert "triggers.csv" in told[0]
    assert "class A needs the index LIBOR_1M" in told[1]
    assert "residual of T2 has no yield" in told[2]


@pytest.fixture
def both(data):
    return tuple(value_month(read_month(data, month)) for month in ("2009-11", "2009-12"))


def test_a_rollforward_foots_and_its_rows_come_from_the_ledger(both):
    """The ledger is made up, so that what it says and what the states imply differ: that is unexplained."""
    rolled = roll_forward(*both)["T1"]
    paid = {name: 1000.0 * k for k, name in enumerate(ACTUALS, 1)}
    assert max(abs(rolled.gap(item)) for item in ITEMS) < 1e-6
    opening = both[0].trusts["T1"].value
    trusts = [month.trusts["T1"].source for month in both]
    implied = states.implied_cash(trusts[0].trust, trusts[1].trust, trusts[0].indices)
    due = implied.total(fv.COLLATERAL, "interest", "servicing") - implied.total(states.COSTS)
    income = opening.value(fv.COLLATERAL) * opening.collateral_yield / 12 - due
    assert rolled.activity["interest_income"]["securitized_mortgage_collateral"] == pytest.approx(income)
    settled = rolled.activity["settlements"]
    principal = paid["principal_collected"] + paid["liquidation_proceeds"]
    posted = paid["interest_collected"] - paid["servicing_paid"] - paid["costs_paid"]
    assert settled["securitized_mortgage_collateral"] == pytest.approx(due - posted - principal)
    assert settled["real_estate_owned"] == -paid["reo_sales_proceeds"]
    coupons = sum(implied.total(name, "interest") for name in trusts[0].trust.tranches)
    bonds = paid["bond_principal_paid"] + paid["bond_interest_paid"] - coupons
    assert settled["securitized_mortgage_borrowings"] == pytest.approx(bonds)
    assert rolled.activity["reo_losses"]["real_estate_owned"] == 0.0
    assert rolled.activity["unexplained"]["real_estate_owned"] == paid["reo_sales_proceeds"]
    assert rolled.begin["securitized_mortgage_borrowings"] < 0


def test_an_activity_may_be_a_ledger_of_dated_postings(data):
    posted = [
        ["date", "item", "amount", "text"], ["2009-12-10", "costs_paid", 30.0, "trustee"], ["2009-12-20", "costs_paid", 12.0, "tax"],
        ["2009-11-30", "costs_paid", 99.0, "the month before"],
    ]  # fmt: skip
    write_month(data, "T1", "2009-12", activity=posted)
    assert read_month(data, "2009-12").trusts["T1"].actuals == {"costs_paid": 42.0}
    write_month(data, "T1", "2009-12", activity=[*posted, ["2009-12-20", "cost_paid", 1.0, None]])
    with pytest.raises(Refused, match="cost_paid"):
        read_month(data, "2009-12")


def test_a_trust_not_consolidated_shows_its_residual_alone(both):
    rolled = roll_forward(*both)["T2"]
    residual = both[1].trusts["T2"].value.total("residual")
    assert rolled.end == {**dict.fromkeys(ITEMS, 0.0), "investment_securities_afs": residual}
    income = both[0].trusts["T2"].value.total("residual") * 0.25 / 12
    assert rolled.activity["interest_income"]["investment_securities_afs"] == pytest.approx(income)


def test_months_must_follow_each_other_with_the_same_trusts_and_their_activity(data, both):
    with pytest.raises(Refused, match="2009-11 does not follow 2009-12"):
        roll_forward(both[1], both[0])
    write_month(data, "T3", "2009-12")
    (data / "T1" / "2009-12" / "activity.csv").unlink()
    with pytest.raises(Refused) as refusal:
        roll_month(value_month(read_month(data, "2009-12")), data)
    assert "T3 is in one of" in str(refusal.value)
    assert "T1/2009-12 has no activity" in str(refusal.value)


def test_the_year_starts_in_december_and_is_told_only_when_whole(data):
    rolled = roll_month(value_month(read_month(data, "2009-12")), data)
    assert rolled is not None
    assert rolled.year == {}
    assert roll_month(value_month(read_month(data, "2009-11")), data) is None
    for name in ("T1", "T2"):
        for month in ("2008-12", "2009-01", "2009-02"):
            shutil.copytree(data / name / "2009-12", data / name / month)
    january = roll_month(value_month(read_month(data, "2009-01")), data)
    assert january.year["T1"] == january.month["T1"]
    february = roll_month(value_month(read_month(data, "2009-02")), data)
    income = [
        rolled.activity["interest_income"]["securitized_mortgage_collateral"]
        for rolled in (january.month["T1"], february.month["T1"])
    ]
    assert february.year["T1"].activity["interest_income"]["securitized_mortgage_collateral"] == pytest.approx(
        sum(income)
    )
    assert february.year["T1"].begin == january.month["T1"].begin


def test_a_trust_is_the_same_from_files_and_from_cells(data):
    """Equal inputs give equal handles: a date is a serial number in a sheet and text in a file."""
    terms = [*TERMS, ["closing_date", "2005-03-01"], ["remittance_day", "25"], ["oc_floor", "10000.00"]]
    write_csv(data / "T1" / "2009-12" / "terms.csv", terms)
    from_files = read_month(data, "2009-12").trusts["T1"].trust
    cells = [*TERMS, ["closing_date", 38412.0], ["remittance_day", 25.0], ["oc_floor", 1e4]]
    handle = call("XLFV_TRUST", "T1", 40178.0, LOANS, BONDS, WATERFALL, COSTS, cells)[0][0]
    assert handle == f"trust:T1:2009-12:{from_files.digest[:12]}"
