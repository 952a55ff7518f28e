"""The sample's twelve months roll forward: they tie, foot, are explained, and make up the year."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from xlfv.months.debt import debt_month
from xlfv.months.folder import read_month
from xlfv.months.valued import Rolled, ValuedMonth, debt_of, roll_month, roll_trusts, value_month
from xlfv.reporting.forms import add_up, chain
from xlfv.reporting.rollforward import ITEMS
from xlfv.reporting.trust_rollforward import TrustRollforward

SAMPLE = Path(__file__).resolve().parents[2] / "workbooks" / "sample"
MONTHS = ["2008-12", *(f"2009-{month:02d}" for month in range(1, 13))]
Year = dict[str, dict[str, TrustRollforward]]


@pytest.fixture(scope="module")
def valued() -> dict[str, ValuedMonth]:
    return {month: value_month(read_month(SAMPLE, month)) for month in MONTHS}


@pytest.fixture(scope="module")
def year(valued: dict[str, ValuedMonth]) -> Year:
    return {after: roll_trusts(valued[before], valued[after]) for before, after in itertools.pairwise(MONTHS)}


def test_every_month_of_every_trust_is_explained_to_the_dollar(year: Year) -> None:
    for month, trusts in year.items():
        for name, one in trusts.items():
            left = {i: x for i, x in one.rollforward.activity["unexplained"].items() if abs(x) > 1.0}
            assert not left, (month, name)
            assert max(abs(one.rollforward.gap(item)) for item in ITEMS) < 1e-4


def test_a_month_opens_with_what_the_one_before_closed_with(year: Year) -> None:
    for before, after in itertools.pairwise(MONTHS[1:]):
        for name, one in year[after].items():
            assert one.rollforward.begin == pytest.approx(year[before][name].rollforward.end)


def test_the_year_is_its_months_by_trust_and_in_total(year: Year, valued: dict[str, ValuedMonth]) -> None:
    rolled = roll_month(valued["2009-12"], SAMPLE)
    assert isinstance(rolled, Rolled)
    for name in year["2009-12"]:
        whole = chain(year[month][name].rollforward for month in MONTHS[1:])
        assert rolled.year[name].activity["settlements"] == pytest.approx(whole.activity["settlements"])
        assert rolled.year[name].end == pytest.approx(whole.end)
    total = rolled.total(year=True)
    months = [add_up(one.rollforward for one in year[month].values()) for month in MONTHS[1:]]
    debts = [debt_month(valued[a].month, valued[b].month) for a, b in itertools.pairwise(MONTHS)]
    assert rolled.debt_note == ""
    for item in ITEMS:
        gained = [*months, *(one for one in debts if one is not None)] if item == "long_term_debt" else months
        assert total.gains(item) == pytest.approx(sum(month.gains(item) for month in gained), abs=0.01)
        assert total.gap(item) == pytest.approx(0.0, abs=1e-3)


def test_change_in_fair_value_is_its_factors_and_a_missing_sale_is_found(year: Year, valued) -> None:
    one = year["2009-05"]["ICMB-2005-A"]
    for item in ITEMS:
        total = sum(amounts[item] for amounts in one.factors.values())
        assert total == pytest.approx(one.rollforward.activity["change_in_fair_value"][item], abs=0.01)
    month = valued["2009-05"]
    trust = month.trusts["ICMB-2005-A"]
    posted = dict(trust.source.ledger.amounts)
    proceeds = posted.pop("reo_sales_proceeds")
    source = replace(trust.source, ledger=replace(trust.source.ledger, amounts=posted))
    short = replace(month, trusts={**month.trusts, "ICMB-2005-A": replace(trust, source=source)})
    found = roll_trusts(valued["2009-04"], short)["ICMB-2005-A"].rollforward
    assert proceeds > 1e6
    assert found.activity["unexplained"]["real_estate_owned"] == pytest.approx(-proceeds, abs=0.01)
    assert found.activity["reo_losses"] == one.rollforward.activity["reo_losses"]


def test_debt_whose_payments_nobody_tells_is_left_out_and_why_is_said(valued) -> None:
    """A month without a table of what was paid: trusts roll forward all the same."""
    before, after = valued["2009-11"].month, valued["2009-12"].month
    tables = {name: table for name, table in after.company.tables.items() if name != "debt_activity"}
    debt, note = debt_of([before, replace(after, company=replace(after.company, tables=tables))])
    assert debt is None
    assert "nothing says what was paid on long-term debt in 2009-12" in note
    found, none = debt_of([before, after])
    assert none == ""
    assert found is not None
    assert found[0] == found[1]
