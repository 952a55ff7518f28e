"""Long-term debt against QuantLib, numpy-financial and hand arithmetic; own credit apart; deferral; identities."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import numpy_financial as npf
import pytest
import pyxirr
import QuantLib as ql
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.deals import grid_table
from xlfv.market.indices import NO_INDICES, read_indices
from xlfv.valuation.debt import DebtValue, debt_values, find
from xlfv.valuation.debt_terms import read_debt

AS_OF = dt.date(2009, 12, 31)
PLAIN = {"instrument": "D", "balance": 1e6, "coupon": 0.08, "maturity": dt.date(2019, 12, 31), "yield": 0.1}
IMPAC = "2% through 2013 then +1% a year through 2017 then LIBOR_3M + 3.75%"
COUNTS = {
    "30/360": ql.Thirty360(ql.Thirty360.USA), "act/360": ql.Actual360(),
    "act/act": ql.ActualActual(ql.ActualActual.ISDA),
}  # fmt: skip
TIMES = {1: ql.Annual, 2: ql.Semiannual, 4: ql.Quarterly, 12: ql.Monthly}


def forward(rows: list[float], name: str = "LIBOR_3M"):
    return read_indices(grid_table("indices", [["month", name], *[[m, rate] for m, rate in enumerate(rows)]]))


def worth(indices: Any = NO_INDICES, as_of: dt.date = AS_OF, **terms: Any) -> DebtValue:
    row = {**PLAIN, **terms}
    debts = read_debt(grid_table("debt", [list(row), list(row.values())]), as_of)
    return debt_values(debts, as_of, indices)[0]


def day(date: dt.date) -> ql.Date:
    return ql.Date(date.day, date.month, date.year)


def schedule(start: dt.date, maturity: dt.date, frequency: int, first: dt.date | None = None) -> ql.Schedule:
    return ql.Schedule(
        day(start), day(maturity), ql.Period(12 // frequency, ql.Months), ql.NullCalendar(), ql.Unadjusted, ql.Unadjusted,
        ql.DateGeneration.Backward, False, *([day(first)] if first else []),
    )  # fmt: skip


def at_yield(leg: Any, rate: float, frequency: int, as_of: dt.date = AS_OF) -> float:
    interest = ql.InterestRate(rate, ql.Thirty360(ql.Thirty360.USA), ql.Compounded, TIMES[frequency])
    return ql.CashFlows.npv(leg, interest, False, day(as_of), day(as_of))


def test_whole_periods_are_an_annuity_and_a_repayment():
    """Forty quarters of 20,000 and 1,000,000 at 2.5% a quarter; ten years later the yield comes back."""
    value = worth(frequency=4)
    cash = np.array([p.cash for p in value.payments])
    assert cash.tolist() == [20_000.0] * 39 + [1_020_000.0]
    assert value.value == pytest.approx(npf.npv(0.025, [0.0, *cash]), rel=1e-12)
    assert value.value == pytest.approx(-npf.pv(0.025, 40, 20_000, 1e6), rel=1e-12)
    assert 4 * pyxirr.irr([-value.value, *cash]) == pytest.approx(0.1, abs=1e-10)
    assert value.accrued == 0.0
    assert value.price == pytest.approx(value.value / 1e4)


@pytest.mark.parametrize("frequency", [1, 2, 4, 12])
@pytest.mark.parametrize("day_count", COUNTS)
def test_a_bond_between_payments_is_worth_what_quantlib_says(frequency, day_count):
    """No business days, dates counted back from 15 August 2021, settled at once; dirty value and accrued interest."""
    ql.Settings.instance().evaluationDate = day(AS_OF)
    maturity = dt.date(2021, 8, 15)
    plan = schedule(dt.date(2008, 8, 15), maturity, frequency)
    bond = ql.FixedRateBond(0, 1e6, plan, [0.0801], COUNTS[day_count])
    ours = worth(coupon=0.0801, maturity=maturity, frequency=frequency, day_count=day_count)
    assert ours.value == pytest.approx(at_yield(bond.cashflows(), 0.1, frequency), rel=1e-12)
    assert ours.accrued == pytest.approx(bond.accruedAmount() * 1e4, rel=1e-10)
    assert ours.price == pytest.approx((ours.value - bond.accruedAmount() * 1e4) / 1e4, rel=1e-10)


def test_coupons_that_step_are_worth_what_quantlib_says():
    """8.01% to August 2011, 2% to August 2013, then a point more each year to maturity: a rate for every period of the schedule."""
    ql.Settings.instance().evaluationDate = day(AS_OF)
    maturity = dt.date(2021, 8, 15)
    plan = schedule(dt.date(2009, 8, 15), maturity, 4)
    rates = [0.0801] * 8 + [0.02] * 8 + [0.01 * k for k in range(3, 11) for _ in range(4)]
    bond = ql.FixedRateBond(0, 1e6, plan, rates, ql.Thirty360(ql.Thirty360.USA))
    words = "8.01% until 2011-08-15 then 2% until 2013-08-15 then rising 1% a year"
    ours = worth(coupon=words, maturity=maturity, own_credit_spread=0.13)
    assert ours.value == pytest.approx(at_yield(bond.cashflows(), 0.23, 4), rel=1e-12)
    assert ours.value_without == pytest.approx(at_yield(bond.cashflows(), 0.10, 4), rel=1e-12)


def ibor(curve: ql.YieldTermStructureHandle) -> ql.IborIndex:
    return ql.IborIndex("L3", ql.Period(3, ql.Months), 0, ql.USDCurrency(), ql.NullCalendar(), ql.Unadjusted, False,
                        ql.Actual360(), curve)  # fmt: skip


def libor_rows(index: ql.IborIndex, dates: list[dt.date], months: int) -> list[float]:
    """The row of each month in which a period begins is QuantLib's fixing on that day; other rows are never read."""
    rows = [0.3] * months
    for date in dates:
        at = (date.year - AS_OF.year) * 12 + date.month - AS_OF.month
        if at > 0:
            rows[at] = index.fixing(day(date))
    return rows


