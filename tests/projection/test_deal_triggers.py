"""Triggers measured against the senior enhancement, and rolling averages, each worked by hand."""

from __future__ import annotations

import pytest

from tests.builders import make_trust, table
from tests.projection.test_given_cash import FIVE, bare
from xlfv.projection.projection import distribute_cash
from xlfv.tables import Refused
from xlfv.trust.checks import check_deal

LATE = [{**row, "delinquent_60": late} for row, late in zip(FIVE, [80.0, 90.0, 60.0, 0.0, 0.0], strict=True)]
RULE = {"trigger": "late", "measure": "rolling_delinquency", "test": ">"}


def measured(threshold, **more):
    """Value, threshold and state of months 1 to 4: the pool falls by 200 a month from 1,000, A from 900."""
    trust = bare(bond={"balance": 900.0}, triggers=[{**RULE, "threshold": threshold, **more}])
    return distribute_cash(trust, table("cash", LATE)).distributions.record.triggers[0, 1:5].T


def test_a_rolling_delinquency_is_held_against_the_senior_enhancement():
    """Enhancement at the start of the months: 100 of 1,000, 800, 600 and 400; 70% of it is the threshold.

    60+ is 80 / 1,000 (month 0), 80 / 800, 90 / 600, 60 / 400 and 0: their averages over three months, two for month 1.
    """
    value, threshold, on = measured("70% of enhancement")
    assert threshold == pytest.approx([0.07, 0.0875, 0.7 / 6, 0.175])
    assert value == pytest.approx([0.09, 0.11, 0.4 / 3, 0.1])
    assert on.tolist() == [1.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    "words", ["0.7 of enhancement", "70 for 2 then 50 of senior enhancement", "70 % of the enhancement"]
)
def test_the_share_may_be_a_decimal_or_a_vector(words):
    later = 0.5 if "then" in words else 0.7
    assert measured(words)[1] == pytest.approx([0.07, 0.0875, later / 6, later / 4])


def test_the_months_of_the_average_may_be_given():
    assert measured(0.1, rolling_months=1)[0] == pytest.approx([0.1, 0.15, 0.15, 0.0])
    assert measured(0.1, rolling_months=2)[0] == pytest.approx([0.09, 0.125, 0.15, 0.075])


def test_the_check_of_a_deal_knows_that_such_a_threshold_moves():
    trust = bare(triggers=[{**RULE, "threshold": "100% of enhancement"}])
    assert not any("never is on" in fault.what for fault in check_deal(trust))


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"measure": "oc", "threshold": "40% of enhancement"}, "oc is not measured against enhancement"),
        ({"threshold": "300% of enhancement"}, "is 300% of the enhancement"),
        ({"threshold": "much of enhancement"}, "'much' is not a number"),
        (
            {"threshold": 0.1, "delinquency_method": "OTS"},
            "the trigger late counts by OTS, and loans are projected by MBA",
        ),
        ({"threshold": 0.1, "rolling_months": 0}, "rolling_months is 0"),
    ],
)
def test_what_a_threshold_cannot_be_is_refused(rule, told):
    with pytest.raises(Refused, match=told):
        make_trust(triggers=[{**RULE, **rule}])


def test_cash_that_is_given_may_count_by_ots():
    assert measured(0.1, delinquency_method="OTS")[0] == pytest.approx(measured(0.1)[0])
