"""Weighted scenarios beside the single path."""

from __future__ import annotations

import numpy as np
import pytest

from tests.valuation.deals import CURVES, INDICES, grid_table, small_deal
from tests.valuation.whole_deal import chosen
from xlfv.market.curve_changes import Changeable
from xlfv.market.indices import read_indices
from xlfv.projection.projection import project
from xlfv.tables import ErrorCell, Refused
from xlfv.valuation import fair_value as fv
from xlfv.valuation.scenarios import shifted_indices
from xlfv.valuation.weighted import weighted_value

CURVE_TABLE = grid_table("curves", CURVES)
GRID = [
    ["scenario", "weight", "cdr", "change", "index_shift"],
    ["base", 0.5, None, None, None],
    ["good", 0.3, 0.5, "- 1000 for severity", None],
    ["rates up", 0.2, None, None, 100.0],
]


def run(grid, deal=None, indices=None):
    deal = deal or small_deal()
    given = read_indices(grid_table("indices", indices or INDICES))
    return weighted_value(deal.trust, CURVE_TABLE, chosen(deal), grid_table("scenarios", grid), given)


def test_every_line_is_that_of_its_own_projection_and_the_mean_is_by_weight():
    deal = small_deal()
    found = run(GRID, deal)
    indices = read_indices(grid_table("indices", INDICES))
    changes = ["", "cdr * 0.5 then - 1000 for severity", ""]
    alone = [
        fv.fair_value(
            project(deal.trust, Changeable(CURVE_TABLE).changed(words), shifted_indices(indices, shift)), chosen(deal)
        )
        for words, shift in zip(changes, [0.0, 0.0, 0.01], strict=True)
    ]
    assert [line.item for line in found.lines] == [line.item for line in alone[0].lines]
    for line in found.lines:
        assert line.values == tuple(value.value(line.item) for value in alone)
        assert line.weighted == pytest.approx(np.dot(line.values, [0.5, 0.3, 0.2]), rel=1e-12)
        assert line.single == alone[0].value(line.item)
    residual = found.lines[-1]
    assert residual.item == fv.RESIDUAL_INTEREST
    assert residual.weighted > residual.single


def test_the_weighted_balance_ties_as_each_scenario_does():
    found = run(GRID)
    sides = {
        side: sum(line.weighted for line in found.lines if line.side == side)
        for side in ("asset", "liability", "residual")
    }
    assert sides["asset"] - sides["liability"] == pytest.approx(sides["residual"], abs=0.01)


def test_the_residual_of_the_mean_path_is_not_the_mean_of_its_values():
    """Defaults at half and at one and a half times the curves: the residual bends, and its mean lies off the single path."""
    grid = [["scenario", "weight", "default"], ["good", 0.5, 0.5], ["bad", 0.5, 1.5]]
    residual = run(grid).lines[-1]
    assert abs(residual.weighted - residual.single) > 1_000


def test_a_scenario_without_a_value_stands_as_an_error_and_spoils_what_it_counts_in():
    deal = small_deal(terms=[["term", "value"], ["oc_target", 300_000], ["other_assets", 3.5e6]])
    curves = [["month", "cpr", "cdr", "severity", "recovery_lag"], [1, 0.05, 0.02, 0.3, 9]]
    grid = [
        ["scenario", "weight", "change"],
        ["base", 1.0, None],
        ["ruin", 0.0, "* 20 for cdr then + 7000 for severity"],
    ]

    def found(weights):
        rows = [grid[0], *[[row[0], weight, row[2]] for row, weight in zip(grid[1:], weights, strict=True)]]
        return weighted_value(deal.trust, grid_table("curves", curves), chosen(deal), grid_table("scenarios", rows))

    free, spoilt = found([1.0, 0.0]), found([0.5, 0.5])
    told = free.lines[0].values[1]
    assert isinstance(told, Refused)
    assert "ruin: no yield makes cash of loans worth" in str(told)
    assert free.lines[0].weighted == free.lines[0].single
    assert isinstance(spoilt.lines[0].weighted, Refused)


FAULTS = {
    "no weights": ([["scenario"], ["a"]], "no column weight"),
    "not one": ([["scenario", "weight"], ["a", 0.5], ["b", 0.4]], "the weights sum to 0.9, not to 1"),
    "a percent": ([["scenario", "weight"], ["a", 50], ["b", 50]], "weight is 50"),
    "negative": ([["scenario", "weight"], ["a", -0.5], ["b", 1.0]], "weight is -0.5"),
    "blank": ([["scenario", "weight"], ["a", None], ["b", 1.0]], "weight is blank"),
    "an error": ([["scenario", "weight"], ["a", ErrorCell("#REF!")], ["b", 1.0]], "holds the error #REF!"),
    "a bad column": ([["scenario", "weight", "cprs"], ["a", 1.0, 2.0]], "'cprs' is none that can be changed"),
    "words that are none": ([["scenario", "weight", "change"], ["a", 1.0, "faster"]], "faster"),
    "no rows": ([["scenario", "weight"]], "has no rows"),
}


@pytest.mark.parametrize(("grid", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_bad_scenarios_are_refused(grid, told):
    with pytest.raises(Refused, match=told):
        run(grid)


def test_all_faults_are_told_together():
    with pytest.raises(Refused) as refusal:
        run([["scenario", "weight", "cdr", "cprs"], ["a", 2.0, 99.0, 1.0], ["b", 0.5, None, None]])
    assert len(refusal.value.faults) == 3


def test_weights_alone_are_curves_as_given():
    line = run([["weight"], [0.25], [0.75]]).lines[0]
    assert line.values == (line.single, line.single)
    assert line.weighted == pytest.approx(line.single, rel=1e-12)