@pytest.mark.parametrize(("cap", "floor"), [(None, None), (0.055, 0.045)])
def test_a_floating_bond_is_worth_what_quantlib_says(cap, floor):
    """LIBOR set on the first day of a period, in advance, no days before; actual/360; the running period set at 0.4%."""
    ql.Settings.instance().evaluationDate = day(AS_OF)
    curve = ql.YieldTermStructureHandle(ql.ZeroCurve(
        [day(AS_OF), ql.Date(31, 12, 2014), ql.Date(31, 12, 2030)], [0.002, 0.03, 0.045], ql.Actual365Fixed(),
    ))  # fmt: skip
    index = ibor(curve)
    start, maturity = dt.date(2009, 11, 15), dt.date(2021, 8, 15)
    index.addFixing(day(start), 0.004, True)
    plan = schedule(start, maturity, 4)
    bond = ql.FloatingRateBond(0, 1e6, plan, index, ql.Actual360(), ql.Unadjusted, 0, [1.0], [0.0375], [], [], False)
    begins = [dt.date(d.year(), d.month(), d.dayOfMonth()) for d in plan][:-1]
    rows = libor_rows(index, begins, 145)
    rows[0] = 0.004
    ours = worth(
        forward(rows), coupon=None, index="LIBOR_3M", margin=0.0375, maturity=maturity, day_count="act/360",
        cap=cap, floor=floor,
    )  # fmt: skip
    coupons = [c for c in map(ql.as_floating_rate_coupon, bond.cashflows()) if c]
    leg = bond.cashflows()
    if cap is not None:
        rates = [min(max(c.rate(), floor), cap) for c in coupons]
        assert {floor, cap} <= set(rates), "both bind somewhere"
        terms = zip(coupons, rates, strict=True)
        coupons = [
            ql.FixedRateCoupon(c.date(), 1e6, rate, ql.Actual360(), c.accrualStartDate(), c.accrualEndDate())
            for c, rate in terms
        ]
        leg = ql.Leg([*coupons, ql.SimpleCashFlow(1e6, day(maturity))])
    assert [p.interest for p in ours.payments] == pytest.approx([c.amount() for c in coupons], rel=1e-10)
    assert ours.value == pytest.approx(at_yield(leg, 0.1, 4), rel=1e-10)


