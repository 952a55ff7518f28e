"""The loan kernel against the plain reference, over made loans and curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import make_curves, make_indices, make_trust
from tests.reference.plain_loans import FIELDS, project_loan
from xlfv.projection.collateral import project_collateral

INDEX = [0.0023 + 0.0004 * m + 0.011 * ((m * 7) % 13) / 13 for m in range(90)]


def exact(low: float, high: float):
    """Numbers of few digits, so that what is written is what is read."""
    return st.integers(round(low * 1e4), round(high * 1e4)).map(lambda n: n / 1e4)


@st.composite
def loans(draw):
    term = draw(st.one_of(st.integers(1, 12), st.integers(13, 90)))
    one = {
        "balance": draw(st.sampled_from([0.01, 1.0, 123456.78, 417000.0, 1e9])),
        "rate": draw(st.one_of(st.sampled_from([0.0, 1e-12, 0.3]), exact(0.01, 0.12))),
        "remaining_term": term,
        "age": draw(st.integers(0, 150)),
        "servicing_fee": draw(st.sampled_from([0.0, 0.0025, 0.00375])),
        "mi_premium": draw(st.sampled_from([0.0, 0.0, 0.005])),
        "status": draw(st.sampled_from(["current", "current", "d60", "foreclosure"])),
        "cpr_multiplier": draw(st.sampled_from([1.0, 1.0, 0.0, 0.5, 3.0])),
        "cdr_multiplier": draw(st.sampled_from([1.0, 1.0, 0.0, 2.5])),
        "severity_multiplier": draw(st.sampled_from([1.0, 1.0, 0.8, 1.7])),
    }
    shape = draw(st.sampled_from(["level", "level", "io", "balloon", "payment", "io balloon", "io payment"]))
    if "io" in shape:
        one["interest_only_months"] = draw(st.integers(1, term))
    if "balloon" in shape:
        one["amortization_term"] = term + draw(st.integers(0, 300))
    if "payment" in shape:
        one["payment"] = one["balance"] * draw(exact(0.002, 0.2))
    if draw(st.booleans()):
        one |= {
            "rate_type": "arm", "index": "LIBOR_6M", "margin": draw(exact(0.0, 0.04)),
            "lookback": draw(st.integers(0, 3)), "months_to_reset": draw(st.integers(0, 30)),
            "reset_frequency": draw(st.sampled_from([1, 6, 12, 7])),
        }  # fmt: skip
        for name, low, high in (
            ("initial_cap", 0.0, 0.06), ("periodic_cap", 0.0, 0.02), ("life_cap", 0.05, 0.15),
            ("life_floor", 0.0, 0.05), ("rate_rounding", 0.001, 0.01),
        ):  # fmt: skip
            if draw(st.booleans()):
                one[name] = draw(exact(low, high))
        if "life_cap" in one and "life_floor" in one:
            one["life_cap"] = max(one["life_cap"], one["life_floor"])
        one["first_reset_age"] = draw(st.sampled_from([0, 24, 60]))
    return one


@st.composite
def curve_of(draw, axis):
    """A curve: name -> [(month or age, value)]."""
    starts = sorted({1, *draw(st.lists(st.integers(2, 60), max_size=3))})
    if axis == "age":
        starts = sorted({0, *(s * 3 for s in starts[1:])})

    def vector(values):
        return [(start, draw(values)) for start in starts]

    one: dict = {"axis": axis, "starts": starts}
    rates = {"cpr": exact(0.0, 0.5), "smm": exact(0.0, 0.05), "psa": st.integers(0, 900).map(float)}
    defaults = {"cdr": exact(0.0, 0.4), "mdr": exact(0.0, 0.04), "sda": st.integers(0, 9000).map(float)}
    edge = st.sampled_from([0.0, 1.0])
    prepay, default = draw(st.sampled_from(list(rates))), draw(st.sampled_from(list(defaults)))
    one[prepay] = vector(rates[prepay] if prepay == "psa" else st.one_of(rates[prepay], rates[prepay], edge))
    one[default] = vector(defaults[default] if default == "sda" else st.one_of(*[defaults[default]] * 4, edge))
    # By age, severity, lag and advance are given once (see the test of severities by age).
    flat = starts[:1] if axis == "age" else starts
    one["severity"] = [(s, draw(st.one_of(exact(0.0, 1.0), st.sampled_from([0.0, 1.0, 1.6])))) for s in flat]
    one["recovery_lag"] = [(s, float(draw(st.sampled_from([0, 0, 1, 3, 12, 18, 60])))) for s in flat]
    one["advance"] = [(s, draw(st.one_of(st.sampled_from([0.0, 1.0, 1.0]), exact(0.0, 1.0)))) for s in flat]
    one["severity_basis"] = draw(st.sampled_from(["all_in", "liquidation_balance"]))
    return one


def as_rows(name: str, curve: dict) -> list[dict]:
    rows = []
    for start in curve["starts"]:
        row: dict = {curve["axis"]: start, "curve": name, "severity_basis": curve["severity_basis"]}
        for column, vector in curve.items():
            if column not in ("axis", "starts", "severity_basis"):
                row[column] = dict(vector).get(start)
        rows.append(row)
    return rows


def compare(pool: list[dict], curves: dict[str, dict], months: int, stop: str = "lag_before_maturity") -> list[str]:
    """What differs, loan by loan (each in a group of its own)."""
    pool = [{"loan_id": f"L{k}", "group": f"g{k:02}", **one} for k, one in enumerate(pool)]
    trust = make_trust(pool, terms=[{"term": "defaults_stop", "value": stop}])
    rows = [row for name, curve in curves.items() for row in as_rows(name, curve)]
    cash = project_collateral(trust, make_curves(*rows), make_indices(LIBOR_6M=INDEX), months)
    worst = []
    for k, one in enumerate(pool):
        plain = project_loan(one, curves[one.get("curve", "default")], INDEX, months, stop)
        near = max(1e-6, 1e-12 * one["balance"])
        for name in FIELDS:
            gap = np.abs(cash[name][k] - np.array(plain[name]))
            if not gap.max() <= near:
                t = int(np.argmax(~(gap <= near)))
                worst.append(f"{name} month {t}: kernel {cash[name][k, t]!r}, plain {plain[name][t]!r}, loan {one}")
    return worst


@pytest.mark.parametrize("axis", ["month", "age"])
@settings(max_examples=150)
@given(data=st.data())
def test_loans_agree_to_a_millionth_of_a_dollar(axis, data):
    pool = data.draw(st.lists(loans(), min_size=1, max_size=3))
    curves = {"default": data.draw(curve_of(axis)), "other": data.draw(curve_of(axis))}
    for one in pool:
        one["curve"] = data.draw(st.sampled_from(["default", "default", "other"]))
    months = data.draw(st.sampled_from([1, 24, 100, 160]))
    stop = data.draw(st.sampled_from(["lag_before_maturity", "lag_before_maturity", "at_maturity"]))
    assert compare(pool, curves, months, stop) == []


def test_severity_of_a_curve_by_age_is_that_of_the_age():
    curve = {
        "axis": "age", "starts": [0, 50], "cpr": [(0, 0.0), (50, 0.0)], "mdr": [(0, 0.01), (50, 0.01)],
        "severity": [(0, 0.1), (50, 0.5)], "recovery_lag": [(0, 0.0), (50, 0.0)], "advance": [(0, 1.0), (50, 1.0)],
        "severity_basis": "all_in",
    }  # fmt: skip
    pool = [{"balance": 100000.0, "rate": 0.06, "remaining_term": 60, "age": 48}]
    assert compare(pool, {"default": curve}, 60) == []
