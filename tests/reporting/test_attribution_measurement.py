"""A change of how collateral is measured is a change of model: time, performance and the other factors know nothing of it."""

from __future__ import annotations

import math

import pytest

from tests.reporting import made
from xlfv.reporting.reprojection import FACTORS, MonthEnd, explain_change, step_projection
from xlfv.valuation import fair_value as fv
from xlfv.valuation.yields import COLLATERAL, Chosen

OWN = Chosen(0.15, "monthly", math.nan, math.nan, "")
BY_DATE = "blended; independent from 2009-07-15"


def end(month: int, own: bool = False, **terms: str) -> MonthEnd:
    found = made.month_end(month, **terms)
    return MonthEnd(found.projection, {**found.yields, COLLATERAL: OWN}) if own else found


@pytest.mark.parametrize("opening", [{}, {"measurement": BY_DATE}])
@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_leaving_the_blended_yield_is_model_alone(opening, method):
    plain = explain_change(end(0), end(1), method=method)
    moved = explain_change(end(0, **opening), end(1, own=True, measurement=BY_DATE), method=method)
    for factor in FACTORS[:-1]:
        for item in plain.items:
            assert moved.effects[factor][item] == pytest.approx(plain.effects[factor][item], abs=1e-6), (factor, item)
    apart = moved.closing.value(fv.DIFFERENCE)
    assert abs(apart) > 1000.0
    assert moved.effects["model"][fv.COLLATERAL] == pytest.approx(apart, abs=1e-6)
    assert moved.effects["model"][fv.DIFFERENCE] == pytest.approx(apart, abs=1e-6)
    assert moved.effects["model"]["A"] == 0.0
    assert moved.unexplained(fv.COLLATERAL) == pytest.approx(0.0, abs=1e-6)


def test_coming_back_to_it_needs_no_yield_of_the_collateral_at_the_closing():
    moved = explain_change(end(0, own=True, measurement="independent"), end(1))
    assert moved.effects["model"][fv.DIFFERENCE] == pytest.approx(
        -moved.stage("yield").value.value(fv.DIFFERENCE), abs=1e-6
    )
    assert moved.closing.value(fv.DIFFERENCE) == 0.0


def test_the_projection_of_a_step_values_as_the_step_did():
    first, last = end(0), end(1, own=True, measurement=BY_DATE)
    run = step_projection(first, last, "yield")
    value = fv.fair_value(run, last.yields)
    stage = explain_change(first, last).stage("yield").value
    assert (value.measurement, value.value(fv.COLLATERAL)) == ("blended", stage.value(fv.COLLATERAL))