def test_fixed_then_floating_is_one_leg_of_each():
    """The terms of issue 6, on dates at which the coupon changes: 2%, a point more a year, then three-month LIBOR and 3.75%."""
    ql.Settings.instance().evaluationDate = day(AS_OF)
    curve = ql.YieldTermStructureHandle(ql.FlatForward(day(AS_OF), 0.04, ql.Actual365Fixed()))
    index, turn, maturity = ibor(curve), dt.date(2018, 1, 15), dt.date(2034, 1, 15)
    fixed = ql.FixedRateLeg(
        schedule(dt.date(2009, 10, 15), turn, 4), ql.Thirty360(ql.Thirty360.USA), [1e6],
        [0.02] * 17 + [0.03] * 4 + [0.04] * 4 + [0.05] * 4 + [0.06] * 4,
    )  # fmt: skip
    late = schedule(turn, maturity, 4)
    floats = ql.IborLeg([1e6], late, index, ql.Thirty360(ql.Thirty360.USA), ql.Unadjusted, [0], [1.0], [0.0375])
    rows = libor_rows(index, [dt.date(d.year(), d.month(), d.dayOfMonth()) for d in late][:-1], 300)
    words = "2% until 2014-01-15 then +1% a year until 2018-01-15 then LIBOR_3M + 3.75%"
    ours = worth(forward(rows), coupon=words, maturity=maturity, own_credit_spread=0.1)
    leg = ql.Leg([*fixed, *floats, ql.SimpleCashFlow(1e6, day(maturity))])
    assert ours.value == pytest.approx(at_yield(leg, 0.2, 4), rel=1e-10)
    columns = worth(
        forward(rows), coupon="2% until 2014-01-15 then +1% a year until 2018-01-15", index="libor_3m", margin=0.0375,
        maturity=maturity, own_credit_spread=0.1,
    )  # fmt: skip
    assert columns.value == ours.value


def test_a_long_first_period_runs_from_the_last_payment():
    ql.Settings.instance().evaluationDate = day(AS_OF)
    last, first, maturity = dt.date(2009, 10, 1), dt.date(2010, 6, 15), dt.date(2021, 8, 15)
    bond = ql.FixedRateBond(0, 1e6, schedule(last, maturity, 2, dt.date(2010, 8, 15)), [0.08], ql.Actual360())
    assert worth(maturity=maturity, last_payment=last, first_payment=dt.date(2010, 8, 15), frequency=2,
                 day_count="act/360").value == pytest.approx(at_yield(bond.cashflows(), 0.1, 2), rel=1e-12)  # fmt: skip
    dates = [p.date for p in worth(maturity=maturity, last_payment=last, first_payment=first, frequency=2).payments]
    assert dates[:2] == [first, dt.date(2010, 8, 15)]


def test_a_rate_that_changes_inside_a_period_counts_the_days_of_each():
    """A quarter from 30 December 2013 in 30/360: one day at 2% and 89 at 3%; actual/360: two days and 88."""
    (period,) = [
        p for p in worth(coupon=IMPAC, index=None, maturity=dt.date(2030, 3, 30), indices=forward([0.01])).payments
        if p.start == dt.date(2013, 12, 30)
    ]  # fmt: skip
    assert period.interest == pytest.approx(1e6 * (0.02 + 89 * 0.03) / 360, rel=1e-13)
    (period,) = [
        p for p in worth(coupon=IMPAC, maturity=dt.date(2030, 3, 30), indices=forward([0.01]), day_count="act/360").payments
        if p.start == dt.date(2013, 12, 30)
    ]  # fmt: skip
    assert period.interest == pytest.approx(1e6 * (2 * 0.02 + 88 * 0.03) / 360, rel=1e-13)


