"""Ours against the trustee's: the sample ties in every month, and a figure that is a dollar off is found, and it alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.builders import Row, make_trust, table
from tests.review.sample_months import SAMPLE, month_of, report_of, sides, tied
from workbooks.sample_market import MONTHS
from xlfv.projection.projection import project
from xlfv.review.remittance import ITEMS, Remittance
from xlfv.review.tieout import (
    DIFFERS,
    HEADERS,
    NOT_OURS,
    NOT_REPORTED,
    RECOMPUTED,
    TIED,
    TieOut,
    grid,
    month_zero,
    open_items,
    tie_out,
    with_month_zero,
)
from xlfv.trust.trust import Trust, build_trust

TRUSTS = ("ICMB-2005-A", "ICMB-2004-F", "IMFC-2006-MF")


def altered(report: Remittance, key: tuple[str, str]) -> Remittance:
    """The report with one figure a dollar off (a loan, two of the last digit printed, or the other answer)."""
    value, unit = report.figures[key], ITEMS[key[0]][1]
    other = {"share": value + 2.0 * 10.0**-report.digits, "1 or 0": 1.0 - value}.get(unit, value + 1.0)
    return replace(report, figures={**report.figures, key: other})


def names(tie: TieOut) -> list[str]:
    return [row.key for row in tie.differing]


# --- the sample ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trust", TRUSTS)
@pytest.mark.parametrize("month", MONTHS)
def test_the_sample_ties_in_every_month(trust: str, month: str) -> None:
    tie = tied(trust, month)
    assert [str(row) for row in tie.rows if row.status != TIED] == []
    assert {(row.item, row.tranche) for row in tie.rows} == set(report_of(trust, month).figures)
    assert len(tie.rows) >= (38 if month == MONTHS[0] else 69)


@pytest.mark.parametrize(
    ("trust", "month"), [("ICMB-2005-A", "2009-06"), ("ICMB-2004-F", "2009-12"), ("IMFC-2006-MF", "2009-09")]
)
def test_a_figure_a_dollar_off_is_found_and_nothing_else_is(trust: str, month: str) -> None:
    report = report_of(trust, month)
    for key in report.figures:
        assert names(tied(trust, month, altered(report, key))) == [f"{key[0]} {key[1]}".strip()], key


def test_every_item_that_the_issue_names_is_tied_in_the_sample() -> None:
    there = {row.item for row in tied("ICMB-2005-A", "2009-06").rows}
    assert there >= {
        "pool_balance", "pool_factor", "loan_count", "scheduled_principal", "prepaid_principal", "liquidated_principal",
        "realized_losses", "d30_balance", "d60_count", "d90_balance", "foreclosure_balance", "reo_balance", "balance",
        "interest_paid", "principal_paid", "writedown", "basis_risk_carryforward", "interest_shortfall", "oc", "oc_target",
        "trigger", "hedge_paid", "hedge_received", "residual_paid",
    }  # fmt: skip


def test_flows_of_the_sample_are_not_all_nothing() -> None:
    rows = [row for trust in TRUSTS for month in MONTHS[1:] for row in tied(trust, month).rows]
    for item in (
        "writedown",
        "interest_paid",
        "principal_paid",
        "hedge_paid",
        "residual_paid",
        "trigger",
        "prepaid_principal",
    ):
        assert any(row.item == item and row.ours and row.ours > 0.0 for row in rows), item


def test_without_a_month_before_it_is_said_that_flows_are_not_recomputed() -> None:
    report = report_of("ICMB-2005-A", "2009-06")
    tie = tie_out(sides("ICMB-2005-A", "2009-06")[1].trust, report)
    assert tie.tied
    assert tie.notices == ("there is no month before: what the month paid cannot be recomputed",)
    row = next(row for row in tie.rows if row.key == "interest_paid A-1")
    assert (row.status, row.ours) == (NOT_OURS, None)
    assert "there is no month before" in row.where_ours


def test_two_months_are_not_taken_for_one() -> None:
    now, before = month_of("2009-06").trusts["ICMB-2005-A"], month_of("2009-04").trusts["ICMB-2005-A"]
    tie = tie_out(now.trust, report_of("ICMB-2005-A", "2009-06"), before.trust, before.indices, now.actuals)
    assert "2 months apart" in tie.notices[0]
    assert tie.tied


def test_collections_that_are_not_recorded_are_not_ours() -> None:
    before, now = sides("ICMB-2005-A", "2009-06")
    assert before is not None
    tie = tie_out(now.trust, report_of("ICMB-2005-A", "2009-06"), before.trust, before.indices)
    assert "no activity or ledger" in tie.notices[0]
    assert "interest_collected is not posted" in next(r for r in tie.rows if r.item == "interest_collected").where_ours


def test_indices_that_lack_are_said_to() -> None:
    before, now = sides("ICMB-2005-A", "2009-06")
    assert before is not None
    tie = tie_out(now.trust, report_of("ICMB-2005-A", "2009-06"), before.trust, actuals=now.actuals)
    assert "cannot be recomputed" in tie.notices[0]
    assert "LIBOR_1M" in tie.notices[0]
    assert tie.tied


def test_a_trust_without_loans_has_no_pool_of_ours() -> None:
    rules: list[Row] = [{"step": 1, "from": "principal", "pay": "principal", "to": "A"}]
    bare = build_trust("BARE", dt.date(2009, 12, 31), {"bonds": table("bonds", [{"tranche": "A", "balance": 5.0}]),
                                                        "waterfall": table("waterfall", rules)})  # fmt: skip
    tie = tie_out(bare, Remittance({("pool_balance", ""): 9.0, ("balance", "A"): 5.0}), bare)
    assert {row.key: row.status for row in tie.rows if row.theirs is not None} == {
        "pool_balance": NOT_OURS,
        "balance A": TIED,
    }
    assert tie.notices[0] == "the trust gives no loans"


def test_what_is_not_reported_is_a_row_of_ours() -> None:
    report = report_of("ICMB-2005-A", "2009-06")
    less = replace(report, figures={key: x for key, x in report.figures.items() if key != ("balance", "M-1")})
    tie = tied("ICMB-2005-A", "2009-06", less)
    (row,) = [row for row in tie.rows if row.status != TIED]
    assert (row.key, row.status, row.theirs) == ("balance M-1", NOT_REPORTED, None)
    assert row.ours == 48241000.0


def test_what_no_table_of_ours_holds_is_not_ours_and_why() -> None:
    report = report_of("ICMB-2005-A", "2009-06")
    more = replace(report, figures={**report.figures, ("advances_outstanding", ""): 5.0})
    (row,) = [row for row in tied("ICMB-2005-A", "2009-06", more).rows if row.status != TIED]
    assert (row.status, row.where_ours) == (NOT_OURS, "not ours: the loans have no column advances_outstanding")


# --- our side off ---------------------------------------------------------------------------------------------------


def with_bonds(trust: Trust, **columns: dict[str, float]) -> Trust:
    """The trust with cells of the bonds changed: column -> class -> value."""
    bonds = trust["bonds"]
    for column, cells in columns.items():
        values = bonds[column].copy()
        for name, value in cells.items():
            values[bonds["tranche"] == name] = value
        bonds = bonds.replace(**{column: values})
    return replace(trust, tables={**trust.tables, "bonds": bonds})


def tied_as(now: Trust, **actuals: float) -> TieOut:
    before, month = sides("ICMB-2005-A", "2009-06")
    assert before is not None
    posted = {**month.actuals, **actuals}
    return tie_out(now, report_of("ICMB-2005-A", "2009-06"), before.trust, before.indices, posted, month.sales)


def test_a_class_that_our_table_has_wrong_is_told_beside_what_the_waterfall_gives() -> None:
    now = sides("ICMB-2005-A", "2009-06")[1].trust
    tie = tied_as(with_bonds(now, basis_risk_carryforward={"M-1": 500.0}))
    assert names(tie) == ["basis_risk_carryforward M-1"]
    again = next(row for row in tie.rows if row.of == RECOMPUTED)
    assert (again.key, again.status) == ("basis_risk_carryforward M-1, recomputed", TIED)


def test_collections_posted_wrong_show_in_what_they_pay() -> None:
    now = sides("ICMB-2005-A", "2009-06")[1]
    less = now.actuals["interest_collected"] - 10_000.0
    told = names(tied_as(now.trust, interest_collected=less))
    assert "interest_collected" in told
    assert "principal_paid A-1" in told  # excess spread that does not come repays less


def test_liquidations_that_no_loans_make_up_are_not_ours() -> None:
    now = sides("ICMB-2005-A", "2009-06")[1]
    tie = tied_as(now.trust, losses=now.actuals["losses"] + 0.37)
    row = next(row for row in tie.rows if row.item == "scheduled_principal")
    assert row.status == NOT_OURS
    assert "the tape does not say which were" in row.where_ours


# --- month 0, signatures, cells -------------------------------------------------------------------------------------


@pytest.mark.parametrize("trust", TRUSTS)
def test_month_zero_is_what_the_trustee_reported(trust: str) -> None:
    one = month_of("2009-12").trusts[trust]
    projection = project(one.trust, one.curves, one.indices)
    report = report_of(trust, "2009-12")
    start = month_zero(projection)
    empty = TieOut(trust, one.trust.as_of, ())
    tie = with_month_zero(empty, start, report, "a projection")
    assert {row.status for row in tie.rows} == {TIED}
    assert {row.item for row in tie.rows} >= {"pool_balance", "reo_balance", "oc", "balance", "basis_risk_carryforward"}
    for row in tie.rows:
        off = with_month_zero(empty, start, altered(report, (row.item, row.tranche)), "a projection")
        assert names(off) == [row.key]
        assert row.key.endswith(", month 0")


def test_a_difference_at_month_zero_is_told_once_where_the_months_own_row_tells_it() -> None:
    report = altered(report_of("ICMB-2005-A", "2009-12"), ("oc", ""))
    tie = tied("ICMB-2005-A", "2009-12", report)
    own = next(row for row in tie.rows if row.item == "oc")
    assert own.ours is not None
    assert names(with_month_zero(tie, {("oc", ""): own.ours}, report, "a projection")) == ["oc"]
    moved = with_month_zero(tie, {("oc", ""): own.ours + 1.0}, report, "a projection")
    assert names(moved) == ["oc"]
    moved = with_month_zero(tie, {("oc", ""): own.ours + 2.0}, report, "a projection")
    assert names(moved) == ["oc", "oc, month 0"]


def test_a_difference_signed_for_is_not_open_until_a_number_changes() -> None:
    report = report_of("ICMB-2005-A", "2009-06")
    tie = tied("ICMB-2005-A", "2009-06", altered(report, ("oc", "")))
    (row,) = open_items(tie)
    assert row.ours is not None
    assert row.theirs is not None
    assert open_items(tie, [("oc", row.ours, row.theirs)]) == ()
    assert open_items(tie, [("oc", row.ours, row.theirs + 0.01)]) == (row,)
    assert open_items(tie, [("oc", row.ours + 0.01, row.theirs)]) == (row,)
    assert open_items(tie, [("oc_target", row.ours, row.theirs)]) == (row,)


def test_cells_show_what_differs_first_and_say_what_was_not_recomputed() -> None:
    report = report_of("ICMB-2005-A", "2009-06")
    cells = grid(tied("ICMB-2005-A", "2009-06", altered(report, ("oc", ""))))
    assert cells[0] == list(HEADERS)
    assert cells[1][0] == "oc"
    assert cells[1][6] == DIFFERS
    assert cells[1][4] == pytest.approx(-1.0)
    assert cells[-1][0] == "notice"
    assert {len(row) for row in cells} == {len(HEADERS)}
    assert all(cell is None or isinstance(cell, (str, float, int)) for row in cells for cell in row)
    assert not any(isinstance(cell, float) and np.isnan(cell) for row in cells for cell in row)


# --- loan groups and accounts, by hand ------------------------------------------------------------------------------


def two_groups(as_of: dt.date, first: float, fund: float) -> Trust:
    """Two loan groups of interest-only loans at 6%, a class at 5% on 130,000, and a reserve fund that excess fills."""
    loans = [
        {
            "loan_id": "1",
            "group": "1",
            "balance": first,
            "rate": 0.06,
            "remaining_term": 300,
            "interest_only_months": 120,
        },
        {
            "loan_id": "2",
            "group": "2",
            "balance": 50000.0,
            "rate": 0.06,
            "remaining_term": 300,
            "interest_only_months": 120,
        },
    ]
    rules: list[Row] = [
        {"step": 1, "from": "interest", "pay": "interest", "to": "A"},
        {"step": 2, "from": "principal", "pay": "principal", "to": "A"},
        {"step": 3, "from": "excess", "pay": "deposit", "to": "reserve"},
        {"step": 4, "from": "excess", "pay": "residual"},
    ]
    bonds = [{"tranche": "A", "balance": first + 30000.0, "coupon": 0.05, "original_balance": 200000.0}]
    accounts = [{"account": "reserve", "balance": fund, "target": 1000.0}]
    return make_trust(loans, bonds, rules, as_of=as_of, accounts=accounts)


def grouped(**changed: float) -> TieOut:
    """A month in which group 1 prepays 10,000: A is due 541.67 of 750, and 208.33 go to the fund of 100."""
    before, now = two_groups(dt.date(2009, 11, 30), 100000.0, 100.0), two_groups(dt.date(2009, 12, 31), 90000.0, 308.33)
    flows: dict[str, tuple[float, float]] = {
        "interest_collected": (500.0, 250.0), "scheduled_principal": (0.0, 0.0), "prepaid_principal": (10000.0, 0.0),
        "liquidation_proceeds": (0.0, 0.0), "realized_losses": (0.0, 0.0), "servicing_fee": (0.0, 0.0),
        "pool_balance": (90000.0, 50000.0),
    }  # fmt: skip
    figures: dict[tuple[str, str], float] = {
        (item, g): x for item, both in flows.items() for g, x in zip("12", both, strict=True)
    }
    figures |= {
        ("interest_paid", "A"): 541.66,
        ("principal_paid", "A"): 10000.0,
        ("account_balance", "reserve"): 308.33,
    }
    figures |= {(item.partition(" ")[0], item.partition(" ")[2]): amount for item, amount in changed.items()}
    posted: dict[str, Any] = {"interest_collected": 750.0, "principal_collected": 10000.0, "servicing_paid": 0.0}
    posted |= {"liquidation_proceeds": 0.0, "losses": 0.0}
    return tie_out(now, Remittance(figures), before, actuals=posted)


def test_groups_and_accounts_tie() -> None:
    tie = grouped()
    assert names(tie) == []
    by_key = {row.key: row for row in tie.rows}
    assert by_key["pool_balance"].theirs == 140000.0
    assert by_key["pool_balance"].where_theirs == "the sum of 2 loan groups"
    assert by_key["prepaid_principal 1"].ours == 10000.0
    assert by_key["interest_paid A"].ours == pytest.approx(130000.0 * 0.05 / 12)
    assert by_key["account_balance reserve"].status == TIED
    assert not [row for row in tie.rows if row.of]


@pytest.mark.parametrize(
    ("key", "amount"),
    [("account_balance reserve", 309.33), ("prepaid_principal 2", 1.0), ("interest_paid A", 542.66)],
)
def test_a_dollar_off_of_a_group_or_an_account_is_found(key: str, amount: float) -> None:
    told = names(grouped(**{key: amount}))
    assert key in told
    # Cash by group is the report's own, so that a dollar of it is a dollar of what it pays too.
    assert told == [key] or key.startswith("prepaid_principal")


def by_hand(bond: Row, after: Row, **actuals: float) -> dict[str, float | None]:
    """What one class on 100,000 interest-only at 6% is paid, by row of the tie-out; 500 of interest unless said."""
    loan = {"loan_id": "1", "balance": 100000.0, "rate": 0.06, "remaining_term": 300, "interest_only_months": 120}
    rules: list[Row] = [
        {"step": 1, "from": "interest", "pay": "interest", "to": "A"},
        {"step": 2, "from": "interest", "pay": "interest_shortfall", "to": "A"},
        {"step": 3, "from": "interest", "pay": "basis_risk", "to": "A"},
        {"step": 4, "from": "excess", "pay": "residual"},
    ]
    whole = {"tranche": "A", "balance": 100000.0, "shortfall_interest": "no", **bond}
    before = make_trust([loan], [whole], rules, as_of=dt.date(2009, 11, 30))
    now = make_trust([loan], [{**whole, **after}], rules, as_of=dt.date(2009, 12, 31))
    posted = {"interest_collected": 500.0, "principal_collected": 0.0, **actuals}
    tie = tie_out(now, Remittance({}), before, actuals=posted)
    assert not [row for row in tie.rows if row.of], "the class stands as the waterfall leaves it"
    return {row.key: row.ours for row in tie.rows}


def test_interest_unpaid_before_is_paid_and_counts_as_interest_paid() -> None:
    """Due: 400 at 4.8%, and 50 from before; 50 is left for the residual."""
    found = by_hand({"coupon": 0.048, "interest_shortfall": 50.0}, {"interest_shortfall": 0.0})
    assert found["interest_paid A"] == pytest.approx(450.0)
    assert found["residual_paid"] == pytest.approx(50.0)


def test_capped_interest_carried_forward_is_paid_and_counts_as_interest_paid() -> None:
    """Due: 400, and 70 capped before; 30 is left."""
    found = by_hand({"coupon": 0.048, "basis_risk_carryforward": 70.0}, {"basis_risk_carryforward": 0.0})
    assert found["interest_paid A"] == pytest.approx(470.0)
    assert found["residual_paid"] == pytest.approx(30.0)


def test_interest_due_that_nobody_paid_counts_in_the_net_wac_cap() -> None:
    """12% is capped at the net rate of what was due, 500 of 100,000: 400 comes, 100 is a shortfall, 500 is carried forward."""
    bond = {"coupon": 0.12, "net_wac_cap": "pool"}
    after = {"interest_shortfall": 100.0, "basis_risk_carryforward": 500.0}
    found = by_hand(bond, after, interest_collected=400.0, interest_not_advanced=100.0)
    assert found["interest_paid A"] == pytest.approx(400.0)
    assert found["coupon A"] == pytest.approx(0.06)


def test_several_groups_without_their_collections_are_not_recomputed() -> None:
    tie = grouped()
    before, now = two_groups(dt.date(2009, 11, 30), 100000.0, 100.0), two_groups(dt.date(2009, 12, 31), 90000.0, 308.33)
    bare = tie_out(now, Remittance({("interest_paid", "A"): 541.66}), before, actuals={"interest_collected": 750.0})
    assert "the trust has 2 loan groups, and the report does not give interest_collected of group 1" in bare.notices
    assert next(row for row in bare.rows if row.key == "interest_paid A").status == NOT_OURS
    assert next(row for row in tie.rows if row.key == "interest_paid A").status == TIED


def test_the_sample_folder_holds_a_report_for_each_month() -> None:
    assert len(list(SAMPLE.glob("*/*/remittance.csv"))) == 39
