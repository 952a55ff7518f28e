"""A trustee's report as a table: what is read, and every fault of it with its row and what to do."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Row, make_trust, table
from tests.review.sample_months import SAMPLE
from xlfv.months.folder import read_month
from xlfv.review.remittance import DAY, ITEMS, LATE, Remittance, read_remittance
from xlfv.tables import Place, Refused, Table, from_grid
from xlfv.trust.trust import Trust


def trust(**others: Any) -> Trust:
    bonds = [{"tranche": "A-1", "balance": 60000.0}, {"tranche": "M-1", "balance": 40000.0}]
    rules = [
        {"step": 1, "from": "interest", "pay": "interest", "to": "A-1, M-1"},
        {"step": 2, "from": "principal", "pay": "principal", "to": "A-1, M-1"},
        {"step": 3, "from": "excess", "pay": "writedown", "to": "M-1, A-1"},
        {"step": 4, "from": "excess", "pay": "residual"},
    ]
    terms = [{"term": "remittance_day", "value": 25}, {"term": "closing_date", "value": dt.date(2005, 1, 1)}]
    triggers = [{"trigger": "loss_test", "measure": "cumulative_loss", "test": ">", "threshold": 0.02}]
    return make_trust(bonds=bonds, waterfall=rules, terms=terms, triggers=triggers, **others)


def read(*rows: Row) -> Remittance:
    return read_remittance(table("remittance", rows), trust())


def faults(*rows: Row) -> list[str]:
    with pytest.raises(Refused) as refused:
        read(*rows)
    return [str(fault) for fault in refused.value.faults]


def one(*rows: Row) -> str:
    told = faults(*rows)
    assert len(told) == 1, told
    return told[0]


def figure(item: str, amount: Any = 1.0, tranche: str | None = None) -> Row:
    return {"item": item, "tranche": tranche, "amount": amount}


def test_figures_are_read_by_item_and_name_as_the_trust_spells_it() -> None:
    report = read(
        figure("Pool Balance", 1e5), figure("interest_paid", 250.0, "a1"), figure("trigger", 1, "Loss test"),
        {"item": "distribution_date", "date": dt.date(2009, 12, 28)}, {"item": "period_end", "date": dt.date(2009, 12, 31)},
    )  # fmt: skip
    assert report.figures == {("pool_balance", ""): 1e5, ("interest_paid", "A-1"): 250.0, ("trigger", "loss_test"): 1.0}
    assert (report.distribution_date, report.period_end) == (dt.date(2009, 12, 28), dt.date(2009, 12, 31))
    assert report.get("oc") is None


def test_a_word_near_to_a_known_one_is_asked_for() -> None:
    assert "did you mean scheduled_principal?" in one(figure("sheduled_principal"))
    assert "did you mean A-1?" in one(figure("balance", 1.0, "A-11"))
    assert "did you mean loss_test?" in one(figure("trigger", 1, "los_test"))
    assert "write one of: A-1, M-1" in one(figure("balance", 1.0, "Z"))


def test_a_row_says_what_it_is_about_and_no_more() -> None:
    assert "interest_paid does not say of which class" in one(figure("interest_paid"))
    assert "oc is of the whole trust and names 'A-1'" in one(figure("oc", 1.0, "A-1"))
    assert "no loan group '7'" in one(figure("pool_balance", 1.0, "7"))


def test_a_figure_stands_once() -> None:
    told = one(figure("oc", 1.0), figure("balance", 1.0, "A-1"), figure("balance", 2.0, "a-1"))
    assert "balance of a-1 stands twice" in told
    assert "row 4" in told
    assert "the other is at remittance row 3" in told


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (figure("pool_balance", None), "pool_balance has no amount"),
        (figure("pool_balance", -1.0), "below 0"),
        (figure("loan_count", 3.5), "no whole number"),
        (figure("pool_factor", 41.3), "write it as a decimal: 0.413"),
        (figure("factor", 413.0, "A-1"), "write it as a decimal: 0.413"),
        (figure("trigger", 2.0, "loss_test"), "write 1 where the trigger is on"),
        (figure("pool_balance", "1,000"), "write a plain number, without separators"),
        ({"item": "period_end", "amount": 1.0}, "period_end has no date"),
        ({"item": "period_end", "date": dt.date(2009, 11, 30)}, "give the report of that month"),
        ({"item": "distribution_date", "date": dt.date(2009, 11, 25)}, "give the report of that distribution"),
        ({"item": "distribution_date", "date": dt.date(2010, 12, 25)}, "give the report of that distribution"),
    ],
)
def test_what_an_amount_or_date_cannot_be(row: Row, words: str) -> None:
    told = one(row)
    assert words in told
    assert "row 2" in told


def test_every_fault_is_listed_with_its_row_in_the_file() -> None:
    grid = [["item", "tranche", "amount"], ["oc", "", "x"], ["balance", "Q", "5"], ["trigger", "loss_test", "3"]]
    report = from_grid("remittance", grid, Place("remittance.csv", kind="file"), text=True)
    with pytest.raises(Refused) as refused:
        read_remittance(report, trust())
    assert [fault.where.split(",")[0] for fault in refused.value.faults] == [
        "remittance.csv row 2", "remittance.csv row 4", "remittance.csv row 3",
    ]  # fmt: skip


def test_an_empty_report_is_refused() -> None:
    with pytest.raises(Refused, match="no rows"):
        read_remittance(Table("remittance", {"item": [], "amount": []}, order=("item", "amount")), trust())


def test_factors_tie_to_the_digits_that_are_printed() -> None:
    assert read(figure("pool_factor", 0.4130)).digits == 4
    assert read(figure("pool_factor", 0.41), figure("factor", 0.31415926, "A-1")).digits == 8
    text = from_grid("remittance", [["item", "amount"], ["pool_factor", "0.500000"]], text=True)
    assert read_remittance(text, trust()).digits == 6


def test_a_derivative_that_ended_in_the_month_is_no_fault() -> None:
    assert read(figure("hedge_paid", 5.0, "SWAP")).get("hedge_paid", "SWAP") == 5.0


def test_every_item_has_a_meaning_and_every_late_status_a_balance_and_a_number() -> None:
    assert all(meaning for _, _, meaning in ITEMS.values())
    assert {f"{status}_{what}" for status in LATE for what in ("balance", "count")} <= set(ITEMS)
    assert [item for item, (_, unit, _) in ITEMS.items() if unit == DAY] == ["distribution_date", "period_end"]


def test_a_month_with_the_report_of_another_is_refused_whole(tmp_path: Path) -> None:
    """The folder is read with its report: one of another month, or with a name not known, stops it, by file and row."""
    trusts, month = "ICMB-2004-F", "2009-06"
    shutil.copytree(SAMPLE / trusts / month, tmp_path / trusts / month)
    shutil.copytree(SAMPLE / "indices", tmp_path / "indices")
    assert "remittance" in read_month(tmp_path, month).trusts[trusts].tables
    file = tmp_path / trusts / month / "remittance.csv"
    shutil.copy(SAMPLE / trusts / "2009-05" / "remittance.csv", file)
    with pytest.raises(Refused) as refused:
        read_month(tmp_path, month)
    told = [str(fault) for fault in refused.value.faults]
    assert len(told) == 2
    assert all(trusts in fault and "remittance.csv row" in fault for fault in told)
    assert "period_end is 2009-05-31" in told[0]