def test_deferred_interest_compounds_or_not():
    """8% a year by quarters on 1,000,000: three payments of 20,000 are put off and paid with the fourth, on 31 December 2010."""
    until = dt.date(2010, 12, 31)
    kept = worth(deferral=until)
    assert [p.paid for p in kept.payments[:5]] == pytest.approx([0, 0, 0, 1e6 * (1.02**4 - 1), 20_000], rel=1e-12)
    assert [p.left for p in kept.payments[:4]] == pytest.approx(
        [1e6 * (1.02**k - 1) for k in (1, 2, 3)] + [0], rel=1e-12
    )
    flat = worth(deferral=until, deferral_compounding=False)
    assert [p.paid for p in flat.payments[:5]] == pytest.approx([0, 0, 0, 80_000, 20_000], rel=1e-12)
    assert flat.value < kept.value < worth().value
    at_coupon = worth(deferral=until, **{"yield": 0.08})
    assert at_coupon.value == pytest.approx(1e6, rel=1e-12), "what compounds at the yield is worth as much later"


def test_what_is_deferred_already_is_owed_now_and_paid_later():
    value = worth(deferred_interest=50_000.0, deferral=dt.date(2010, 6, 1), as_of=dt.date(2010, 2, 15))
    accrued = 1_050_000 * 0.08 * 45 / 360  # 30/360 from 31 December to 15 February
    assert value.accrued == pytest.approx(50_000 + accrued, rel=1e-12)
    assert [p.paid for p in value.payments[:3]] == pytest.approx([0, 1_050_000 * 1.02**2 - 1e6, 20_000], rel=1e-12)
    plain = worth(deferred_interest=50_000.0, deferral_compounding="no", as_of=dt.date(2010, 2, 15))
    assert plain.payments[0].paid == pytest.approx(70_000)
    matured = worth(deferral=dt.date(2040, 1, 1), maturity=dt.date(2010, 12, 31))
    assert matured.payments[-1].cash == pytest.approx(1e6 * 1.02**4, rel=1e-12), "maturity pays all that is deferred"


def test_own_credit_is_the_value_of_its_spread():
    value = worth(own_credit_spread=0.15, frequency=4)
    cash = [0.0, *(p.cash for p in value.payments)]
    assert value.value == pytest.approx(npf.npv(0.25 / 4, cash), rel=1e-12)
    assert value.own_credit_effect == pytest.approx(npf.npv(0.25 / 4, cash) - npf.npv(0.1 / 4, cash), rel=1e-12)
    assert value.own_credit_effect < 0.0
    assert worth().own_credit_effect == 0.0
    assert float(np.dot(value.factors, [p.cash for p in value.payments])) == pytest.approx(value.value, rel=1e-12)


@pytest.mark.parametrize(
    ("basis", "times"), [("payment", 2), ("monthly", 12), ("bond_equivalent", 2), ("annual", 1)]
)  # fmt: skip
def test_how_the_yield_compounds(basis, times):
    value = worth(frequency=2, basis=basis)
    byhand = sum(p.cash * (1 + 0.1 / times) ** -(times * (k + 1) / 2) for k, p in enumerate(value.payments))
    assert value.value == pytest.approx(byhand, rel=1e-12)


