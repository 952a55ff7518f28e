"""Sensitivities against separate projections and valuations of changed inputs."""

from __future__ import annotations

import copy
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.valuation.deals import grid_table, small_deal, yields_of
from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, read_indices
from xlfv.projection.projection import project
from xlfv.reporting import sensitivity as s
from xlfv.reporting.shocks import Shock, standard_shocks
from xlfv.tables import ErrorCell, Refused
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.scenarios import Scenario
from xlfv.valuation.yields import read_yields

CURVES, INDICES, YIELDS = DEAL["curves"], DEAL["indices"], DEAL["yields"]
PARTS = [DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")]
# Mild enough that the small deal's residual is paid.
PLAIN_CURVES = [["month", "cpr", "cdr", "severity", "recovery_lag"], [1, "6 ramp 24 to 12", 0.004, 0.3, 9]]
RATES = {"A": 0.08, "M": 0.12, "B": 0.2, "residual": 0.25}
ITEMS = ("collateral", "reo", "derivatives", "other", "borrowings", "residual")


@pytest.fixture(scope="module")
def trust():
    return call("XLFV_TRUST", "SAMPLE-1", 40178.0, *PARTS)[0][0]


def balance(projection, yields) -> dict[str, float]:
    """The six values out of XLFV_FAIR_VALUE, by the words of its rows."""
    rows = call("XLFV_FAIR_VALUE", projection, yields)
    assert rows[0][0] == "side", rows
    worth = {row[1]: row[4] for row in rows[1:]}
    borrowings = sum(row[4] for row in rows if row[0] == "liability" and row[2] is not None)
    return {
        "collateral": worth["Securitized mortgage collateral"],
        "reo": worth["Real estate owned, at net realizable value"],
        "derivatives": worth["Derivative assets"] - worth["Derivative liabilities"],
        "other": worth["Other trust assets"] - worth["Other trust liabilities"],
        "borrowings": borrowings,
        "residual": worth["Residual interest"],
    }


def moved(grid, columns, by):
    """A table with some columns (all but the first for None) moved by an amount."""
    out = copy.deepcopy(grid)
    for row in out[1:]:
        for k, name in enumerate(grid[0]):
            if (name in columns if columns else k > 0) and row[k] is not None:
                row[k] += by
    return out


def shifted(yields, every, residual):
    out = moved(yields, ("yield",), every)
    out[-1][1] += residual
    assert out[-1][0] == "residual"
    return out


SEPARATELY = [
    # the grid's row; the change of curves in words; the shifts of indices, of every yield, of the residual's besides
    (["x", None, None, None, None, None, None, None], "* 1", 0.0, 0.0, 0.0),
    (["x", 1.25, None, None, None, None, None, None], "cpr * 1.25", 0.0, 0.0, 0.0),
    (["x", None, 0.75, "+ 500", None, None, None, None], "cdr * 0.75 then severity + 500", 0.0, 0.0, 0.0),
    (["x", None, None, None, "recovery_lag + 3", 100, None, None], "recovery_lag + 3", 0.01, 0.0, 0.0),
    (["x", None, None, None, None, None, -150, None], "* 1", 0.0, -0.015, 0.0),
    (["x", None, None, None, None, None, None, 500], "* 1", 0.0, 0.0, 0.05),
    (["x", 0.9, 1.1, None, None, -50, 75, -250], "cpr * 0.9 then cdr * 1.1", -0.005, 0.0075, -0.025),
]
HEADER = [
    "scenario", "prepay", "default", "severity", "change", "index_shift", "yield_shift", "residual_yield_shift",
]  # fmt: skip


def test_every_row_is_a_projection_and_a_valuation_of_its_own(trust):
    grid = [HEADER, *[[f"s{k}", *row[1:]] for k, (row, *_) in enumerate(SEPARATELY)]]
    found = call("XLFV_SENSITIVITY", trust, CURVES, YIELDS, grid, INDICES)
    header = found[0]
    base = dict(zip(header, found[1], strict=True))
    for (_, change, index, every, residual), row in zip(SEPARATELY, found[1:], strict=True):
        got = dict(zip(header, row, strict=True))
        curves = call("XLFV_CURVES_CHANGE", CURVES, change)
        projection = call("XLFV_PROJECT", trust, curves, moved(INDICES, None, index))
        expected = balance(projection, shifted(YIELDS, every, residual))
        for item in ITEMS:
            assert got[item] == pytest.approx(expected[item], abs=1e-6), (change, item)
            assert got[f"{item}_change"] == got[item] - base[item]
            if base[item]:
                assert got[f"{item}_percent"] == pytest.approx(got[f"{item}_change"] / abs(base[item]))
            else:
                assert got[f"{item}_percent"] is None
    assert len({row[header.index("residual")] for row in found[1:]}) == len(SEPARATELY)  # each does something


shocks = st.builds(
    lambda change, shift, every, residual: Shock(Scenario("x", change, shift, ""), every, residual),
    st.sampled_from(["", "prepay * 0.5", "default * 1.7", "severity + 800", "default * 0.4 then severity - 1200"]),
    st.sampled_from([0.0, 0.01, -0.004]),
    st.floats(-0.04, 0.2),
    st.floats(-0.15, 0.3),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(shocks, min_size=1, max_size=5))
def test_assets_are_liabilities_and_residual_under_every_shock(drawn):
    deal = small_deal(curves=PLAIN_CURVES, indices=[["month", "LIBOR_1M"], [0, 0.01]])
    yields = read_yields(yields_of(**RATES), deal.trust)
    curves = grid_table("curves", PLAIN_CURVES)
    found = s.run_shocks(deal.trust, curves, yields, drawn, deal.indices)
    for value in found.values:
        if isinstance(value, Refused):
            continue
        amounts = s.amounts_of(value)
        assets = amounts["collateral"] + amounts["reo"] + amounts["derivatives"] + amounts["other"]
        assert assets == pytest.approx(amounts["borrowings"] + amounts["residual"], abs=0.01)


def test_a_higher_yield_never_raises_a_value_of_the_same_cash():
    deal = small_deal(curves=PLAIN_CURVES)
    yields = read_yields(yields_of(**RATES), deal.trust)
    ladder = [Shock(Scenario(str(k), "", 0.0, ""), k / 1000.0) for k in range(-20, 60, 8)]
    found = s.run_shocks(deal.trust, grid_table("curves", PLAIN_CURVES), yields, ladder)
    worth = [s.amounts_of(value) for value in found.values]
    for item in ("borrowings", "residual", "collateral"):
        row = [amounts[item] for amounts in worth]
        assert row == sorted(row, reverse=True)
        assert len(set(row)) == len(row)


def test_the_standard_grid_holds_each_input_both_ways_and_its_base_first():
    found = call(
        "XLFV_SENSITIVITY", call("XLFV_TRUST", "SAMPLE-1", 40178.0, *PARTS)[0][0], CURVES, YIELDS, None, INDICES
    )
    names = [row[0] for row in found[1:]]
    assert names[0] == "as given"
    for wanted in ("prepayment", "default", "severity", "index", "yields", "residual yield"):
        signs = {name[len(wanted) + 1] for name in names if name.startswith(f"{wanted} ") and "&" not in name}
        assert signs == {"-", "+"}, wanted
    sizes = {"prepayment": 4, "default": 4, "severity": 2, "index": 2, "yields": 2, "residual yield": 2}
    alone = [name for name in names[1:] if "&" not in name]
    assert len(alone) == sum(sizes.values())
    for name in names[1:]:
        parts = name.split(" & ")
        assert all(part in alone for part in parts)


def test_the_standard_grid_leaves_out_what_the_trust_has_no_input_for():
    bare = read_curves(grid_table("curves", [["month", "cpr"], [1, 0.1]]))
    assert bare.sets
    from xlfv.market.curve_changes import Changeable

    shocks = standard_shocks(Changeable(grid_table("curves", [["month", "cpr"], [1, 0.1]])), NO_INDICES)
    names = " ".join(shock.name for shock in shocks)
    assert "prepayment" in names
    assert "yields" in names
    assert not any(word in names for word in ("default", "severity", "index"))
    deep = read_indices(grid_table("indices", [["month", "LIBOR_1M"], [0, -0.045]]))
    names = " ".join(shock.name for shock in standard_shocks(None, deep))
    assert "index +100 bp" in names  # from -4.5% down by 1% would leave the bounds of an index
    assert "index -100 bp" not in names


def test_two_ways_at_once_are_the_rows_of_a_grid(trust):
    down = [["yield_shift", "index_shift"], [-100, 25], [0, None], [200, None]]
    across = [["default", "index_shift"], [0.5, None], [1.5, 50]]
    rows = [
        [f"{d}{a}", down[d][0] or 0, (down[d][1] or 0) + (across[a][1] or 0), across[a][0]]
        for d in (1, 2, 3)
        for a in (1, 2)
    ]
    grid = [["scenario", "yield_shift", "index_shift", "default"], *rows]
    single = call("XLFV_SENSITIVITY", trust, CURVES, YIELDS, grid, INDICES)
    for item in ("residual", "Borrowings", "collateral"):
        both = call("XLFV_SENSITIVITY_GRID", trust, CURVES, YIELDS, down, across, item, INDICES)
        assert both[0][0] == item.lower()
        at = single[0].index(item.lower())
        assert [cell for row in both[1:] for cell in row[1:]] == [row[at] for row in single[1:]]
    tranche = call("XLFV_SENSITIVITY_GRID", trust, CURVES, YIELDS, [["yield_shift"], [300]], across, "m", INDICES)
    curves = call("XLFV_CURVES_CHANGE", CURVES, "cdr * 1.5")
    projection = call("XLFV_PROJECT", trust, curves, moved(INDICES, None, 0.005))
    assert tranche[0][0] == "M"
    assert tranche[1][2] == pytest.approx(call("XLFV_TRANCHE_PV", projection, "M", 0.18 + 0.03)[0][0], abs=1e-6)


def test_the_first_page_rows_are_the_residual_of_the_standard_grid(trust):
    projection = call("XLFV_PROJECT", trust, CURVES, INDICES)[0][0]
    rows = call("XLFV_RESIDUAL_SENSITIVITY", projection, YIELDS)
    whole = call("XLFV_SENSITIVITY", trust, CURVES, YIELDS, None, INDICES)
    residual = {row[0]: row[whole[0].index("residual")] for row in whole[1:]}
    base = balance(projection, YIELDS)["residual"]
    assert [row[0] for row in rows[1:]] == [
        "prepayment -/+10%", "default -/+10%", "severity -/+10 points", "index -/+100 bp", "all yields -/+100 bp",
        "residual yield -/+500 bp",
    ]  # fmt: skip
    for name, given_base, down, up, *changes in rows[1:]:
        stem, size = name.removeprefix("all ").split(" -/+")
        assert given_base == base
        assert (down, up) == (residual[f"{stem} -{size}"], residual[f"{stem} +{size}"])
        assert changes == [down - base, up - base, (down - base) / base, (up - base) / base]


def test_the_base_of_a_cut_projection_is_its_own_value():
    deal = small_deal(curves=PLAIN_CURVES, months=60)
    yields = read_yields(yields_of(**RATES), deal.trust)
    swings = s.residual_sensitivity(deal, yields)
    assert {swing.base for swing in swings} == {fair_value(deal, yields).total("residual")}
    whole = small_deal(curves=PLAIN_CURVES)
    assert fair_value(whole, yields).total("residual") != swings[0].base
    up = project(
        deal.trust, read_curves(grid_table("curves", [PLAIN_CURVES[0], [1, "6 ramp 24 to 12 * 1.1", *PLAIN_CURVES[1][2:]]])),
        NO_INDICES, 60,
    )  # fmt: skip
    prepayment = next(swing for swing in swings if swing.shock.startswith("prepayment"))
    assert prepayment.up == pytest.approx(fair_value(up, yields).total("residual"), abs=1e-6)


def test_given_cash_is_shocked_in_its_yields_only():
    reserve = [DEAL[f"reserve_{name}"] for name in ("bonds", "waterfall", "accounts")]
    trust = call("XLFV_TRUST", "R", 40178.0, None, *reserve[:2], *[None] * 6, reserve[2])
    projection = call("XLFV_DISTRIBUTE", trust, DEAL["reserve_cash"])
    yields = [["item", "yield"], ["A", 0.07], ["residual", 0.2]]
    rows = call("XLFV_RESIDUAL_SENSITIVITY", projection, yields)
    assert [row[0] for row in rows[1:]] == ["all yields -/+100 bp", "residual yield -/+500 bp"]
    assert rows[2][2] == call("XLFV_RESIDUAL_VALUE", projection, 0.15)[0][0]
    assert rows[2][3] == call("XLFV_RESIDUAL_VALUE", projection, 0.25)[0][0]


def test_a_shock_without_a_value_has_its_reason_in_its_row_and_spoils_no_other(trust):
    yields = copy.deepcopy(YIELDS)
    yields[3][1], yields[3][4] = -0.4, "annual"
    grid = [["yield_shift"], [0], [-9000], [100]]
    rows = call("XLFV_SENSITIVITY", trust, CURVES, yields, grid, INDICES)
    assert all(isinstance(cell, float) for cell in rows[1][1:9])
    assert all(cell == "#NUM!" and "-1.3 loses everything" in cell.reason for cell in rows[2][1:])
    assert isinstance(rows[2][1], ErrorCell)
    assert all(math.isfinite(cell) for cell in rows[3][1:9])
    base = call("XLFV_SENSITIVITY", trust, CURVES, yields, [["yield_shift"], [-9000], [0]], INDICES)
    assert base[0][0] == "#NUM!"


def test_faults_of_all_tables_are_told_together(trust):
    grid = [["prepay", "yield_shift", "residual_yield_shift", "defualt"], [50, 0.01, "x", 1], [1, 20000, None, 1]]
    why = call("XLFV_SENSITIVITY", trust, CURVES, YIELDS[:3], grid, INDICES)[0][0].reason
    for words in (
        "prepay is 50", "yield_shift is 0.01", "yield_shift is 20000", "residual_yield_shift", "did you mean default?",
        "B of SAMPLE-1 has no yield", "residual of SAMPLE-1 has no yield",
    ):  # fmt: skip
        assert words in why, words
    empty = call("XLFV_SENSITIVITY", trust, CURVES, YIELDS, [["prepay", "yield_shift"]], INDICES)[0][0]
    assert "no rows" in empty.reason
    nothing = call(
        "XLFV_SENSITIVITY", trust, CURVES, YIELDS, [["default", "change"], [1, None], [1, "mdr * 2"]], INDICES
    )[0][0]
    assert "grid row 3" in nothing.reason
    wide = [["yield_shift"], *[[k + 1] for k in range(50)]]
    assert "2,500 pairs" in call("XLFV_SENSITIVITY_GRID", trust, CURVES, YIELDS, wide, wide, None, INDICES)[0][0].reason
