"""One loan, one bond: every state between two month-ends worked in plain numpy, two months apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tests.builders import make_curves, make_trust
from xlfv.projection.projection import project
from xlfv.reporting.attribution import attribution_grid
from xlfv.reporting.reprojection import FREE, MonthEnd, explain_change
from xlfv.valuation import fair_value as fv
from xlfv.valuation.yields import Chosen

TERM, PASSED, RATE, COUPON = 24, 2, 0.12, 0.06
DATES = dt.date(2009, 12, 31), dt.date(2010, 2, 28)
STEPS = [
    {"step": 1, "from": "interest", "pay": "interest", "to": "A"},
    {"step": 2, "from": "principal", "pay": "principal", "to": "A"},
    {"step": 3, "from": "excess", "pay": "writedown", "to": "A"},
    {"step": 4, "from": "excess", "pay": "residual"},
]
Curve = dict[str, list[float]]
THEN: Curve = {
    "smm": [0.010, 0.011, 0.012, 0.014, 0.02],
    "mdr": [0.004, 0.003, 0.005, 0.006],
    "severity": [0.3, 0.3, 0.4, 0.45],
}
NOW: Curve = {"smm": [0.03, 0.025], "mdr": [0.009, 0.008, 0.007], "severity": [0.5, 0.55]}
LATER: Curve = {name: values[PASSED:] for name, values in THEN.items()}
YIELDS_THEN, YIELDS_NOW = (0.08, 0.30), (0.07, 0.25)
BALANCE_NOW = 95_500.0


def held(values: list[float], month: int) -> float:
    return values[min(month, len(values)) - 1]


def cash(balance: float, months: int, curve: Curve) -> tuple[np.ndarray, np.ndarray, float]:
    """Cash to bond and residual from month 1, and the balance after two months: an interest-only loan with a balloon.

    In a month mdr of the balance at its start defaults and is liquidated at once and smm of it prepays (BMA, SF-19); what
    does not default is due in the last month. Interest is due on the balance at the start, the bond's on its own, which is the pool's.
    """
    bond, residual, kept = np.zeros(months), np.zeros(months), []
    for month in range(1, months + 1):
        interest = balance * RATE / 12.0
        last = month == months
        defaulted = balance * held(curve["mdr"], month)
        prepaid = balance - defaulted if last else balance * held(curve["smm"], month)
        lost = defaulted * held(curve["severity"], month)
        bond[month - 1] = balance * COUPON / 12.0 + prepaid + defaulted - lost
        residual[month - 1] = interest - balance * COUPON / 12.0
        balance -= defaulted + prepaid
        kept.append(balance)
    return bond, residual, kept[PASSED - 1] if months > PASSED else 0.0


def worth(flows: np.ndarray, rate: float) -> float:
    return float(sum(x / (1.0 + rate / 12.0) ** (t + 1) for t, x in enumerate(flows)))


def values(balance: float, months: int, curve: Curve, yields: tuple[float, float], skip: int = 0) -> dict[str, float]:
    bond, residual, _ = cash(balance, months, curve)
    a, r = worth(bond[skip:], yields[0]), worth(residual[skip:], yields[1])
    return {fv.COLLATERAL: a + r, "A": a, fv.RESIDUAL_INTEREST: r}


def month_end(date: dt.date, balance: float, months: int, curve: Curve, yields: tuple[float, float]) -> MonthEnd:
    loan = {"loan_id": "1", "balance": balance, "rate": RATE, "remaining_term": months, "interest_only_months": months}
    trust = make_trust([loan], [{"tranche": "A", "balance": balance, "coupon": COUPON}], STEPS, as_of=date,
                       terms=[{"term": "defaults_stop", "value": "at_maturity"}])  # fmt: skip
    longest = max(len(column) for column in curve.values())
    rows: list[dict[str, Any]] = [
        {"month": m, **{name: held(column, m) for name, column in curve.items()}} for m in range(1, longest + 1)
    ]
    chosen = {
        name: Chosen(rate, "monthly", np.nan, np.nan, "") for name, rate in zip(("A", "residual"), yields, strict=True)
    }
    return MonthEnd(project(trust, make_curves(*rows)), chosen)


OPENING = month_end(DATES[0], 100_000.0, TERM, THEN, YIELDS_THEN)
CLOSING = month_end(DATES[1], BALANCE_NOW, TERM - PASSED, NOW, YIELDS_NOW)


def by_hand() -> list[dict[str, float]]:
    """The opening, the states after time, performance, prepayment, default, severity, index and yield."""
    left = TERM - PASSED
    now = (BALANCE_NOW, left)
    return [
        values(100_000.0, TERM, THEN, YIELDS_THEN),
        values(100_000.0, TERM, THEN, YIELDS_THEN, PASSED),
        values(*now, LATER, YIELDS_THEN),
        values(*now, {**LATER, "smm": NOW["smm"]}, YIELDS_THEN),
        values(*now, {**NOW, "severity": LATER["severity"]}, YIELDS_THEN),
        values(*now, NOW, YIELDS_THEN),
        values(*now, NOW, YIELDS_THEN),
        values(*now, NOW, YIELDS_NOW),
    ]


def test_every_effect_is_the_one_worked_by_hand() -> None:
    explained = explain_change(OPENING, CLOSING)
    states = by_hand()
    assert explained.months == PASSED
    for factor, before, after in zip(explained.order, states, states[1:], strict=False):
        for item in after:
            assert explained.effects[factor][item] == pytest.approx(after[item] - before[item], abs=1e-6), (
                factor,
                item,
            )
    assert set(explained.effects["model"].values()) == {0.0}
    assert set(explained.effects["index"].values()) == {0.0}
    assert explained.effects["default"]["A"] < -100.0
    assert {round(explained.unexplained(item), 8) for item in explained.items} == {0.0}


def test_time_is_what_the_opening_yields_earn_on_the_opening_values_less_the_cash_expected() -> None:
    explained = explain_change(OPENING, CLOSING)
    bond, residual, _ = cash(100_000.0, TERM, THEN)
    assert explained.expected_cash["A"] == pytest.approx(bond[:PASSED].sum(), abs=1e-6)
    assert explained.expected_cash[fv.COLLATERAL] == pytest.approx((bond + residual)[:PASSED].sum(), abs=1e-6)
    opening = explained.opening.value("A")
    growth = 1.0 + YIELDS_THEN[0] / 12.0
    interest = opening * (growth - 1.0) + (opening * growth - bond[0]) * (growth - 1.0)
    assert explained.unwinding("A") == pytest.approx(interest, abs=1e-6)


def test_where_all_went_as_expected_only_time_and_cash_have_an_effect() -> None:
    *_, left = cash(100_000.0, TERM, THEN)
    explained = explain_change(OPENING, month_end(DATES[1], left, TERM - PASSED, LATER, YIELDS_THEN), method="shapley")
    for factor in FREE:
        assert all(abs(effect) < 1e-6 for effect in explained.effects[factor].values()), factor
    assert explained.effects["time"]["A"] < -1000.0


def test_an_order_takes_each_factor_at_its_place() -> None:
    """Prepayment before performance: the opening's loan under its own speeds for two months, then under the closing's."""
    order = ("prepayment", "yield", "performance", "default", "severity", "index")
    explained = explain_change(OPENING, CLOSING, order)
    spliced = {**THEN, "smm": [*THEN["smm"][:PASSED], *NOW["smm"]]}
    states = [
        by_hand()[1],
        values(100_000.0, TERM, spliced, YIELDS_THEN, PASSED),
        values(100_000.0, TERM, spliced, YIELDS_NOW, PASSED),
        values(BALANCE_NOW, TERM - PASSED, {**LATER, "smm": NOW["smm"]}, YIELDS_NOW),
    ]
    for factor, before, after in zip(order, states, states[1:], strict=False):
        for item in after:
            assert explained.effects[factor][item] == pytest.approx(after[item] - before[item], abs=1e-6), (
                factor,
                item,
            )


def test_the_table_adds_up_from_the_opening_to_the_closing() -> None:
    header, *rows = attribution_grid("TEST", explain_change(OPENING, CLOSING))
    named = {row[1]: dict(zip(header, row, strict=True)) for row in rows}
    assert list(named) == ["opening", "cash", "time", *FREE, "model", "closing", "check"]
    for column in header[3:]:
        between = [float(named[row][column]) for row in named if row not in ("opening", "closing", "check")]  # type: ignore[arg-type]
        moved = float(named["closing"][column]) - float(named["opening"][column])  # type: ignore[arg-type]
        assert sum(between) == pytest.approx(moved, abs=1e-7)
        assert named["check"][column] == 0.0
    assert named["closing"]["Securitized mortgage borrowings"] == named["closing"]["A"]


def test_a_missing_cash_is_found_in_the_check_row() -> None:
    """The check is not zero by construction: an effect taken away stands in it."""
    explained = explain_change(OPENING, CLOSING)
    explained.effects["default"]["A"] += 100.0  # type: ignore[index]
    assert attribution_grid("TEST", explained)[-1][-1] == pytest.approx(-100.0)


@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_a_trust_that_is_as_expected_has_no_performance_whatever_else_changed(method: str) -> None:
    """The opening's trust under the closing's curves, seen from the closing, is the closing's trust: in every order."""
    *_, left = cash(100_000.0, TERM, THEN)
    closing = month_end(DATES[1], left, TERM - PASSED, NOW, YIELDS_NOW)
    orders = (FREE, tuple(reversed(FREE)), ("severity", "performance", "yield", "prepayment", "default", "index"))
    for order in orders if method == "sequential" else orders[:1]:
        explained = explain_change(OPENING, closing, order, method)
        assert all(abs(effect) < 1e-6 for effect in explained.effects["performance"].values())
        assert abs(explained.effects["severity"]["A"]) > 100.0
