"""Margins, windows, convexities, spread durations and write-downs, against QuantLib and plain sums."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import QuantLib as ql

from tests.valuation.deals import BONDS, INDICES, WATERFALL, small_deal
from tests.valuation.test_tranches import FLOATER, NO_LOSS, PASS
from xlfv.tables import Refused
from xlfv.valuation import tranches as t

H = 1e-5


@pytest.fixture(scope="module")
def deal():
    return small_deal()


@pytest.fixture(scope="module")
def floater():
    terms = [["term", "value"], ["remittance_day", 25]]
    return small_deal(bonds=FLOATER, waterfall=PASS, costs=None, terms=terms, curves=NO_LOSS, indices=INDICES)


def quantlib(deal, name):
    """A class's cash as a leg of QuantLib, a month a step of 30/360, and its first day."""
    start = ql.Date(1, 1, 2010)
    months = deal.distributions.tranche(name)["cash"]
    return ql.Leg([ql.SimpleCashFlow(c, start + ql.Period(m, ql.Months)) for m, c in enumerate(months) if c]), start


@pytest.mark.parametrize(
    ("basis", "often"),
    [("monthly", ql.Monthly), ("bond_equivalent", ql.Semiannual), ("annual", ql.Annual)],
)
@pytest.mark.parametrize("name", ["A", "M", "B"])
def test_convexity_and_spread_duration_are_quantlibs(deal, name, basis, often):
    leg, start = quantlib(deal, name)
    rate = ql.InterestRate(0.09, ql.Thirty360(ql.Thirty360.BondBasis), ql.Compounded, often)
    assert t.tranche_duration(deal, name, 0.09, basis, "convexity") == pytest.approx(
        ql.CashFlows.convexity(leg, rate, False, start), rel=1e-10
    )
    assert t.tranche_spread_duration(deal, name, 0.09, basis) == pytest.approx(
        ql.CashFlows.duration(leg, rate, ql.Duration.Modified, False, start), rel=1e-10
    )


def test_the_spread_duration_of_a_margin_is_the_slope_of_a_value_worked_out_by_hand(floater):
    flows = floater.distributions.tranche("A")["cash"]
    days = [0, *((day - floater.as_of).days for day in floater.timeline.dates[1:])]

    def worth(margin: float) -> float:
        value, factor = 0.0, 1.0
        for m in range(1, len(flows)):
            published = min(m - 1, 120)  # the index row of the month before, its last one held
            factor /= 1.0 + (0.01 + 0.0002 * published + margin) * (days[m] - days[m - 1]) / 360.0
            value += flows[m] * factor
        return value

    slope = (worth(0.02 - H) - worth(0.02 + H)) / (2 * H) / worth(0.02)
    assert t.tranche_spread_duration(floater, "A", 0.02, "dm") == pytest.approx(slope, rel=1e-8)
    assert t.tranche_value(floater, "A", 0.02, "dm") == pytest.approx(worth(0.02), rel=1e-12)
    assert 3.0 < slope < 8.0


def test_a_window_is_the_first_and_last_payment_of_principal(deal):
    paid = deal.distributions.tranche("M")["principal_paid"]
    window = t.tranche_window(deal, "M")
    assert all(paid[: window.first] < 0.005)
    assert paid[window.first] > 1.0
    assert all(paid[window.last + 1 :] < 0.005)
    assert paid[window.last] >= 0.005
    assert window.first >= t.tranche_window(deal, "A").last
    assert window.first_date == deal.timeline.dates[window.first]


def test_delay_days_move_the_dates_of_a_window():
    header = [*BONDS[0], "delay_days"]
    delayed = small_deal(bonds=[header, *[[*row, 24] for row in BONDS[1:]]])
    plain = t.tranche_window(small_deal(), "A")
    assert t.tranche_window(delayed, "A").last_date == plain.last_date + dt.timedelta(days=24)


def test_the_window_of_an_io_is_that_of_its_notional():
    bonds = [[*BONDS[0], "notional_of"], *[[*row, None] for row in BONDS[1:]], ["X", 0, 0.005, "io", "A"]]
    steps = [*WATERFALL[:2], ["x", "interest", "interest", "X"], *WATERFALL[2:]]
    deal = small_deal(bonds=bonds, waterfall=steps)
    assert t.tranche_window(deal, "X") == t.tranche_window(deal, "A")
    assert t.tranche_writedown(deal, "X") == 0.0


def test_a_class_paid_no_principal_has_no_window():
    with pytest.raises(Refused, match="no window") as refusal:
        t.tranche_window(small_deal(months=6), "B")
    assert refusal.value.code == "#NUM!"


def test_write_downs_are_part_of_a_loss_and_not_the_whole_where_a_note_stays_whole():
    deal = small_deal()
    rows = deal.distributions.tranche("B")
    assert t.tranche_writedown(deal, "B") == pytest.approx(np.sum(rows["writedown"]), rel=1e-15)
    assert t.tranche_writedown(deal, "B") > 1000
    whole = small_deal(waterfall=[row for row in WATERFALL if row[2] != "writedown"])
    assert t.tranche_writedown(whole, "B") == 0.0
    assert t.tranche_loss(whole, "B") > 1000
