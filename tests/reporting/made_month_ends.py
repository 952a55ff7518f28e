"""Month-ends of a small made trust: two loans, three classes, a swap, REO and a reserve account, for tests of attributions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.builders import make_curves, make_indices, make_trust
from xlfv.projection.projection import project
from xlfv.reporting.reprojection import MonthEnd
from xlfv.valuation.yields import Chosen

TERM = 60
STEPS = [
    {"step": "fee", "from": "interest", "pay": "trustee"},
    {"step": "swap", "from": "interest", "pay": "hedge", "to": "S"},
    {"step": "i", "from": "interest", "pay": "interest", "to": "A, M"},
    {"step": "p", "from": "principal", "pay": "principal", "to": "A, M"},
    {"step": "oc", "from": "excess", "pay": "oc", "to": "A, M"},
    {"step": "loss", "from": "excess", "pay": "writedown", "to": "M"},
    {"step": "r", "from": "excess", "pay": "residual"},
]
Row = dict[str, Any]


def month_end(
    date: dt.date, curves: list[Row], libor: list[float], yields: dict[str, float], share: float = 1.0, passed: int = 0,
    hedged: bool = True, **tables: Any,
) -> MonthEnd:  # fmt: skip
    """A month-end of the trust.

    Args:
        share: what is left of every balance.
        passed: months since the first.
    """
    loans = [
        {"loan_id": "1", "balance": 900_000.0 * share, "rate": 0.075, "remaining_term": TERM - passed, "age": 30 + passed,
         "servicing_fee": 0.0025},
        {"loan_id": "2", "balance": 600_000.0 * share, "rate": 0.06, "remaining_term": TERM - 5 - passed, "age": 12 + passed,
         "rate_type": "arm", "index": "LIBOR_6M", "margin": 0.03, "months_to_reset": 4, "reset_frequency": 6, "life_cap": 0.12},
    ]  # fmt: skip
    bonds = [
        {
            "tranche": "A",
            "balance": 1_200_000.0 * share,
            "coupon_type": "floating",
            "index": "LIBOR_1M",
            "margin": 0.005,
        },
        {"tranche": "M", "balance": 260_000.0 * share, "coupon": 0.06, "kind": "mezzanine"},
    ]
    parts: dict[str, Any] = {
        "costs": [{"cost": "trustee", "basis": "pool_balance", "rate": 0.0004}],
        "terms": [{"term": "oc_target", "value": 50_000.0}, {"term": "cash_in_transit", "value": 1_000.0 * (1 + passed)}],
        "reo": [{"loan_id": "R", "balance": 50_000.0, "value": 40_000.0, "selling_cost": 0.07, "months_to_sale": 4}],
    }  # fmt: skip
    swap = {"hedge": "S", "type": "swap", "notional": 500_000.0, "pay_rate": 0.03, "receive_index": "LIBOR_1M",
            "end": 30 - passed}  # fmt: skip
    parts["hedges"] = [swap] if hedged else None
    steps = STEPS if hedged else [step for step in STEPS if step["step"] != "swap"]
    trust = make_trust(loans, bonds, steps, as_of=date, **(parts | tables))
    indices = make_indices(LIBOR_1M=libor, LIBOR_6M=[x + 0.002 for x in libor], discount=[0.01 + x / 2 for x in libor])
    chosen = {name: Chosen(rate, "monthly", np.nan, np.nan, "") for name, rate in yields.items()}
    return MonthEnd(project(trust, make_curves(*curves), indices), chosen)


def few(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of four digits."""
    return st.integers(round(low * 1e4), round(high * 1e4)).map(lambda n: n / 1e4)


@st.composite
def curve_rows(draw: Any, prepay: str = "cpr", default: str = "cdr") -> list[Row]:
    """A curve of one to four rows."""
    high = {"psa": 400.0, "cpr": 0.4, "smm": 0.03}[prepay], {"cdr": 0.3, "mdr": 0.02, "sda": 400.0}[default]
    months = sorted({1, *draw(st.lists(st.integers(2, 30), max_size=3))})
    lag = draw(st.integers(0, 8))
    return [
        {"month": m, prepay: draw(few(0.0, high[0])), default: draw(few(0.0, high[1])), "severity": draw(few(0.1, 0.9)),
         "recovery_lag": lag}
        for m in months
    ]  # fmt: skip


yield_tables = st.fixed_dictionaries({"A": few(0.02, 0.12), "M": few(0.05, 0.3), "residual": few(0.08, 0.5)})
libors = st.lists(few(0.001, 0.06), min_size=2, max_size=40)
OPENED = dt.date(2009, 12, 31)


@st.composite
def pairs(draw: Any, prepays: tuple[str, ...] = ("cpr", "psa", "smm")) -> tuple[MonthEnd, MonthEnd]:
    """The trust at two month-ends, everything between them changed."""
    passed = draw(st.sampled_from([1, 1, 3, 12]))
    kinds = draw(st.sampled_from(prepays)), draw(st.sampled_from(prepays))
    first = month_end(
        OPENED, draw(curve_rows(kinds[0])), draw(libors), draw(yield_tables), hedged=(h := draw(st.booleans()))
    )
    later = {1: dt.date(2010, 1, 31), 3: dt.date(2010, 3, 31), 12: dt.date(2010, 12, 31)}[passed]
    share = draw(few(0.6, 1.0))
    last = month_end(later, draw(curve_rows(kinds[1])), draw(libors), draw(yield_tables), share, passed, h)
    return first, last
