"""Every row of a trust's rollforward is computed: a made trust, worked by hand; and a receipt taken out is found to the dollar."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reporting import made
from xlfv.reporting.forms import add_up, chain, grid
from xlfv.reporting.ledger import Ledger, of_actuals, read_ledger
from xlfv.reporting.reprojection import FACTORS
from xlfv.reporting.rollforward import ITEMS, Rollforward
from xlfv.reporting.trust_rollforward import TrustRollforward, trust_rollforward
from xlfv.tables import Refused, from_grid

COLLATERAL, REO, BONDS = "securitized_mortgage_collateral", "real_estate_owned", "securitized_mortgage_borrowings"
SECURITY = "investment_securities_afs"


@cache
def ends(month: int, **terms: str) -> tuple:
    return made.month_end(month, **terms), made.month_end(month + 1, **terms)


def rolled(month: int, ledger: dict[str, float] | None = None, **ways: str) -> TrustRollforward:
    own = made.LEDGERS[month] if ledger is None else ledger
    return trust_rollforward(*ends(month), of_actuals(own), **ways)


def annuity(rate: float, months: int) -> float:
    """What a dollar a month is worth."""
    return (1.0 - (1.0 + rate) ** -months) / rate


def bullet(coupon: float, principal: float, rate: float, months: int) -> float:
    """A coupon a month and the principal at the end."""
    return coupon * annuity(rate, months) + principal * (1.0 + rate) ** -months


def blended(price: float) -> float:
    """The monthly rate at which 10,000 dollars a month for 24 months and 1,000,000 at the end are worth a price."""
    low, high = 0.001, 0.1
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if bullet(10000.0, 1e6, middle, 24) > price else (low, middle)
    return low


def row(found: Rollforward, name: str) -> dict[str, float]:
    return {item: found.amount(name, item) for item in ITEMS if abs(found.amount(name, item)) > 1e-6}


def test_a_month_of_nothing_but_interest_by_hand():
    """A: 4,500 a month and 900,000 at the end, at 9%. Residual: 5,500 a month and 100,000, at 24%. No rate moved."""
    one = rolled(0).rollforward
    a, residual = bullet(4500.0, 900000.0, 0.0075, 24), bullet(5500.0, 100000.0, 0.02, 24)
    assert one.begin[BONDS] == pytest.approx(-a, abs=0.01)
    assert one.begin[COLLATERAL] == pytest.approx(a + residual, abs=0.01)
    rate = blended(a + residual)
    assert row(one, "interest_expense") == {BONDS: pytest.approx(-(a * 0.0075 - 4500.0), abs=0.01)}
    assert row(one, "interest_income") == {COLLATERAL: pytest.approx((a + residual) * rate - 10000.0, abs=0.01)}
    closing = bullet(4500.0, 900000.0, 0.0075, 23) + bullet(5500.0, 100000.0, 0.02, 23)
    change = closing - (a + residual) - ((a + residual) * rate - 10000.0)
    assert row(one, "change_in_fair_value") == {COLLATERAL: pytest.approx(change, abs=0.01)}  # of A: nothing
    assert not row(one, "settlements")  # principal only, and there was none
    assert not row(one, "unexplained")
    assert one.end[COLLATERAL] == pytest.approx(closing, abs=0.01)


def test_a_foreclosure_and_a_curtailment_by_hand():
    """L2 comes on the books at 250,000 and is worth 260,000 less 5% = 247,000; 50,000 of principal is passed on to A."""
    one = rolled(1).rollforward
    assert row(one, "settlements") == {COLLATERAL: -50000.0 - 250000.0, REO: 250000.0, BONDS: 50000.0}
    assert row(one, "reo_losses") == {REO: pytest.approx(-3000.0)}
    assert one.end[REO] == pytest.approx(247000.0)
    a = bullet(4500.0, 900000.0, 0.0075, 23)
    assert row(one, "interest_expense") == {BONDS: pytest.approx(-(a * 0.0075 - 4500.0), abs=0.01)}
    # A's value rose by its interest, fell by what it was paid, and the rest is change in fair value.
    change = one.end[BONDS] + a * 1.0075 - 54500.0
    assert one.activity["change_in_fair_value"][BONDS] == pytest.approx(change, abs=0.01)
    assert not row(one, "unexplained")


def test_a_sale_by_hand():
    """The property, at 247,000 in the books, brings 240,000 (160,000 of the loan is lost); it is gone."""
    one = rolled(2).rollforward
    assert row(one, "reo_losses") == {REO: pytest.approx(-7000.0)}
    assert row(one, "settlements") == {REO: -240000.0, BONDS: 200000.0}
    assert one.end[REO] == 0.0
    assert not row(one, "unexplained")


def test_change_in_fair_value_is_the_sum_of_the_factors():
    for month in range(3):
        found = rolled(month)
        assert tuple(found.factors) == FACTORS
        for item in ITEMS:
            total = sum(amounts[item] for amounts in found.factors.values())
            assert total == pytest.approx(found.rollforward.activity["change_in_fair_value"][item], abs=1e-6)
    moved = rolled(1).factors
    assert moved["yield"][BONDS] > 0.0  # A's yield rose from 9% to 12%: a gain on what is owed
    assert moved["yield"][COLLATERAL] == pytest.approx(-moved["yield"][BONDS], abs=0.01)  # the residual's did not move
    assert not any(moved["prepayment"].values())
    assert not any(moved["model"].values())


LINE = {
    "interest_collected": (COLLATERAL, -1.0), "principal_collected": (COLLATERAL, -1.0), "reo_sales_proceeds": (REO, -1.0),
    "bond_interest_paid": (BONDS, 1.0), "bond_principal_paid": (BONDS, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("form", ["net", "gross"])
@pytest.mark.parametrize(
    ("month", "item"), [(m, item) for m in range(3) for item in made.LEDGERS[m] if item != "residual_cash"]
)
def test_a_receipt_taken_out_of_the_ledger_is_unexplained_to_the_dollar_and_nothing_else_is(month, item, form):
    ledger = dict(made.LEDGERS[month])
    amount = ledger.pop(item)
    line, sign = LINE[item]
    one, whole = rolled(month, ledger, interest=form).rollforward, rolled(month, interest=form).rollforward
    assert row(one, "unexplained") == {line: pytest.approx(sign * amount, abs=1e-6)}
    assert one.activity["change_in_fair_value"] == whole.activity["change_in_fair_value"]
    assert one.activity["reo_losses"] == whole.activity["reo_losses"]
    assert (one.begin, one.end) == (whole.begin, whole.end)


@settings(max_examples=40, deadline=None)
@given(month=st.integers(0, 2), off=st.dictionaries(st.sampled_from(sorted(LINE)), st.floats(-1e6, 1e6), max_size=5))
def test_whatever_is_wrong_in_the_ledger_is_unexplained(month, off):
    ledger = {item: made.LEDGERS[month].get(item, 0.0) + off.get(item, 0.0) for item in LINE}
    one = rolled(month, ledger).rollforward
    expected = dict.fromkeys(ITEMS, 0.0)
    for item, amount in off.items():
        line, sign = LINE[item]
        expected[line] -= sign * amount
    assert one.activity["unexplained"] == pytest.approx(expected, abs=1e-4)
    assert max(abs(one.gap(item)) for item in ITEMS) < 1e-6


def test_forms_and_policies_close_alike():
    whole = rolled(1).rollforward
    for interest in ("net", "gross"):
        for policy in ("opening", "closing", "average"):
            one = rolled(1, interest=interest, policy=policy).rollforward
            assert one.end == whole.end
            assert not row(one, "unexplained")
    gross = rolled(1, interest="gross").rollforward
    a = bullet(4500.0, 900000.0, 0.0075, 23)
    assert gross.activity["interest_expense"][BONDS] == pytest.approx(-a * 0.0075, abs=0.01)
    assert gross.activity["settlements"][BONDS] == pytest.approx(54500.0)
    closing = rolled(1, interest="gross", policy="closing").rollforward  # A's yield at the closing is 12%
    assert closing.activity["interest_expense"][BONDS] == pytest.approx(-a * 0.01, abs=0.01)
    average = rolled(1, interest="gross", policy="average").rollforward
    assert average.activity["interest_expense"][BONDS] == pytest.approx(-a * 0.00875, abs=0.01)


def test_interest_and_cash_are_reconciled():
    for month in range(3):
        for one in rolled(month).reconciled:
            assert one.effective == pytest.approx(one.due + one.accretion)
            assert one.cash == pytest.approx(one.received + one.principal)
            assert one.unexplained == pytest.approx(0.0, abs=1e-6)
    bonds = next(one for one in rolled(1).reconciled if one.line == BONDS)
    assert (bonds.received, bonds.principal, bonds.implied, bonds.due) == (4500.0, 50000.0, 54500.0, 4500.0)


def test_the_quarter_is_the_chain_of_its_months_and_months_that_do_not_follow_are_refused():
    months = [rolled(month).rollforward for month in range(3)]
    quarter = chain(months)
    assert (quarter.begin, quarter.end) == (months[0].begin, months[2].end)
    for item in ITEMS:
        assert quarter.gap(item) == pytest.approx(0.0, abs=1e-6)
        assert quarter.gains(item) == pytest.approx(sum(month.gains(item) for month in months))
    assert chain([months[0], chain(months[1:])]) == quarter
    assert quarter.activity["unrealized_held"] == months[2].activity["unrealized_held"]
    with pytest.raises(Refused, match="Securitized mortgage collateral closes with"):
        chain([months[0], months[2]])


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_trusts_does_not_matter(order):
    parts = [rolled(month % 3, interest="gross" if month > 2 else "net").rollforward for month in range(6)]
    assert add_up([parts[k] for k in order]) == add_up(parts)


def test_a_residual_held_as_a_security_has_income_distributions_and_gains_where_the_policy_puts_them():
    pair = ends(0, consolidated="no")
    one = trust_rollforward(*pair, of_actuals(made.LEDGERS[0])).rollforward
    value = bullet(5500.0, 100000.0, 0.02, 24)
    assert one.begin == {**dict.fromkeys(ITEMS, 0.0), SECURITY: pytest.approx(value, abs=0.01)}
    assert row(one, "interest_income") == {SECURITY: pytest.approx(value * 0.02, abs=0.01)}
    assert row(one, "settlements") == {SECURITY: -5500.0}
    assert not row(one, "change_in_fair_value")
    unposted = {**made.LEDGERS[0], "residual_cash": 0.0}
    assert row(trust_rollforward(*pair, of_actuals(unposted)).rollforward, "unexplained") == {SECURITY: -5500.0}
    later = ends(2, consolidated="no")  # its yield rises from 24% to 30%, and it has lost its last principal
    earned = trust_rollforward(*later, of_actuals(made.LEDGERS[2])).rollforward
    other = trust_rollforward(*later, of_actuals(made.LEDGERS[2]), gains="oci").rollforward
    assert row(earned, "change_in_fair_value")
    assert row(other, "oci") == row(earned, "change_in_fair_value")
    assert not row(other, "change_in_fair_value")
    assert grid(other, "later")[-1][1:] == [0.0] * 9
    with pytest.raises(Refused, match="no row for gains in other comprehensive income"):
        grid(other)


def test_a_trust_whose_status_changes_leaves_one_side_and_enters_the_other_at_its_closing_values():
    one = trust_rollforward(
        made.month_end(0, consolidated="no"), made.month_end(1, consolidated="yes"), of_actuals(made.LEDGERS[0])
    ).rollforward
    residual = bullet(5500.0, 100000.0, 0.02, 23)
    assert set(row(one, "transfers_in")) == {COLLATERAL, BONDS}
    assert row(one, "transfers_out") == {SECURITY: pytest.approx(-residual, abs=0.01)}
    assert one.activity["settlements"][SECURITY] == pytest.approx(-5500.0, abs=0.01)
    assert one.end[SECURITY] == 0.0
    assert one.end[COLLATERAL] + one.end[BONDS] == pytest.approx(residual, abs=0.01)
    assert not row(one, "unexplained")
    back = trust_rollforward(
        made.month_end(0, consolidated="yes"), made.month_end(1, consolidated="no"), of_actuals(made.LEDGERS[0])
    ).rollforward
    assert back.end == {**dict.fromkeys(ITEMS, 0.0), SECURITY: pytest.approx(residual, abs=0.01)}
    assert row(back, "transfers_in") == {SECURITY: pytest.approx(residual, abs=0.01)}
    assert set(row(back, "transfers_out")) == {COLLATERAL, BONDS}
    assert not row(back, "unexplained")


def test_dated_postings_add_up_and_those_of_other_months_and_trusts_are_passed_over():
    head = ["trust", "date", "item", "amount", "line", "text"]
    rows = [
        ["MADE", "2009-07-10", "interest_collected", 4000.0, None, "L1"],
        [None, "2009-07-31", "interest_collected", 6000.0, None, "L2"],
        ["OTHER", "2009-07-10", "interest_collected", 77.0, None, None],
        ["MADE", "2009-06-30", "interest_collected", 88.0, None, "the month before"],
        ["MADE", "2009-08-01", "interest_collected", 99.0, None, "the month after"],
        ["MADE", None, "bond_interest_paid", 4500.0, None, None],
        ["MADE", "2009-07-31", "residual_cash", 5500.0, None, None],
        ["MADE", "2009-07-31", "transfer_in", 100.0, "derivative_assets", "quotes ended"],
    ]
    days = (dt.date(2009, 6, 30), dt.date(2009, 7, 31))
    book = read_ledger(from_grid("ledger", [head, *rows]), "MADE", *days)
    assert book.amounts == {"interest_collected": 10000.0, "bond_interest_paid": 4500.0, "residual_cash": 5500.0}
    assert (book.postings, book.passed) == (5, 3)
    one = trust_rollforward(*ends(0), book).rollforward
    assert row(one, "transfers_in") == {"derivative_assets": 100.0}
    assert row(one, "unexplained") == {"derivative_assets": -100.0}  # nothing of it stands in the closing


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (["MADE", "2009-07-10", "interest_colected", 1.0, None], "interest_colected"),
        (["MADE", "2009-07-10", "transfer_in", 1.0, None], "transfer_in does not say of what"),
        (["MADE", "2009-07-10", "costs_paid", 1.0, "derivative_assets"], "costs_paid has its own line"),
        (["MADE", "2009-08-10", "costs_paid", 1.0, None], "no posting is of MADE after 2009-06-30"),
    ],
)
def test_postings_that_mean_nothing_are_refused(change, words):
    table = from_grid("ledger", [["trust", "date", "item", "amount", "line"], change])
    with pytest.raises(Refused) as refusal:
        read_ledger(table, "MADE", dt.date(2009, 6, 30), dt.date(2009, 7, 31))
    assert words in str(refusal.value)


def test_months_that_do_not_follow_are_refused():
    with pytest.raises(Refused, match="does not follow 2009-06-30 by a month"):
        trust_rollforward(made.month_end(0), made.month_end(2), Ledger({}))
    with pytest.raises(Refused, match="the policy is 'opening value'"):
        rolled(0, policy="opening value")
