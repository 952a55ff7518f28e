"""When months are, and what that makes of accruals and ages."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.builders import make_trust
from xlfv.projection.timeline import build_timeline, deal_ages


def _timeline(as_of: dt.date, months: int = 3, **terms):
    rows = [{"term": name, "value": value} for name, value in terms.items()]
    return build_timeline(make_trust(as_of=as_of, terms=rows or None), months)


def test_without_a_remittance_months_are_30_360_after_the_as_of_date():
    months = _timeline(dt.date(2009, 12, 31))
    assert months.dates == (
        dt.date(2009, 12, 31), dt.date(2010, 1, 31), dt.date(2010, 2, 28), dt.date(2010, 3, 31),
    )  # fmt: skip
    np.testing.assert_allclose(months.years(14) * 360, [0, 44, 74, 104])
    np.testing.assert_allclose(months.actual_days(), [0, 30, 60, 90])
    for day_count in ("30/360", "act/360", "act/act"):
        assert list(months.accrual(day_count)) == [0.0] + [1 / 12] * 3


@pytest.mark.parametrize(
    ("as_of", "cutoff", "first"),
    [
        ("2009-12-31", "2009-12-31", "2010-01-25"),
        ("2009-12-24", "2009-11-30", "2009-12-25"),
        ("2009-12-25", "2009-11-30", "2010-01-25"),  # a remittance on the as-of date is settled
        ("2010-01-26", "2009-12-31", "2010-02-25"),
    ],
)
def test_month_one_is_paid_at_the_first_remittance_not_yet_settled(as_of, cutoff, first):
    months = _timeline(
        dt.date.fromisoformat(as_of), first_remittance="2007-04-25", remittance_day=25, cutoff_date=cutoff
    )
    assert months.dates[1] == dt.date.fromisoformat(first)
    assert months.dates[2] == (months.dates[1].replace(day=1) + dt.timedelta(days=32)).replace(day=25)


def test_a_deal_that_has_not_paid_yet_starts_at_its_first_remittance():
    months = _timeline(dt.date(2009, 12, 31), first_remittance="2010-03-25")
    assert months.dates[1] == dt.date(2010, 3, 25)


def test_accruals_run_from_remittance_to_remittance():
    months = _timeline(dt.date(2009, 12, 31), first_remittance="2007-04-25", remittance_day=25)
    assert list(months.accrual("act/360")[1:] * 360) == pytest.approx([31, 31, 28])
    assert months.accrual("act/360", dt.date(2010, 1, 10))[1] * 360 == pytest.approx(15)
    assert months.accrual("act/act")[2] == pytest.approx(31 / 365)
    assert list(months.years() * 360) == pytest.approx([0, 25, 55, 85])
    assert list(months.actual_days(5)) == [0, 30, 61, 89]


def test_deal_age_counts_from_closing():
    trust = make_trust(terms=[{"term": "closing_date", "value": "2006-05-30"}])
    assert list(deal_ages(trust, build_timeline(trust, 2))) == [43, 44, 45]
    bare = make_trust()
    assert list(deal_ages(bare, build_timeline(bare, 2))) == [0, 1, 2]
