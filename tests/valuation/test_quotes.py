"""Quotes on one basis, against plain sums, bisection and an independent library; and what makes them count for nothing."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import numpy as np
import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.valuation.deals import AS_OF, BONDS, INDICES, TERMS, grid_table, small_deal
from xlfv.projection.projection import Projection
from xlfv.tables import Refused
from xlfv.valuation import tranches
from xlfv.valuation.quote_cash import convert, rate_on, settled_cash
from xlfv.valuation.quotes import Normalized, average, normalize, read_quotes
from xlfv.valuation.tranches import accrual_begins

DATED = [*TERMS, ["remittance_day", 25]]
FREQUENCY = {"monthly": 12, "bond_equivalent": 2, "annual": 1}


@functools.cache
def deal(
    delay: int = 0, coupon: float = 0.05, dated: bool = True, accrual: str = "2009-12-01", **more: Any
) -> Projection:
    """The small deal, paid on the 25th; class A accrues from the 1st of December."""
    bonds = [
        [*BONDS[0], "delay_days", "accrual_start"],
        ["A", 8e6, coupon, "senior", delay, accrual or None],
        *[[*row, 0, None] for row in BONDS[2:]],
    ]
    terms = DATED if dated else TERMS
    return small_deal(bonds=bonds, terms=terms, indices=INDICES, **more)


def quotes(
    *rows: list[Any], header: str = "item source date quote quote_type", run: Projection | None = None
) -> list[Normalized]:
    run = run or deal()
    table = grid_table("quotes", [header.split(), *rows])
    return normalize(read_quotes(table, run.trust), run)


def days_360(start: dt.date, end: dt.date) -> int:
    """30/360 US, neither end in February's last days."""
    first = min(start.day, 30)
    second = 30 if end.day == 31 and first == 30 else end.day
    return (end.year - start.year) * 360 + (end.month - start.month) * 30 + second - first


def paid_after(run: Projection, name: str, settlement: dt.date, delay: int) -> list[tuple[dt.date, float]]:
    cash = run.distributions.tranche(name)["cash"]
    dates = [date + dt.timedelta(days=delay) for date in run.timeline.dates]
    return [(d, float(c)) for d, c in zip(dates[1:], cash[1:], strict=True) if d > settlement]


def plain_value(flows: list[tuple[dt.date, float]], settlement: dt.date, rate: float, frequency: int) -> float:
    return sum(c * (1 + rate / frequency) ** (-frequency * days_360(settlement, d) / 360) for d, c in flows)


def bisected(flows: list[tuple[dt.date, float]], settlement: dt.date, dollars: float, frequency: int) -> float:
    low, high = -0.5, 5.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if plain_value(flows, settlement, middle, frequency) > dollars else (low, middle)
    return (low + high) / 2


