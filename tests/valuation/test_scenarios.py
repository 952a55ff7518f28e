"""Grids of scenarios against single runs, and break-evens against arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import loan, make_indices, make_trust, table
from tests.valuation.deals import CURVES, INDICES, WATERFALL, grid_table, small_deal
from xlfv.market.curve_changes import change_curves
from xlfv.market.curves import read_curves
from xlfv.market.indices import read_indices
from xlfv.projection.projection import project
from xlfv.tables import Refused
from xlfv.valuation import scenarios as s
from xlfv.valuation import tranches as t

PLAIN = grid_table("curves", CURVES)
MEASURES = [
    ["item", "measure", "at", "basis"],
    ["A", "price", 0.08, None],
    ["a", "wal", None, None],
    ["B", "loss", None, None],
    ["collateral", "losses", None, None],
    ["collateral", "loss_rate", None, None],
    ["residual", "cash", None, None],
]


def run(grid, measures=MEASURES, trust=None, **more):
    deal = trust or small_deal().trust
    return s.run_scenarios(deal, PLAIN, grid_table("grid", grid), grid_table("measures", measures), **more)


def test_a_grid_is_its_single_runs():
    grid = [
        ["scenario", "change", "prepay", "severity"],
        ["base", None, None, None],
        [None, "* 1.5 for cdr then recovery_lag + 3", None, None],
        ["mixed", None, 0.5, "+ 1000"],
        ["zero", None, 0, 0],
    ]
    trust = small_deal().trust
    found = run(grid)
    words = [
        "* 1",
        "* 1.5 for cdr then recovery_lag + 3",
        "prepay * 0.5 then severity + 1000",
        "prepay * 0; severity * 0",
    ]
    for values, change in zip(found.values, words, strict=True):
        one = project(trust, read_curves(change_curves(PLAIN, change)))
        lost = float(one.collateral.all_losses.sum())
        expected = [t.tranche_price(one, "A", 0.08), t.tranche_life(one, "A"), t.tranche_loss(one, "B"), lost, lost / 10e6,
                    float(one.distributions.residual.sum())]  # fmt: skip
        assert list(values) == expected  # to the last bit
    assert [scenario.name for scenario in found.scenarios][:2] == ["base", words[1]]
    assert [measure.title for measure in found.measures][:2] == ["A price at 0.08", "A wal"]


def test_every_measure_of_every_item_is_a_number():
    rows = [["item", "measure", "at", "basis"]]
    for item, known in (
        ("M", s_measures("M")),
        ("residual", s_measures("residual")),
        ("collateral", s_measures("collateral")),
    ):
        rows += [[item, name, {"yield": 0.1, "price": 90.0, "": None}[at], None] for name, at in known]
    found = run([["change"], ["* 1"]], rows, indices=read_indices(grid_table("indices", INDICES)))
    assert len(found.values[0]) == 15 + 2 + 7
    assert all(np.isfinite(value) for value in found.values[0])
    by_name = {measure.title: value for measure, value in zip(found.measures, found.values[0], strict=True)}
    assert by_name["M interest"] + by_name["M principal"] == pytest.approx(by_name["M cash"])
    assert by_name["M writedown"] == by_name["M loss"]
    assert by_name["collateral principal"] + by_name["collateral interest"] == pytest.approx(by_name["collateral cash"])


def s_measures(item):
    from xlfv.valuation.measures import known

    return [(name, at) for name, (at, _) in known(item).items()]


def test_a_shift_moves_every_index_and_the_discount_curve_and_no_volatility():
    given = read_indices(
        grid_table(
            "indices", [["month", "LIBOR_1M", "discount", "volatility"], [0, 0.01, 0.02, 0.3], [2, 0.02, 0.03, 0.4]]
        )
    )
    moved = s.shifted_indices(given, 0.005)
    assert moved.rates["LIBOR_1M"].tolist() == pytest.approx([0.015, 0.015, 0.025])
    assert moved.rates["discount"].tolist() == pytest.approx([0.025, 0.025, 0.035])
    assert moved.rates["volatility"].tolist() == given.rates["volatility"].tolist()
    bonds = [["tranche", "balance", "coupon_type", "index"], ["A", 9.5e6, "floating", "LIBOR_1M"]]
    steps = [row if row[0] == "step" else [row[0], row[1], row[2], row[3] and "A"] for row in WATERFALL]
    trust = small_deal(bonds=bonds, waterfall=steps, indices=INDICES).trust
    grid = [["index_shift"], [0], [100], [-50]]
    found = run(
        grid, [["item", "measure"], ["A", "interest"]], trust, indices=read_indices(grid_table("indices", INDICES))
    )
    for (value,), shift in zip(found.values, (0.0, 0.01, -0.005), strict=True):
        rows = [INDICES[0], *[[m, rate + shift, discount + shift] for m, rate, discount in INDICES[1:]]]
        one = project(trust, read_curves(PLAIN), read_indices(grid_table("indices", rows)))
        paid = one.distributions.tranche("A")
        assert value == pytest.approx(float((paid["cash"] - paid["principal_paid"]).sum()), rel=1e-12)
    assert [scenario.name for scenario in found.scenarios] == ["as given", "index +100 bp", "index -50 bp"]


def test_a_measure_that_does_not_exist_is_a_refusal_beside_the_others():
    found = run([["default", "severity"], [1, 1], [20, "+ 8000"]], [["item", "measure"], ["B", "wal"], ["B", "loss"]])
    assert isinstance(found.values[1][0], Refused)
    assert "no average life" in str(found.values[1][0])
    assert found.values[1][1] == pytest.approx(800_000)


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ([["severty"], [1]], "did you mean severity?"), ([["remark"], ["x"]], "is none that can be changed"),
        ([["cdr"], [100]], "give a multiple from 0 to 20"), ([["cdr"], [-1]], "cdr is -1"), ([["cdr"], ["much"]], "much"),
        ([["change"], ["* 2 for crd"]], "did you mean cdr?"), ([["smm"], [2]], "changes nothing"),
        ([["index_shift"], [0.01]], "give basis points"), ([["scenario"]], "no rows"),
        ([["severity"], ["+ 5%"]], "two ways"),
    ],
)  # fmt: skip
def test_a_bad_grid_is_refused_with_its_row(grid, words):
    with pytest.raises(Refused) as refusal:
        run(grid)
    assert words in str(refusal.value)
    assert "grid" in str(refusal.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["Q", "wal", None, None], "SMALL has no 'Q' to measure"), (["A", "wall", None, None], "did you mean wal?"),
        (["residual", "wal", None, None], "residual has no measure wal"), (["A", "wal", 5.0, None], "measured at nothing"),
        (["A", "price", None, None], "has no yield to be measured at"), (["A", "price", 8.0, None], "write it as a decimal: 0.08"),
        (["A", "yield", None, None], "has no price"), (["A", "convexity", 0.1, "dm"], "no discount margin"),
        (["collateral", "dm", 90.0, None], "collateral has no measure dm"), (["A", None, None, None], "measure is blank"),
    ],
)  # fmt: skip
def test_a_bad_measure_is_refused_with_its_row(row, words):
    with pytest.raises(Refused) as refusal:
        run([["change"], ["* 2 for nothing"]], [MEASURES[0], row])
    assert words in str(refusal.value)
    assert "'nothing' is no column" in str(refusal.value)  # the grid's faults are told with them


POOL = [loan(balance=1e6, remaining_term=24, interest_only_months=24)]
CLASSES = [{"tranche": "A", "balance": 900_000.0, "coupon": 0.0}, {"tranche": "B", "balance": 80_000.0, "coupon": 0.0},
           {"tranche": "X", "kind": "io", "balance": 0.0, "coupon": 0.001, "notional_of": "A"}]  # fmt: skip
RULES = [
    {"step": 1, "from": "principal", "pay": "principal", "to": "A, B"},
    {"step": 2, "from": "principal", "pay": "writedown", "to": "B, A"},
    {"step": 3, "from": "interest", "pay": "interest", "to": "X"},
    {"step": 4, "from": "interest", "pay": "residual"},
]
SIMPLE = table("curves", [{"month": 1, "smm": 0.01, "mdr": 0.01, "severity": 0.4}])


def test_the_first_dollar_of_a_loss_by_arithmetic():
    """B stands on 20,000 of overcollateralization, which no excess interest adds to: it loses a dollar at losses of 20,001."""
    trust = make_trust(POOL, CLASSES, RULES)
    defaults = float(project(trust, read_curves(SIMPLE)).collateral["new_defaults"].sum())
    by_hand = 20_001.0 / (0.4 * defaults)
    assert s.break_even(trust, SIMPLE, "b", "severity") == pytest.approx(by_hand, abs=s.TOLERANCE)
    # Of 98% a month that go on, for n months, 1% defaults: 0.4 x 1% x (1 - q^n) / (1 - q) of the pool is lost.
    months = round(np.log(1.0 - defaults / 1e6 * 0.02 / 0.01) / np.log(0.98))
    assert months in (23, 24)

    def lost(m: float) -> float:
        gone = 0.01 + 0.01 * m
        return 0.4 * 1e6 * 0.01 * m * (1.0 - (1.0 - gone) ** months) / gone

    found = s.break_even(trust, SIMPLE, "B", "cdr")
    assert lost(found - s.TOLERANCE) < 20_001.0 <= lost(found) + 1e-6
    # A loses once B and the overcollateralization are gone.
    found = s.break_even(trust, SIMPLE, "A", "cdr")
    assert lost(found - s.TOLERANCE) < 100_001.0 <= lost(found) + 1e-6


def test_at_the_break_even_it_loses_a_dollar_and_a_tolerance_before_it_does_not():
    trust = small_deal().trust
    for what, words in (("cdr", "cdr"), ("severity", "severity")):
        found = s.break_even(trust, PLAIN, "M", what)
        for multiple, loses in ((found, True), (found - s.TOLERANCE, False)):
            one = project(trust, read_curves(change_curves(PLAIN, f"{words} * {multiple:.10f}")))
            assert (t.tranche_loss(one, "M") >= 1.0) is loses


def test_no_break_even_is_said_in_words():
    trust = make_trust(POOL, CLASSES, RULES)
    mild = table("curves", [{"month": 1, "cdr": 0.0, "severity": 0.4}])
    with pytest.raises(Refused, match="no multiple of cdr up to 100 makes B lose a dollar") as refusal:
        s.break_even(trust, mild, "B")
    assert refusal.value.code == "#NUM!"
    under = make_trust(POOL, [{**CLASSES[0], "balance": 1_200_000.0}, *CLASSES[1:]], RULES)
    with pytest.raises(Refused, match="even at a severity of zero"):
        s.break_even(under, SIMPLE, "B", "severity")
    with pytest.raises(Refused, match="X is an io"):
        s.break_even(trust, SIMPLE, "X")
    with pytest.raises(Refused, match="its tranches: A, B, X") as refusal:
        s.break_even(trust, SIMPLE, "Q")
    assert refusal.value.code == "#N/A"
    with pytest.raises(Refused, match="changes nothing"):
        s.break_even(trust, table("curves", [{"month": 1, "smm": 0.01}]), "B")


def test_indices_that_are_not_there_need_no_shift():
    assert s.shifted_indices(make_indices(LIBOR_1M=[0.01]), 0.0).rates["LIBOR_1M"].tolist() == [0.01]
