"""The collateral's yield and the values that rest on it, in cells."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.excel.helpers import fails, one
from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.tables import ErrorCell
from xlfv.valuation import collateral as c

AS_OF = dt.date(2009, 12, 31)
YIELDS = DEAL["yields"]


def projection(*terms: list[Any]) -> str:
    """The example's projection, with terms added."""
    parts = {
        name: DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")
    }
    parts["terms"] = [*parts["terms"], *terms]
    trust = one(call("XLFV_TRUST", "SAMPLE-1", AS_OF, *parts.values()))
    return str(one(call("XLFV_PROJECT", trust, DEAL["curves"], DEAL["indices"])))


def rows(grid: list[list[Any]], column: int = 1) -> dict[str, list[Any]]:
    return {str(row[column]): row for row in grid[1:]}


def test_the_parts_of_c_sum_to_it_and_the_collateral_s_functions_agree() -> None:
    made = projection()
    grid = call("XLFV_BLENDED_YIELD", made, YIELDS)
    found = rows(grid)
    total = found["What bonds, residual and the rest leave the loans to be worth"][2]
    kinds = ("tranche", "residual", "derivative", "real estate owned", "other asset", "other liability")
    assert sum(row[2] for row in grid[1:] if row[0] in kinds) == pytest.approx(total, abs=1e-6)
    assert one(call("XLFV_COLLATERAL_YIELD", made, YIELDS)) == found["Blended yield"][3]
    assert (
        one(call("XLFV_COLLATERAL_VALUE", made, YIELDS)) == found["Blended yield"][2] == pytest.approx(total, abs=0.01)
    )


def test_measured_independently_the_difference_stands_in_its_own_row() -> None:
    made = projection(["measurement", "blended; independent from 2009-12-31"])
    assert "collateral has no yield" in fails("XLFV_FAIR_VALUE", made, YIELDS)
    own = [*YIELDS, ["collateral", 0.1, None, None, None, "our own"]]
    grid = call("XLFV_FAIR_VALUE", made, own)
    found = rows(grid)
    gap = found["Assets less liabilities and residual, measured independently"]
    sides = found["Total trust assets"][4] - found["Total trust liabilities"][4] - found["Residual interest"][4]
    assert gap[0] == "difference"
    assert gap[4] == pytest.approx(sides, abs=0.01)
    assert gap[4] > 10_000
    assert grid[-1][4] == 0.0
    assert any(row[0] == "measurement" and row[1].startswith("independent") for row in grid)
    assert one(call("XLFV_COLLATERAL_VALUE", made, own)) == found["Securitized mortgage collateral"][4]
    # The blended yield is shown all the same, and what is in force beside it.
    assert call("XLFV_BLENDED_YIELD", made, own)[-1][4].startswith("independent")


def test_contractual_cash_is_told_where_it_is_discounted() -> None:
    promised = [[*YIELDS[0], "cash_basis"], *[[*row, "contractual" if row[0] == "B" else None] for row in YIELDS[1:]]]
    grid = call("XLFV_FAIR_VALUE", projection(), promised)
    assert ["notice", "contractual cash (no defaults from today on) is discounted for B", "", "", "", ""] in [
        ["" if cell is None else cell for cell in row] for row in grid
    ]


def test_a_failing_check_stands_in_its_row_and_the_balance_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = projection()
    assert {row[4] for row in call("XLFV_VALUE_CHECKS", made, YIELDS)[1:]} == {"holds"}
    monkeypatch.setattr(c, "reo_value", lambda trust: 70_000.0)
    found = rows(call("XLFV_VALUE_CHECKS", made, YIELDS), 0)
    assert found["REO value: in C = by the table of REO"][1:] == [70_000.0, 73_780.0, -3_780.0, "fails"]
    told = fails("XLFV_FAIR_VALUE", made, YIELDS)
    assert "the check 'REO value: in C = by the table of REO' fails by -3,780.00 dollars" in told


def test_weighted_values_and_what_is_missing_in_them() -> None:
    trust = one(call("XLFV_TRUST", "SAMPLE-1", AS_OF, *[
        DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")
    ]))  # fmt: skip
    arguments = (trust, DEAL["curves"], YIELDS, DEAL["weighted_grid"], DEAL["indices"])
    grid = call("XLFV_WEIGHTED_VALUE", *arguments)
    for row in grid[1:]:
        assert row[6] == pytest.approx(0.25 * row[3] + 0.5 * row[4] + 0.25 * row[5], abs=1e-6)
        assert row[7] == pytest.approx(row[6] - row[2], abs=1e-6)
    told = fails(
        "XLFV_WEIGHTED_VALUE", trust, DEAL["curves"], YIELDS, [["scenario", "weight"], ["a", 0.5]], DEAL["indices"]
    )
    assert "the weights sum to 0.5, not to 1" in told
    ruin = [
        ["scenario", "weight", "change"],
        ["as given", 0.5, None],
        ["ruin", 0.5, "* 14 for cdr then + 6000 for severity"],
    ]
    huge = [*DEAL["terms"], ["other_assets", 500_000.0]]
    richer = one(call("XLFV_TRUST", "SAMPLE-1", AS_OF, *[
        huge if name == "terms" else DEAL[name]
        for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")
    ]))  # fmt: skip
    first = call("XLFV_WEIGHTED_VALUE", richer, DEAL["curves"], YIELDS, ruin, DEAL["indices"])[1]
    assert isinstance(first[2], float)
    assert [isinstance(cell, ErrorCell) for cell in first[3:]] == [False, True, True, True]
    assert "ruin: no yield makes cash" in first[4].reason


def test_unpaid_principal_takes_the_policy_of_nonaccrual() -> None:
    late = [[*row] for row in DEAL["loans"]]
    late[1][-1] = "d60"
    parts = [
        late if n == "loans" else DEAL[n]
        for n in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")
    ]
    trust = one(call("XLFV_TRUST", "SAMPLE-1", AS_OF, *parts))
    made = one(call("XLFV_PROJECT", trust, DEAL["curves"], DEAL["indices"]))
    usual, strict = (rows(call("XLFV_UNPAID_PRINCIPAL", made, YIELDS, *more), 0) for more in ((), (2,)))
    assert usual["of which in nonaccrual"][1:3] == [1, 160_000.0]
    assert strict["of which in nonaccrual"][1:3] == [2, 480_000.0]
    for row in [*usual.values(), *strict.values()]:
        assert row[4] == pytest.approx(row[3] - row[2], abs=1e-6)


def test_a_yield_outside_its_range_is_told_with_its_reason_beside_every_value_that_uses_it() -> None:
    outside = [row if row[0] != "A" else ["A", 0.12, 0.06, 0.10, "monthly", "forced sales only"] for row in YIELDS]
    told = "the yield of A (12.0000%) lies outside its range 6.0000% to 10.0000%: forced sales only"
    made = projection()
    assert ["notice", told, None, None, None, None] in call("XLFV_FAIR_VALUE", made, outside)
    assert ["notice", "Chosen yields", None, None, told] in call("XLFV_BLENDED_YIELD", made, outside)
    for name in ("XLFV_FAIR_VALUE", "XLFV_BLENDED_YIELD"):
        assert all(row[0] != "notice" for row in call(name, made, YIELDS))