def test_a_payment_on_the_date_is_settled_and_month_ends_stay_where_asked():
    june = dt.date(2020, 6, 30)
    assert worth(maturity=june).payments[0].date == dt.date(2010, 3, 30)
    ends = worth(maturity=june, end_of_month="yes")
    assert [p.date for p in ends.payments[:2]] == [dt.date(2010, 3, 31), dt.date(2010, 6, 30)]
    assert ends.debt.start == AS_OF
    assert ends.accrued == 0.0


def test_the_coupon_of_the_running_period_may_be_given():
    indices = forward([0.01] * 13 + [0.02])
    given_, read = (
        worth(indices, coupon=None, index="LIBOR_3M", margin=0.03, maturity=dt.date(2015, 2, 15), current_coupon=rate)
        for rate in (0.07, None)
    )
    assert given_.payments[0].interest == pytest.approx(1e6 * 0.07 / 4)
    assert read.payments[0].interest == pytest.approx(1e6 * 0.04 / 4)
    assert given_.payments[1:] == read.payments[1:]
    late = worth(indices, coupon=None, index="LIBOR_3M", margin=0.03, maturity=dt.date(2015, 2, 15), lookback=3)
    assert [p.interest for p in late.payments[4:7]] == pytest.approx([1e4, 1e4, 12_500]), "3 months behind the row"


def test_instruments_are_found_by_name_in_any_case():
    table = grid_table(
        "debt", [["instrument", "balance", "coupon", "maturity", "yield"], ["A b", 1, 0.05, "2020-01-01", 0.1]]
    )
    debts = read_debt(table, AS_OF)
    assert find(debts, " a B ") is debts[0]


@given(
    st.floats(0.0, 0.3), st.floats(0.0, 0.5), st.sampled_from([1, 2, 4, 12]), st.dates(dt.date(2010, 1, 1), dt.date(2040, 12, 31)),
    st.sampled_from(["30/360", "act/360", "act/act"]), st.integers(0, 400),
)  # fmt: skip
def test_value_falls_with_own_credit_and_cash_adds_up(coupon, spread, frequency, maturity, day_count, later):
    as_of = AS_OF + dt.timedelta(days=later)
    if maturity <= as_of:
        return
    terms = {"coupon": coupon, "frequency": frequency, "maturity": maturity, "day_count": day_count, "as_of": as_of}
    ours, plain = worth(own_credit_spread=spread, **terms), worth(**terms)
    assert ours.value_without == plain.value
    assert ours.own_credit_effect <= 1e-9
    dates = [p.date for p in ours.payments]
    assert dates == sorted(set(dates))
    assert dates[-1] == maturity
    assert [p.start for p in ours.payments] == [ours.debt.start, *dates[:-1]]
    assert ours.debt.start <= as_of < dates[0]
    deferred = worth(deferral=maturity, deferral_compounding=False, **terms)
    assert sum(p.cash for p in deferred.payments) == pytest.approx(sum(p.cash for p in plain.payments), rel=1e-9)


@given(
    st.dates(dt.date(2008, 1, 1), dt.date(2014, 12, 31)), st.integers(1, 9000), st.sampled_from([1, 2, 4, 12]),
    st.sampled_from(["30/360", "act/360", "act/act"]),
)  # fmt: skip
def test_any_bond_on_any_day_is_worth_what_quantlib_says(as_of, days, frequency, day_count):
    """Months' ends, leap days and short lives too: value to 1e-8 of it, and accrued interest to a cent."""
    maturity = as_of + dt.timedelta(days=days)
    ours = worth(maturity=maturity, as_of=as_of, frequency=frequency, day_count=day_count)
    ql.Settings.instance().evaluationDate = day(as_of)
    bond = ql.FixedRateBond(0, 1e6, schedule(ours.debt.start, maturity, frequency), [0.08], COUNTS[day_count])
    assert ours.value == pytest.approx(at_yield(bond.cashflows(), 0.1, frequency, as_of), rel=1e-8)
    assert ours.accrued == pytest.approx(bond.accruedAmount() * 1e4, abs=0.01)
