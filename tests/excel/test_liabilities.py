"""Debt, derivatives and real estate owned in cells: what one cell shows is what another adds up to."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.excel.golden_parts import AS_OF, PARTS
from tests.excel.goldens.months import AFTER, AFTERWARDS
from xlfv.excel import call, handles, reference
from xlfv.excel.example_deal import DEAL
from xlfv.valuation.debt_terms import DEBT
from xlfv.valuation.reo import SALES

GRIDS = (DEAL["debt"], AS_OF, DEAL["debt_indices"])


@pytest.fixture(autouse=True)
def no_store() -> None:
    handles.configure(None)


def columns(grid: list[list[Any]]) -> dict[str, list[Any]]:
    return {str(name): [row[k] for row in grid[1:]] for k, name in enumerate(grid[0])}


def test_debt_adds_up_and_a_single_instrument_is_its_row() -> None:
    grid = columns(call("XLFV_DEBT_VALUE", *GRIDS))
    assert grid["instrument"] == ["notes 2034", "trust preferred 2035", "total"]
    for name in ("unpaid_balance", "fair_value", "accrued_interest", "value_without_own_credit", "own_credit_effect"):
        assert grid[name][2] == pytest.approx(math.fsum(grid[name][:2]))
    for row in range(2):
        assert grid["own_credit_effect"][row] == grid["fair_value"][row] - grid["value_without_own_credit"][row]
        assert grid["discount_yield"][row] == grid["base_yield"][row] + grid["own_credit_spread"][row]
        assert call("XLFV_DEBT_VALUE", *GRIDS, grid["instrument"][row]) == [[grid["fair_value"][row]]]
        cash = columns(call("XLFV_DEBT_CASHFLOW", *GRIDS, grid["instrument"][row]))
        assert math.fsum(cash["present_value"]) == pytest.approx(grid["fair_value"][row])
        assert math.fsum(cash["principal"]) == grid["unpaid_balance"][row]
        assert cash["deferred_after"][-1] == 0.0


def test_the_movement_joins_what_the_two_dates_show() -> None:
    before = call("XLFV_TRUST", "SAMPLE-1", AS_OF, *PARTS)[0][0]
    after = call("XLFV_TRUST", "SAMPLE-1", AFTER, *AFTERWARDS)[0][0]
    total = {k: v[-1] for k, v in columns(call("XLFV_REO_MOVEMENT", before, after, DEAL["sales"])).items()}
    assert total["opening_nrv"] == call("XLFV_REO_VALUE", before)[0][0]
    assert total["closing_nrv"] == call("XLFV_REO_VALUE", after)[0][0]
    assert total["not_explained"] == 0.0
    untold = columns(call("XLFV_REO_MOVEMENT", before, after))
    assert untold["not_explained"][-1] == -73780.0
    assert "no sale is given" in untold["note"][0]


def test_derivatives_by_name_add_up_to_their_value() -> None:
    hedges = [[*DEAL["hedges"][0], "own_spread"], [*DEAL["hedges"][1], 0.05]]
    trust = call("XLFV_TRUST", "SAMPLE-1", AS_OF, *PARTS[:6], hedges, *PARTS[7:])[0][0]
    projection = call("XLFV_PROJECT", trust, DEAL["curves"], DEAL["indices"])[0][0]
    grid = columns(call("XLFV_HEDGE_VALUES", projection))
    assert grid["value"] == [call("XLFV_HEDGE_VALUE", projection)[0][0]]
    assert grid["value_before"][0] == pytest.approx(-14847.90, abs=0.005)
    assert grid["credit_adjustment"][0] == grid["value"][0] - grid["value_before"][0] > 400.0
    value = {row[1]: row[4] for row in call("XLFV_FAIR_VALUE", projection, DEAL["yields"])}
    assert value["Derivative liabilities"] == -grid["value"][0]


def test_the_page_documents_every_column() -> None:
    page = reference.markdown()
    for schema in (DEBT, SALES):
        section = page.partition(f"\n### {schema.name}\n")[2].partition("\n### ")[0]
        assert all(f"| `{column.name}` |" in section for column in schema.columns)
