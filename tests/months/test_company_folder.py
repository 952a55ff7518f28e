"""What the company records beside its trusts, quotes, sales and ledgers: read whole with the month, or every fault named."""

from __future__ import annotations

import csv
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.months.test_month_folders import ACTIVITY, TABLES, TERMS, write_csv, write_month
from workbooks.make_sample import SAMPLE
from xlfv.months.company import NO_COMPANY
from xlfv.months.folder import months_of, read_month
from xlfv.months.over_time import changes_total, explain_months, months_from, read_and_value, roll_over
from xlfv.months.real_estate import real_estate
from xlfv.months.valued import value_month
from xlfv.months.walk import trust_folders
from xlfv.reporting.attribution import classes_of, explanation_grid
from xlfv.reporting.posted_cash import apart, paid_by_side
from xlfv.reporting.reprojection import FACTORS
from xlfv.reporting.rollforward import ITEMS
from xlfv.tables import Refused
from xlfv.valuation import fair_value as fv

QUOTES = [["item", "source", "date", "quote", "quote_type"], ["A", "dealer", "2009-12-30", 0.071, "yield"]]
RANGES = [
    ["position", "base_rate", "risk_premium_low", "risk_premium_high"],
    ["senior", 0.03, 0.02, 0.06],
    ["residual", 0.03, 0.1, 0.3],
]
FACTS = [
    ["trust", "date", "fact", "value", "source"],
    ["T1", "2006-01-31", "qspe", "no", "memorandum"],
    ["T1", "2006-01-31", "holds_residual", "yes", "register"],
    ["T2", "2006-01-31", "qspe", "yes", "memorandum"],
]
DEBT = [["instrument", "balance", "coupon", "maturity", "yield"], ["notes", 1e6, 0.05, "2020-12-30", 0.12]]
DEBT_ACTIVITY = [["instrument", "interest_paid", "principal_paid"], ["notes", 12500.0, 0.0]]
COMPANY = {"ranges": RANGES, "facts": FACTS, "debt": DEBT, "debt_activity": DEBT_ACTIVITY}


def write_company(data: Path, month: str, **changed: list | None) -> Path:
    for name, grid in {**COMPANY, **changed}.items():
        if grid is not None:
            write_csv(data / "company" / month / f"{name}.csv", grid)
    return data / "company" / month


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for month in ("2009-11", "2009-12"):
        write_month(tmp_path, "T1", month)
        write_month(tmp_path, "T2", month, terms=[*TERMS, ["consolidated", "no"]])
        write_company(tmp_path, month)
    return tmp_path


def refused(data: Path, month: str = "2009-12") -> list[str]:
    with pytest.raises(Refused) as refusal:
        read_month(data, month)
    return [str(fault) for fault in refusal.value.faults]


def test_what_the_company_records_is_read_with_the_month(data: Path) -> None:
    folder = data / "T1" / "2009-12"
    write_csv(folder / "quotes.csv", QUOTES)
    month = read_month(data, "2009-12")
    company = month.company
    assert list(month.trusts) == ["T1", "T2"]
    assert set(company.tables) == set(company.sources) == set(COMPANY)
    assert [one.position if hasattr(one, "position") else "" for one in company.ranges] == ["senior", "residual"]
    assert {name: one.consolidated for name, one in company.decisions.items()} == {"T1": True, "T2": False}
    assert [(one.name, one.balance) for one in company.debts] == [("notes", 1e6)]
    assert company.debt_paid["notes"].interest == 12500.0
    assert [(q.trust, q.item, q.value) for q in month.trusts["T1"].quotes] == [("T1", "A", 0.071)]
    assert month.trusts["T1"].yields["A"].rate == 0.07
    assert month.trusts["T1"].ledger is not None
    assert month.trusts["T1"].actuals == dict(ACTIVITY[1:])


