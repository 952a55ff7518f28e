"""A trigger on the three-month average delinquency as a share of the senior enhancement percentage."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.builders import Row, table
from xlfv.projection.projection import Projection, distribute_cash
from xlfv.trust.trust import build_trust

AS_OF = dt.date(2009, 12, 31)
LATE = (40.0, 70.0, 130.0, 110.0, 20.0, 0.0)


def ran(senior: float, triggers: list[Row], terms: list[Row] | None = None) -> Projection:
    """1,000 of loans that pay 50 a month, before a senior class and what is left of 960; half a percent of interest."""
    bonds = [
        {"tranche": "A", "balance": senior, "coupon": 0.03},
        {"tranche": "B", "balance": 960.0 - senior, "coupon": 0.03, "kind": "subordinate"},
    ]
    steps = [
        {"step": "1", "from": "interest", "pay": "interest", "to": "A, B"},
        {"step": "2", "from": "principal", "pay": "principal", "to": "A, B"},
        {"step": "3", "from": "excess", "pay": "oc", "to": "A, B"},
        {"step": "4", "from": "excess", "pay": "residual"},
    ]
    cash = [
        {
            "month": t,
            "balance": 1050.0 - 50.0 * t,
            "scheduled_principal": 50.0,
            "net_interest": 2.5,
            "delinquent_60": late,
        }
        for t, late in enumerate(LATE, 1)
    ]
    tables = {
        "bonds": bonds,
        "waterfall": steps,
        "triggers": triggers,
        "terms": terms or [{"term": "oc_target", "value": 40}],
    }
    trust = build_trust("RATIO", AS_OF, {name: table(name, rows) for name, rows in tables.items()})
    return distribute_cash(trust, table("cash", cash))


def test_it_is_the_average_of_three_months_over_what_stands_behind_the_seniors():
    """Seniors of 800 before a pool of 1,000: 20% stands behind them in month 1; 50 of principal a month goes to them.

    60+ days late: 40/950, 70/900, 130/850 ...; month 0 is taken to be like month 1 (40 of 1,000).
    """
    made = ran(800.0, [{"trigger": "late", "measure": "delinquency_to_enhancement", "test": ">", "threshold": 0.4}])
    rates = [40 / 1000, 40 / 950, 70 / 900, 130 / 850, 110 / 800, 20 / 750, 0 / 700]
    behind = [1 - (800 - 50 * k) / (1000 - 50 * k) for k in range(6)]
    by_hand = [
        sum(rates[max(t - 2, 0) : t + 1]) / len(rates[max(t - 2, 0) : t + 1]) / behind[t - 1] for t in range(1, 7)
    ]
    value, threshold, state = made.distributions.record.triggers[0, 1:].T
    assert list(value) == pytest.approx(by_hand)
    assert set(threshold) == {0.4}
    assert list(state) == [float(x > 0.4) for x in by_hand] == [0.0, 0.0, 1.0, 1.0, 1.0, 0.0]


def test_with_nothing_behind_the_seniors_any_delinquency_is_too_much():
    late = {"trigger": "late", "measure": "delinquency_to_enhancement", "test": ">", "threshold": 1000.0}
    assert ran(0.0, [late]).distributions.record.triggers[0, 1, 2] == 0.0  # all of the pool stands behind them
    made = ran(960.0, [late], [{"term": "oc_target", "value": 0}])
    value, _, state = made.distributions.record.triggers[0, 1:].T
    assert value[0] == pytest.approx((40 / 1000 + 40 / 950) / 2 / 0.04)
    # Month 2 begins after the overcollateralization of 40 was released: 950 of loans behind 950 of seniors.
    assert state[1] == 1.0


def test_while_it_is_on_the_target_stays_that_of_last_month():
    """From month 1 on 2% of the pool would do; the test is failed for five months, for which the target stays at 40."""
    late = [{"trigger": "late", "measure": "delinquency_to_enhancement", "test": ">", "threshold": "10 for 5 then 50"}]
    terms = [("closing_date", "2009-01-01"), ("oc_target", 40), ("oc_target_after_stepdown", 0.02), ("stepdown_age", 1)]
    made = ran(800.0, late, [{"term": name, "value": value} for name, value in terms])
    state, target = made.distributions.record.triggers[0, 1:, 2], made.distributions.record.deal[1:, 3]
    assert list(state) == [1.0] * 5 + [0.0]
    assert list(target) == pytest.approx([40.0] * 5 + [0.02 * 700.0])