@pytest.mark.parametrize("settled", ["2009-12-31", "2010-01-05", "2010-01-25", "2010-02-10"])
@pytest.mark.parametrize("delay", [0, 24])
def test_a_clean_price_is_the_yield_of_payments_after_its_settlement(settled: str, delay: int) -> None:
    run, settlement = deal(delay), dt.date.fromisoformat(settled)
    flows = paid_after(run, "A", settlement, delay)
    gone = len(run.distributions.tranche("A")["cash"]) - 1 - len(flows)  # payments that are the seller's
    balance = run.distributions.tranche("A")["end_balance"][gone]
    start = dt.date(2009 + (11 + gone) // 12, (11 + gone) % 12 + 1, 1)
    accrued = balance * 0.05 * days_360(start, settlement) / 360
    table = ["A", "X", "2009-12-31", 91.5, "price", settled]
    (one,) = quotes(table, header="item source date quote quote_type settlement", run=run)
    wanted = bisected(flows, settlement, 0.915 * balance + accrued, 12)
    assert one.rate == pytest.approx(wanted, abs=1e-10)
    (dirty,) = quotes([*table, "dirty"], header="item source date quote quote_type settlement price_type", run=run)
    assert dirty.rate == pytest.approx(bisected(flows, settlement, 0.915 * balance, 12), abs=1e-10)
    assert dirty.rate > one.rate


def test_an_undated_deal_yields_what_an_independent_library_says() -> None:
    run = deal(dated=False, accrual="")
    (one,) = quotes(["A", "X", "2009-12-31", 90.0, "price"], run=run)
    flows = run.distributions.tranche("A")["cash"]
    assert one.rate == pytest.approx(12 * pyxirr.irr([-7.2e6, *flows[1:]]), abs=1e-10)
    assert one.price == pytest.approx(90.0, abs=1e-8)


def test_on_the_as_of_date_a_quote_is_what_the_price_functions_say() -> None:
    (one,) = quotes(["a", "X", "2009-12-31", 93.25, "price"])
    assert one.quote.item == "A"
    assert one.rate == tranches.tranche_yield(deal(), "A", 93.25)
    assert one.price == pytest.approx(93.25, abs=1e-9)
    assert settled_cash(deal(), "A").accrued == pytest.approx(8e6 * 0.05 * 30 / 360)  # 1 to 31 December


def test_accrued_interest_between_the_as_of_date_and_settlement_raises_what_a_clean_price_pays() -> None:
    """No accrual_start: from the last remittance, of 25 December (30/360: 5 days to the 30th and 12, or 17 actual days)."""
    run = deal(accrual="")
    cash = settled_cash(run, "A", dt.date(2010, 1, 12))
    assert cash.accrued == pytest.approx(8e6 * 0.05 * 17 / 360)
    assert cash.dollars(90.0, clean=True) == pytest.approx(7.2e6 + cash.accrued)
    assert cash.dollars(90.0, clean=False) == 7.2e6
    undated = settled_cash(deal(accrual="", dated=False), "A", dt.date(2010, 1, 12))
    assert undated.accrued == pytest.approx(8e6 * 0.05 * 12 / 360)  # the period began on the as-of date


PERIODS = {  # day count, accrual_start, settlement, first day of the period whose payment is the first bought, days
    "blank, this period": ("30/360", None, "2009-12-31", "2009-12-25", 6),
    "blank, the next period": ("30/360", None, "2010-02-10", "2010-01-25", 15),
    "blank, actual": ("act/360", None, "2010-01-12", "2009-12-25", 18),
    "blank, actual, next": ("act/360", None, "2010-02-10", "2010-01-25", 16),
    "calendar months": ("30/360", "2009-12-01", "2010-02-10", "2010-01-01", 39),
    "a long first period": ("30/360", "2009-11-01", "2010-02-10", "2010-01-01", 39),
    "on its own day, then from remittance": ("30/360", "2009-12-10", "2010-02-10", "2010-01-25", 15),
    "on its own day, this period": ("30/360", "2009-12-10", "2010-01-12", "2009-12-10", 32),
    "actual from the first, then from remittance": ("act/360", "2009-12-01", "2010-02-10", "2010-01-25", 16),
}


@pytest.mark.parametrize(("count", "start", "settled", "begins", "days"), PERIODS.values(), ids=PERIODS.keys())
@pytest.mark.parametrize("delay", [0, 10])
def test_accrued_interest_is_of_the_period_that_the_first_payment_bought_pays_for(
    count: str, start: str | None, settled: str, begins: str, days: int, delay: int
) -> None:
    """Interest of a period up to its last day is what is paid for it: the periods are those in which interest is paid."""
    bonds = [
        [*BONDS[0], "day_count", "accrual_start", "delay_days"],
        *[[*row, count, start, delay] for row in BONDS[1:]],
    ]
    run = small_deal(bonds=bonds, terms=DATED, indices=INDICES)
    cash = settled_cash(run, "A", dt.date.fromisoformat(settled))
    assert cash.accrued == pytest.approx(cash.balance * 0.05 * days / 360, rel=1e-13)
    month = 2 if settled > "2010-01-31" else 1
    assert accrual_begins(run, 0, month) == dt.date.fromisoformat(begins)
    paid = run.distributions.tranche("A")
    for later in (1, 2, 3):
        first, end = accrual_begins(run, 0, later), accrual_begins(run, 0, later + 1)
        share = days_360(first, end) if count == "30/360" else (end - first).days
        if (
            later > 1 or count != "30/360" or start is not None
        ):  # a whole month where nothing says when the first begins
            due = paid["end_balance"][later - 1] * 0.05 * share / 360
            assert paid["interest_due"][later] == pytest.approx(due)
    price = tranches.tranche_price(run, "A", 0.07)
    owed = run.distributions.end_balance("A")[0]
    today = settled_cash(run, "A").accrued
    assert price == pytest.approx(100 * (tranches.tranche_value(run, "A", 0.07) - today) / owed, rel=1e-13)


@pytest.mark.parametrize(
    ("rate", "basis", "to", "wanted"),
    [
        (0.12, "monthly", "annual", 1.01**12 - 1), (0.12, "monthly", "bond_equivalent", 2 * (1.01**6 - 1)),
        (0.08, "bond_equivalent", "annual", 1.04**2 - 1), (0.08, "bond_equivalent", "monthly", 12 * (1.04 ** (1 / 6) - 1)),
        (0.21, "annual", "bond_equivalent", 0.2), (-0.06, "monthly", "annual", 0.995**12 - 1), (0.05, "annual", "annual", 0.05),
    ],
)  # fmt: skip
def test_compoundings_convert(rate: float, basis: str, to: str, wanted: float) -> None:
    assert convert(rate, basis, to) == pytest.approx(wanted, abs=1e-15)
    header = "item source date quote quote_type basis"
    table = grid_table("quotes", [header.split(), ["anything", "X", "2009-12-31", rate, "yield", basis]])
    (alone,) = normalize(read_quotes(table), basis=to)  # without a projection
    assert alone.rate == pytest.approx(wanted, abs=1e-15)
    assert alone.used


def margin_value(run: Projection, name: str, settlement: dt.date, margin: float) -> float:
    """A discount margin by hand: from payment to payment, actual/360, over LIBOR_1M of the month before."""
    libor = [row[1] for row in INDICES[1:]]
    factor, at, total = 1.0, settlement, 0.0
    for month, date in enumerate(run.timeline.dates):
        if date <= settlement:
            continue
        factor /= 1 + (libor[min(month - 1, len(libor) - 1)] + margin) * (date - at).days / 360
        total += factor * run.distributions.tranche(name)["cash"][month]
        at = date
    return total


def test_a_quoted_margin_is_a_yield_of_the_same_dollars() -> None:
    settlement = dt.date(2010, 1, 29)
    header = "item source date quote quote_type settlement"
    (one,) = quotes(["M", "X", "2009-12-31", 0.11, "dm", "2010-01-29"], header=header)
    dollars = margin_value(deal(), "M", settlement, 0.11)
    assert one.rate == pytest.approx(
        bisected(paid_after(deal(), "M", settlement, 0), settlement, dollars, 12), abs=1e-10
    )
    table = grid_table("quotes", [header.split(), ["M", "X", "2009-12-31", one.rate, "yield", "2010-01-29"]])
    (back,) = normalize(read_quotes(table, deal().trust), deal(), basis="dm")
    assert back.rate == pytest.approx(0.11, abs=1e-10)
    assert rate_on(deal(), "M", rate_on(deal(), "M", 0.09, "dm", "annual"), "annual", "dm") == pytest.approx(
        0.09, abs=1e-10
    )


@settings(max_examples=60, deadline=None)
@given(
    rate=st.floats(-0.02, 0.6), basis=st.sampled_from(["monthly", "bond_equivalent", "annual", "dm"]),
    name=st.sampled_from(["A", "M", "B"]), coupon=st.sampled_from([0.0, 0.03, 0.08]), delay=st.sampled_from([0, 15, 24]),
    dated=st.booleans(), accrual=st.sampled_from(["", "2009-12-01", "2009-12-25"]), later=st.integers(0, 75), clean=st.booleans(),
)  # fmt: skip
def test_yield_to_price_to_yield(
    rate: float, basis: str, name: str, coupon: float, delay: int, dated: bool, accrual: str, later: int, clean: bool
) -> None:
    run = deal(delay, coupon, dated, accrual)
    settlement = AS_OF + dt.timedelta(days=later)
    cash = settled_cash(run, name, settlement)
    price = cash.price(cash.worth_at(rate, basis), clean=clean)
    assume(price >= 0)  # of a class that is worth less than its accrued interest
    row = [name, "X", "2009-12-31", price, "price", "clean" if clean else "dirty", settlement]
    table = grid_table("quotes", [["item", "source", "date", "quote", "quote_type", "price_type", "settlement"], row])
    (one,) = normalize(read_quotes(table, run.trust), run, basis=basis)
    assert one.rate == pytest.approx(rate, abs=1e-9)
    assert one.price == pytest.approx(tranches.tranche_price(run, name, one.rate, basis), abs=1e-9)


def test_a_yield_of_the_quoters_cash_is_another_of_ours() -> None:
    header = "item source date quote quote_type assumed_cpr assumed_cdr assumed_severity assumed_delay_days"
    (one,) = quotes(["M", "X", "2009-12-31", 0.15, "yield", 0.1, 0.02, 0.3, None], header=header)
    theirs = small_deal(
        terms=DATED,
        indices=INDICES,
        curves=[["month", "cpr", "cdr", "severity", "recovery_lag"], [1, 0.1, 0.02, 0.3, 9]],
    )
    dollars = plain_value(paid_after(theirs, "M", AS_OF, 0), AS_OF, 0.15, 12)
    assert one.rate == pytest.approx(bisected(paid_after(deal(), "M", AS_OF, 0), AS_OF, dollars, 12), abs=1e-10)
    assert abs(one.rate - 0.15) > 0.0005
    (late,) = quotes(["M", "X", "2009-12-31", 0.15, "yield", None, None, None, 24], header=header)
    dollars = plain_value(paid_after(deal(), "M", AS_OF, 24), AS_OF, 0.15, 12)
    assert late.rate == pytest.approx(bisected(paid_after(deal(), "M", AS_OF, 0), AS_OF, dollars, 12), abs=1e-10)
    (priced,) = quotes(["M", "X", "2009-12-31", 80.0, "price", 0.1, 0.02, 0.3, None], header=header)
    assert priced.rate == tranches.tranche_yield(deal(), "M", 80.0)  # a price is what it is


def test_what_counts_for_nothing_is_listed_with_the_reason() -> None:
    header = "item source date quote quote_type orderly weight settlement"
    found = quotes(
        ["A", "fresh", "2009-12-01", 0.08, "yield", None, 3, None],
        ["A", "old", "2009-11-30", 0.09, "yield", None, None, None],
        ["A", "forced", "2009-12-31", 70, "price", "no", None, None],
        ["A", "zero", "2009-12-31", 0.2, "yield", "yes", 0, None],
        ["A", "worthless", "2009-12-31", 0, "price", None, None, None],
        ["A", "second", "2009-12-31", 0.10, "yield", None, 1, None],
        ["A", "early", "2009-12-15", 90, "price", None, None, "2009-12-18"],
        ["A", "absurd", "2009-12-31", tranches.tranche_price(deal(accrual=""), "A", 4.0), "price", None, None, None],
        header=header, run=deal(accrual=""),
    )  # fmt: skip
    assert [one.used for one in found] == [True, False, False, False, False, True, False, False]
    assert [one.why.partition(":")[0] for one in found[1:4]] == ["stale", "not orderly", "its weight is 0"]
    assert "31 days old, more than 30" in found[1].why
    assert "it says a yield of 37342% of our cash" in found[4].why  # what is paid for it is the interest accrued
    nothing = ["A", "X", "2009-12-31", 0, "price", "dirty"]
    (worthless,) = quotes(nothing, header="item source date quote quote_type price_type")
    assert "no yield makes cash" in worthless.why
    assert "before the payment of 2009-12-25" in found[6].why
    assert found[7].why == "it says a yield of 400% of our cash"
    assert found[2].rate == tranches.tranche_yield(deal(accrual=""), "A", 70.0)
    assert average(found) == pytest.approx((3 * 0.08 + 0.10) / 4, abs=1e-15)


def test_a_settlement_before_the_as_of_date_is_fine_where_no_payment_lies_between() -> None:
    settlement = dt.date(2009, 12, 28)
    header = "item source date quote quote_type settlement price_type"
    (one,) = quotes(["M", "X", "2009-12-23", 85, "price", "2009-12-28", "dirty"], header=header)
    assert one.rate == pytest.approx(
        bisected(paid_after(deal(), "M", settlement, 0), settlement, 0.85e6, 12), abs=1e-10
    )


FAULTS: dict[str, tuple[list[list[Any]], str]] = {
    "the future": ([["A", "X", "2010-01-01", 90, "price"]], "a quote from the future: 2010-01-01, after 2009-12-31"),
    "unknown item": ([["A1", "X", "2009-12-31", 90, "price"]], "'A1', which SMALL does not have"),
    "percent yield": ([["A", "X", "2009-12-31", 8.5, "yield"]], "decimal: 0.085"),
    "small percent": ([["A", "X", "2009-12-31", 1.5, "yield"]], "decimal: 0.015"),
    "points of margin": ([["A", "X", "2009-12-31", 250, "dm"]], "decimal: 0.025"),
    "twice": ([["A", "X", "2009-12-31", 90, "price"], ["a", "x", "2009-12-31", 91, "price"]], "quotes A twice"),
    "negative price": ([["A", "X", "2009-12-31", -1, "price"]], "the price of A by X is -1"),
    "a residual's price": ([["residual", "X", "2009-12-31", 5, "price"]], "the residual has no balance"),
    "no such type": ([["A", "X", "2009-12-31", 90, "spread"]], "quote_type 'spread' is not known"),
    "no source": ([["A", None, "2009-12-31", 90, "price"]], "source is blank"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_bad_quotes_are_refused(rows: list[list[Any]], words: str) -> None:
    with pytest.raises(Refused) as refusal:
        quotes(*rows)
    assert words in str(refusal.value)


def test_every_fault_is_named_and_other_trusts_are_passed_over() -> None:
    rows = [
        ["SMALL", item, source and f"{source}{k}", *rest]
        for k, (rows, _) in enumerate(FAULTS.values())
        for item, source, *rest in rows
    ]
    header = "trust item source date quote quote_type"
    with pytest.raises(Refused) as refusal:
        quotes(*rows, header=header)
    assert len(refusal.value.faults) == len(FAULTS)
    mine = ["small", "A", "X", "2009-12-31", 90, "price"]
    assert len(quotes(["OTHER", "Q", "X", "2010-06-30", 90, "price"], mine, header=header)) == 1
    with pytest.raises(Refused, match="settles on 2009-12-30, before its date"):
        quotes(
            ["A", "X", "2009-12-31", 90, "price", "2009-12-30"], header="item source date quote quote_type settlement"
        )


def test_prices_without_a_projection_say_nothing_and_the_latest_quote_dates_the_rest() -> None:
    rows = [
        ["A", "X", "2010-06-30", 0.1, "yield"],
        ["A", "Y", "2010-05-01", 0.1, "yield"],
        ["A", "Z", "2010-06-30", 90, "price"],
    ]
    found = normalize(read_quotes(grid_table("quotes", [["item", "source", "date", "quote", "quote_type"], *rows])))
    assert [one.used for one in found] == [True, False, False]
    assert "60 days old" in found[1].why
    assert "without the projection" in found[2].why
    assert np.isnan(found[2].rate)


def test_a_month_without_quotes_is_a_header_alone() -> None:
    assert quotes() == []
    assert np.isnan(average([]))