def test_the_company_is_no_trust_however_it_is_spelled(data: Path) -> None:
    (data / "company").rename(data / "Company")
    assert [folder.name for folder in trust_folders(data)] == ["T1", "T2"]
    assert months_of(data) == ["2009-11", "2009-12"]
    assert read_month(data, "2009-12").company.debts


def test_a_month_without_the_company_is_a_month(data: Path) -> None:
    shutil.rmtree(data / "company" / "2009-12")
    assert read_month(data, "2009-12").company == NO_COMPANY
    shutil.rmtree(data / "company")
    assert read_month(data, "2009-12").company == NO_COMPANY


def test_company_tables_may_be_sheets_and_each_stands_once(data: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "debt"
    for row in DEBT:
        book.active.append(row)
    book.save(data / "company" / "2009-12" / "treasury.xlsx")
    assert any("the table debt stands twice" in told for told in refused(data))
    (data / "company" / "2009-12" / "debt.csv").unlink()
    assert [one.name for one in read_month(data, "2009-12").company.debts] == ["notes"]


def edited(grid: list[list], row: int, column: str, cell: object) -> list[list]:
    """A grid with one cell of it changed."""
    changed = [list(line) for line in grid]
    changed[row][grid[0].index(column)] = cell
    return changed


def trust(table: str, grid: list[list]) -> Callable[[Path], None]:
    return lambda data: write_csv(data / "T1" / "2009-12" / f"{table}.csv", grid)


def company(table: str, grid: list[list]) -> Callable[[Path], None]:
    return lambda data: write_csv(data / "company" / "2009-12" / f"{table}.csv", grid)


YIELDS = TABLES["yields"]
RANGED = [[*YIELDS[0], "low", "high"], *[[*row, 0.01, 0.5] for row in YIELDS[1:]]]
BAD: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "a tranche without a yield": (
        trust("yields", [row for row in YIELDS if row[0] != "M"]),
        ("T1/2009-12", "M of T1 has no yield", "yields.csv", "add a row"),
    ),
    "a yield without a tranche": (
        trust("yields", [*YIELDS, ["M-9", 0.1]]),
        ("T1/2009-12", "'M-9', which T1 does not have", "yields.csv row 6", "column item"),
    ),
    "a yield twice": (trust("yields", [*YIELDS, ["A", 0.08]]), ("A has two yields", "yields.csv row 6")),
    "a range upside down": (
        trust("yields", edited(edited(RANGED, 2, "low", 0.5), 2, "high", 0.1)),
        ("the range of M runs from 0.5 down to 0.1", "yields.csv row 3"),
    ),
    "a yield outside its range without a reason": (
        trust("yields", edited(RANGED, 1, "high", 0.06)),
        ("the yield of A (7.0000%) lies outside its range", "no reason", "yields.csv row 2"),
    ),
    "a policy upside down": (
        company("ranges", edited(RANGES, 1, "risk_premium_low", 0.07)),
        ("company/2009-12", "the range of premiums runs from 0.07 down to 0.06", "ranges.csv row 2"),
    ),
    "a policy twice": (
        company("ranges", [*RANGES, RANGES[1]]),
        ("the range for senior stands twice", "ranges.csv row 4"),
    ),
    "a quote from the future": (
        trust("quotes", edited(QUOTES, 1, "date", "2010-01-04")),
        ("T1/2009-12", "a quote from the future: 2010-01-04", "quotes.csv row 2", "column date"),
    ),
    "a quote of no tranche": (trust("quotes", edited(QUOTES, 1, "item", "X-9")), ("'X-9'", "quotes.csv row 2")),
    "a quote twice": (trust("quotes", [*QUOTES, QUOTES[1]]), ("dealer quotes A twice", "quotes.csv row 3")),
    "a quote in percent": (trust("quotes", edited(QUOTES, 1, "quote", 7.1)), ("0.071", "quotes.csv row 2")),
    "a sale in another month": (
        trust("sales", [["loan_id", "date", "proceeds"], ["L1", "2009-11-30", 5.0]]),
        ("the sale of L1 on 2009-11-30", "sales.csv row 2", "column date"),
    ),
    "a ledger of another month": (
        lambda data: (
            (data / "T1" / "2009-12" / "activity.csv").unlink(),
            write_csv(
                data / "T1" / "2009-12" / "ledger.csv", [["item", "amount", "date"], ["losses", 1, "2009-11-15"]]
            ),
        )[1],
        ("no posting is of T1 after 2009-11-30", "ledger.csv"),
    ),
    "a ledger and an activity": (
        trust("ledger", [["item", "amount"], ["losses", 1]]),
        ("both a ledger and an activity", "ledger.csv and", "keep one"),
    ),
    "a fact of a trust twice": (
        company("facts", [*FACTS, ["t1", "2006-01-31", "qspe", "no", ""]]),
        ("qspe of T1 on 2006-01-31 stands twice", "facts.csv row 5"),
    ),
    "facts of an unknown trust": (
        company("facts", [*FACTS, ["T11", "2006-01-31", "qspe", "no", ""]]),
        ("facts are given of T11, which has no folder", "facts.csv row 5", "did you mean T1?"),
    ),
    "a trust without facts": (company("facts", FACTS[:3]), ("T2 has no facts of consolidation", "facts.csv")),
    "facts that do not answer": (company("facts", [*FACTS[:1], *FACTS[2:]]), ("T1", "qualifying", "facts.csv row 2")),
    "facts against the terms": (
        company("facts", [*edited(FACTS, 3, "value", "no"), ["T2", "2006-01-31", "holds_residual", "yes", ""]]),
        ("T2 is consolidated by its facts", "its terms say otherwise", "facts.csv row 4"),
    ),
    "a debt that has matured": (
        company("debt", edited(DEBT, 1, "maturity", "2009-06-30")),
        ("company/2009-12", "matured", "debt.csv row 2"),
    ),
    "a debt on an index that is not there": (
        company("debt", edited(DEBT, 1, "coupon", "LIBOR_3M + 3.75%")),
        ("the debt notes needs the index LIBOR_3M",),
    ),
    "an instrument twice": (
        company("debt_activity", [*DEBT_ACTIVITY, DEBT_ACTIVITY[1]]),
        ("stands twice", "debt_activity.csv row 3"),
    ),
    "a table of the company in a trust's folder": (
        trust("facts", FACTS),
        ("facts.csv does not belong here", "company/"),
    ),
    "a table of a trust in the company's folder": (company("quotes", QUOTES), ("quotes.csv does not belong here",)),
    "a misspelled table": (company("range", RANGES), ("range.csv is not the name of a table", "ranges.csv")),
    "a misspelled table of quotes": (trust("quote", QUOTES), ("quote.csv is not the name of a table", "quotes.csv")),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_its_file_and_row(data: Path, name: str) -> None:
    spoil, words = BAD[name]
    read_month(data, "2009-12")
    spoil(data)
    told = refused(data)
    assert len(told) == 1, told
    assert all(word in told[0] for word in words), told[0]


def test_every_fault_of_trusts_and_company_is_named_at_once(data: Path) -> None:
    together = [
        "a tranche without a yield", "a quote from the future", "a policy upside down", "a fact of a trust twice",
        "a debt that has matured", "a sale in another month",
    ]  # fmt: skip
    for name in together:
        BAD[name][0](data)
    told = refused(data)
    assert len(told) == len(together)
    for name in together:
        assert any(all(word in text for word in BAD[name][1]) for text in told), name


def test_months_follow_each_other(data: Path) -> None:
    assert months_from("2009-11", "2009-12", data) == ("2009-11", "2009-12")
    with pytest.raises(Refused) as refusal:
        months_from("2009-08", "2009-12", data)
    told = [str(fault) for fault in refusal.value.faults]
    assert [month in text for month, text in zip(("2009-08", "2009-09", "2009-10"), told, strict=True)] == [True] * 3
    assert all("do not follow each other" in text and "months there: 2009-11, 2009-12" in text for text in told)
    for opening in ("2009-12", "2010-03"):
        with pytest.raises(Refused, match="does not lie before 2009-12"):
            months_from(opening, "2009-12", data)


def test_two_months_are_read_whole_before_either_is_valued(data: Path) -> None:
    BAD["a quote from the future"][0](data)
    (data / "T2" / "2009-11" / "curves.csv").unlink()
    with pytest.raises(Refused) as refusal:
        read_and_value(("2009-11", "2009-12"), data)
    told = [str(fault) for fault in refusal.value.faults]
    assert ["T2/2009-11" in told[0], "T1/2009-12" in told[1], len(told)] == [True, True, 2]


def test_debt_of_which_nothing_is_said_is_not_rolled_forward(data: Path) -> None:
    def told() -> str:
        with pytest.raises(Refused) as refusal:
            roll_over(read_and_value(("2009-11", "2009-12"), copy))
        return "; ".join(str(fault) for fault in refusal.value.faults)

    copy = data / "copy"
    for trust_name in ("ICMB-2004-F", "company", "indices"):
        shutil.copytree(SAMPLE / trust_name, copy / trust_name)
    for month in ("2009-11", "2009-12"):
        facts = copy / "company" / month / "facts.csv"
        lines = [row for row in csv.reader(facts.open()) if row[0] in ("trust", "ICMB-2004-F")]
        write_csv(facts, lines)
    activity = copy / "company" / "2009-12" / "debt_activity.csv"
    rows = list(csv.reader(activity.open()))
    write_csv(activity, [*rows, ["old notes", 1, 0, 0, ""]])
    assert "there is no debt 'old notes'" in told()
    assert "debt_activity.csv row 4" in told()
    write_csv(activity, rows[:2])
    assert "says nothing of Junior subordinated notes 2034" in told()
    activity.unlink()
    assert "nothing says what was paid on long-term debt in 2009-12" in told()
    (copy / "company" / "2009-12" / "debt.csv").unlink()
    assert "long-term debt of 2009-12 is not given" in told()


@pytest.fixture(scope="module")
def quarter() -> list:
    return read_and_value(("2009-09", "2009-10", "2009-11", "2009-12"), SAMPLE)


def test_a_ledger_of_postings_rolls_forward_as_the_activity_does(tmp_path: Path) -> None:
    """One line an item, or two postings dated in the month among those of others: the same rollforward."""
    for name in ("ICMB-2004-F", "indices"):
        shutil.copytree(SAMPLE / name, tmp_path / name)
    here = tmp_path / "ICMB-2004-F" / "2009-12"
    before = roll_over(read_and_value(("2009-11", "2009-12"), tmp_path))
    posted = [["date", "trust", "item", "amount"], ["2009-11-30", "", "losses", 99.0]]
    for row in csv.DictReader((here / "activity.csv").open()):
        amount = float(row["amount"])
        posted += [["2009-12-15", "", row["item"], round(amount * 0.25, 2)]]
        posted += [["2009-12-31", "ICMB-2004-F", row["item"], round(amount - round(amount * 0.25, 2), 2)]]
    (here / "activity.csv").unlink()
    write_csv(here / "ledger.csv", posted)
    after = roll_over(read_and_value(("2009-11", "2009-12"), tmp_path))
    for row, amounts in before.total.activity.items():
        assert after.total.activity[row] == pytest.approx(amounts, abs=1e-6)
    short = [row for row in posted if row[0] != "2009-12-15" or row[2] != "principal_collected"]
    write_csv(here / "ledger.csv", short)
    missing = next(row[3] for row in posted if row[2] == "principal_collected")
    found = roll_over(read_and_value(("2009-11", "2009-12"), tmp_path)).total
    assert found.amount("unexplained", "securitized_mortgage_collateral") == pytest.approx(-missing, abs=1.0)


def test_months_chain_and_the_debt_stands_in_the_total(quarter: list) -> None:
    whole = roll_over(quarter)
    parts = [roll_over(quarter[k : k + 2]) for k in range(3)]
    assert whole.months == ("2009-09", "2009-10", "2009-11", "2009-12")
    for item in ITEMS:
        assert whole.total.begin[item] == pytest.approx(parts[0].total.begin[item], abs=1e-6)
        assert whole.total.end[item] == pytest.approx(parts[-1].total.end[item], abs=1e-6)
        assert abs(whole.total.gap(item)) < 0.01
        assert abs(whole.total.amount("unexplained", item)) < 1.0
        for row in ("interest_income", "interest_expense", "change_in_fair_value", "reo_losses", "settlements"):
            added = sum(part.total.activity[row][item] for part in parts)
            assert whole.total.activity[row][item] == pytest.approx(added, abs=1e-4), (row, item)
    assert whole.total.end["long_term_debt"] < 0.0
    assert whole.debt is not None
    assert roll_over(quarter[:2], "gross").total.end == parts[0].total.end


def test_real_estate_moves_as_the_rollforward_has_it(quarter: list) -> None:
    """Two ways to the losses: property by property from the sales, and from the two states with the cash they imply."""
    estate, rolled = real_estate(quarter), roll_over(quarter)
    assert estate.notices == ()
    assert list(estate.amounts) == list(rolled.trusts)
    for name, amounts in estate.amounts.items():
        between = sum(amount for key, amount in amounts.items() if key not in ("opening", "closing"))
        assert amounts["opening"] + between == pytest.approx(amounts["closing"], abs=1e-6)
        assert amounts["not_explained"] == 0.0
        if rolled.trusts[name].begin["real_estate_owned"]:
            losses = rolled.trusts[name].activity["reo_losses"]["real_estate_owned"]
            gains = amounts["gain_on_sale"] + amounts["written_down"] + amounts["written_up"]
            assert gains == pytest.approx(losses, abs=0.01)


def test_sales_that_the_ledger_does_not_have_are_told(tmp_path: Path) -> None:
    for name in ("ICMB-2004-F", "indices"):
        shutil.copytree(SAMPLE / name, tmp_path / name)
    here = tmp_path / "ICMB-2004-F" / "2009-12" / "sales.csv"
    sold = list(csv.reader(here.open()))
    write_csv(here, edited(sold, 1, "proceeds", 100.0))
    told = real_estate(read_and_value(("2009-11", "2009-12"), tmp_path)).notices
    assert len(told) == 1
    assert "the sales bring 107,514.74 dollars and the ledger has 270,836.65" in told[0]
    write_csv(here, sold[:2])
    told = real_estate(read_and_value(("2009-11", "2009-12"), tmp_path)).notices
    assert "04F12062: not owned any more, and no sale is given" in told[0]
    write_csv(here, [*sold, ["L9", "2009-12-15", 5.0]])
    with pytest.raises(Refused, match="L9 was sold and is not there") as refusal:
        real_estate(read_and_value(("2009-11", "2009-12"), tmp_path))
    assert ["ICMB-2004-F/2009-12" in str(fault) for fault in refusal.value.faults] == [True]
    here.unlink()
    assert real_estate(read_and_value(("2009-11", "2009-12"), tmp_path)).amounts == {}


@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_changes_of_all_trusts_add_up(quarter: list, method: str) -> None:
    before, after = quarter[2:]
    changes = explain_months(before, after, FACTORS, method)
    total = changes_total(changes).explained
    for item in (fv.COLLATERAL, fv.REO, fv.DERIVATIVE_ASSETS, fv.RESIDUAL_INTEREST):
        parts = [one.explained for one in changes.values()]
        for factor in FACTORS:
            assert total.effects[factor][item] == pytest.approx(sum(p.effects[factor][item] for p in parts), abs=1e-6)
        assert total.closing.value(item) == pytest.approx(sum(p.closing.value(item) for p in parts), abs=1e-6)
    for item in total.items:
        assert abs(total.unexplained(item)) < 1e-3
    names = [f"{name} {tranche}" for name, one in after.trusts.items() for tranche in one.source.trust.tranches]
    assert set(names) <= set(total.items)
    assert total.closing.borrowings == pytest.approx(sum(one.value.borrowings for one in after.trusts.values()))
    paid = changes["ICMB-2004-F"].paid
    assert paid is not None
    ledger = after.trusts["ICMB-2004-F"].source.actuals
    assert sum(paid[name] for name in before.trusts["ICMB-2004-F"].source.trust.tranches) == pytest.approx(
        ledger["bond_interest_paid"] + ledger["bond_principal_paid"], abs=1.0
    )
    for name, one in changes.items():  # the sample's ledgers are what its states imply, to the dollar
        posted, mine = one.posted, one.paid
        assert posted is not None
        assert mine is not None
        assert apart(posted, paid_by_side(mine, classes_of(one.explained))) == (), name
    sentence = str(explanation_grid("all", total, changes_total(changes).paid, changes_total(changes).posted))
    assert "The ledger posted the same." in sentence


def test_what_was_paid_over_a_quarter_is_what_its_months_paid(quarter: list) -> None:
    """Cash beyond what was expected is then no effect of performance; without the months between it is not known."""
    name = "ICMB-2005-A"
    over = explain_months(quarter[0], quarter[-1], trust=name, between=[one.month for one in quarter[1:-1]])[name]
    months = [explain_months(*pair, trust=name)[name] for pair in itertools.pairwise(quarter)]
    assert over.paid is not None
    assert over.posted is not None
    for item in over.explained.items:
        assert over.paid[item] == pytest.approx(sum(one.paid[item] for one in months if one.paid), abs=1e-6)
    for side in over.posted:
        assert over.posted[side] == pytest.approx(sum(one.posted[side] for one in months if one.posted), abs=1e-6)
    blind = explain_months(quarter[0], quarter[-1], trust=name)[name]
    assert blind.paid is None
    assert blind.posted is None
    assert blind.explained.effects == over.explained.effects


def test_a_trust_that_is_not_there_is_not_explained(quarter: list) -> None:
    with pytest.raises(Refused, match="no trust 'ICMB-9' in 2009-12 -> known: ICMB-2004-F"):
        explain_months(*quarter[2:], trust="ICMB-9")
    assert list(explain_months(*quarter[2:], trust="imfc-2006-mf")) == ["IMFC-2006-MF"]


def test_a_trust_in_one_month_only_is_named(data: Path) -> None:
    shutil.rmtree(data / "T2" / "2009-11")
    before, after = (value_month(read_month(data, month)) for month in ("2009-11", "2009-12"))
    for job in (explain_months, lambda one, other: roll_over([one, other])):
        with pytest.raises(Refused, match="T2 is in one of 2009-11 and 2009-12 only"):
            job(before, after)


def test_a_link_out_of_the_data_folder_is_not_followed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    away = tmp_path_factory.mktemp("away")
    for name in ("2009-12", "company"):
        shutil.copytree(data / "company" / "2009-12", away / name)
    debt = data / "company" / "2009-12" / "debt.csv"
    debt.unlink()
    debt.symlink_to(away / "2009-12" / "debt.csv")
    assert any("debt.csv is a link that leads out of the data folder" in told for told in refused(data))
    shutil.rmtree(data / "company" / "2009-12")
    (data / "company" / "2009-12").symlink_to(away / "2009-12")
    assert any("2009-12 is a link that leads out of the data folder" in told for told in refused(data))
    shutil.rmtree(data / "company")
    (data / "company").symlink_to(away)
    assert any("company is a link that leads out of the data folder" in told for told in refused(data))
