"""The values of the examples, worked out again with plain numpy from the cash that cells show."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tests.excel.helpers import one
from xlfv.excel import call, example_deal, handles

AS_OF = dt.date(2009, 12, 31)
PARTS = ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")
YIELDS = {str(row[0]): float(row[1]) for row in example_deal.YIELDS[1:]}


@pytest.fixture
def trust() -> str:
    return str(one(call("XLFV_TRUST", "SAMPLE-1", AS_OF, *[example_deal.DEAL[part] for part in PARTS])))


@pytest.fixture
def projection(trust: str) -> str:
    return str(one(call("XLFV_PROJECT", trust, example_deal.CURVES, example_deal.INDICES)))


def columns(grid: list[list[Any]]) -> dict[str, np.ndarray]:
    return {str(name): np.array([row[k] for row in grid[1:]]) for k, name in enumerate(grid[0])}


def years(serials: np.ndarray) -> np.ndarray:
    """30/360 years from 31 December 2009, which counts as the 30th."""
    days = [dt.date(1899, 12, 30) + dt.timedelta(days=int(serial)) for serial in serials]
    return np.array([((d.year - 2009) * 360 + (d.month - 12) * 30 + min(d.day, 30) - 30) / 360 for d in days])


def present(cash: np.ndarray, time: np.ndarray, rate: float) -> float:
    return float(np.sum(cash / (1 + rate / 12) ** (12 * time)))


def test_tranches_are_worth_their_cash_discounted_from_the_25th_of_each_month(projection: str) -> None:
    flows = columns(call("XLFV_TRANCHE_CASHFLOW", projection, "A"))
    time = years(flows["date"])
    assert time[0] == pytest.approx(25 / 360)
    value = present(flows["cash"], time, 0.08)
    assert one(call("XLFV_TRANCHE_PV", projection, "A", 0.08)) == pytest.approx(value, abs=1e-6)
    # Clean: without six days' interest from 25 to 31 December, act/360, at the index of today plus the margin.
    accrued = 945_000 * (float(example_deal.INDICES[1][1]) + 0.0027) * 6 / 360
    clean = 100 * (value - accrued) / 945_000
    assert one(call("XLFV_TRANCHE_PRICE", projection, "A", 0.08)) == pytest.approx(clean, abs=1e-9)
    rate = one(call("XLFV_TRANCHE_YIELD", projection, "A", 95))
    assert present(flows["cash"], time, rate) == pytest.approx(0.95 * 945_000 + accrued, abs=1e-4)
    life = float(np.dot(flows["principal_paid"], time) / flows["principal_paid"].sum())
    assert one(call("XLFV_TRANCHE_WAL", projection, "A")) == pytest.approx(life, abs=1e-12)
    up, down = (present(flows["cash"], time, 0.08 + step) for step in (1e-5, -1e-5))
    assert one(call("XLFV_TRANCHE_DURATION", projection, "A", 0.08)) == pytest.approx(
        (down - up) / 2e-5 / value, abs=1e-7
    )


def test_the_deal_shows_a_loss_a_capped_coupon_and_residual_cash(projection: str) -> None:
    lost = {t: columns(call("XLFV_TRANCHE_CASHFLOW", projection, t))["writedown"].sum() for t in "AMB"}
    assert lost["A"] == lost["M"] == 0.0
    assert one(call("XLFV_TRANCHE_LOSS", projection, "B")) == pytest.approx(lost["B"], abs=1e-6)
    assert lost["B"] > 50_000
    b = columns(call("XLFV_TRANCHE_CASHFLOW", projection, "B"))
    assert b["basis_risk_carryforward"].max() > 0
    residual = columns(call("XLFV_RESIDUAL_CASHFLOW", projection))
    value = present(residual["cash"], years(residual["date"]), 0.25)
    assert one(call("XLFV_RESIDUAL_VALUE", projection, 0.25)) == pytest.approx(value, abs=1e-6)


def test_the_swap_and_the_property_by_hand(trust: str, projection: str) -> None:
    # (84,000 less 8% to sell) less 3,500 of advances
    assert one(call("XLFV_REO_VALUE", trust)) == pytest.approx(84_000 * 0.92 - 3_500, abs=1e-9)
    rows = example_deal.INDICES[1:]
    at = [int(row[0]) for row in rows]
    forward = np.array([rows[int(np.searchsorted(at, m, "right")) - 1][1] for m in range(24)])  # set a month before
    curve = np.array([rows[int(np.searchsorted(at, m, "right")) - 1][3] for m in range(at[-1] + 1)])
    flows = columns(call("XLFV_RESIDUAL_CASHFLOW", projection))
    time = years(flows["date"])[:24]
    zero = np.interp(time * 12, np.arange(curve.size), curve)
    value = np.sum(200_000 * (forward - 0.0435) / 12 / (1 + zero) ** time)
    assert one(call("XLFV_HEDGE_VALUE", projection)) == pytest.approx(float(value), abs=1e-6)


def test_the_blended_yield_makes_the_loans_cash_worth_what_the_others_leave(trust: str, projection: str) -> None:
    cash = columns(call("XLFV_TRUST_CASHFLOW", projection, "loan_cash,costs"))
    time = years(cash["date"])
    claims = sum(one(call("XLFV_TRANCHE_PV", projection, t, YIELDS[t])) for t in "AMB")
    claims += one(call("XLFV_RESIDUAL_VALUE", projection, YIELDS["residual"]))
    claims -= one(call("XLFV_HEDGE_VALUE", projection)) + one(call("XLFV_REO_VALUE", trust))
    rate = one(call("XLFV_COLLATERAL_YIELD", projection, example_deal.YIELDS))
    worth = present(cash["loan_cash"] - cash["costs"], time, rate)
    assert worth == pytest.approx(claims, abs=1e-3)
    assert one(call("XLFV_COLLATERAL_VALUE", projection, example_deal.YIELDS)) == pytest.approx(worth, abs=1e-6)
    balance = call("XLFV_FAIR_VALUE", projection, example_deal.YIELDS)
    assert balance[1][4] == pytest.approx(worth, abs=1e-6)
    assert balance[-1][4] == 0.0


def test_every_month_of_the_deal_pays_out_what_comes_in(projection: str) -> None:
    names = "gross_interest,servicing_fee,principal,costs,hedge_received,hedge_paid,bond_cash,residual_cash"
    cash = columns(call("XLFV_TRUST_CASHFLOW", projection, names))
    into = cash["gross_interest"] + cash["principal"] + cash["hedge_received"]
    out = cash["servicing_fee"] + cash["costs"] + cash["hedge_paid"] + cash["bond_cash"] + cash["residual_cash"]
    assert np.abs(into - out).max() < 0.005


def test_trusts_and_projections_are_found_on_disk_in_a_fresh_memory(trust: str, projection: str, tmp_path: Any) -> None:
    value = one(call("XLFV_TRANCHE_PV", projection, "A", 0.08))
    handles.configure(tmp_path)
    again = str(one(call("XLFV_TRUST", "SAMPLE-1", AS_OF, *[example_deal.DEAL[part] for part in PARTS])))
    assert again == trust
    assert one(call("XLFV_PROJECT", again, example_deal.CURVES, example_deal.INDICES)) == projection
    handles.forget_memory()
    assert one(call("XLFV_TRANCHE_PV", projection, "A", 0.08)) == value
    assert one(call("XLFV_REO_VALUE", trust)) == 73_780.0
