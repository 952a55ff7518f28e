"""How the collateral is measured, by date: the words, what each does, and that nothing is hidden."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.deals import small_deal
from tests.valuation.whole_deal import BONDS, chosen, whole_deal
from xlfv.excel.functions.value import balance_grid
from xlfv.tables import Refused
from xlfv.trust.measurement import MEASUREMENTS, measurement_at, read_measurement
from xlfv.trust.trust import Trust
from xlfv.valuation import fair_value as fv
from xlfv.valuation.collateral import loan_cash
from xlfv.valuation.discounting import worth
from xlfv.valuation.tranches import tranche_value
from xlfv.valuation.unpaid_principal import unpaid_principal
from xlfv.valuation.value_checks import value_checks

READ = {
    "blended": "blended",
    " CFE-Liabilities ": "cfe_liabilities",
    "blended; cfe_liabilities from 2014-01-01": "blended; cfe_liabilities from 2014-01-01",
    "Blended from 2009-12-31 ;independent from 1/1/2016": "blended from 2009-12-31; independent from 2016-01-01",
}
REFUSED = {
    "blend": "did you mean blended",
    "market": "'market' is no measurement",
    "blended; ": "empty part",
    "blended; independent": "'independent' has no date",
    "blended from 2014-01-01; independent from 2014-01-01": "dates must ascend",
    "blended from tomorrow": "tomorrow",
    "blended, independent from 2014-01-01": "is no measurement",
}


@pytest.mark.parametrize(("text", "canonical"), READ.items())
def test_words_by_date_are_read(text, canonical):
    assert read_measurement(text) == canonical
    assert read_measurement(canonical) == canonical


@pytest.mark.parametrize(("text", "told"), REFUSED.items())
def test_other_words_are_refused(text, told):
    with pytest.raises(Refused, match=told):
        read_measurement(text)
    with pytest.raises(Refused, match="measurement: "):
        small_deal(terms=[["term", "value"], ["measurement", text]])


def test_the_word_in_force_is_that_of_the_last_date_reached():
    term = "independent; cfe_liabilities from 2014-01-01; cfe_assets from 2016-01-01"
    days = [dt.date(2013, 12, 31), dt.date(2014, 1, 1), dt.date(2015, 12, 31), dt.date(2016, 1, 1)]
    assert [measurement_at(term, day) for day in days] == ["independent", *["cfe_liabilities"] * 2, "cfe_assets"]
    assert measurement_at("cfe_assets from 2014-01-01", dt.date(2013, 1, 1)) == "blended"
    assert measurement_at(None, dt.date(2013, 1, 1)) == "blended"


@given(st.lists(st.tuples(st.sampled_from(MEASUREMENTS), st.dates()), min_size=1, max_size=5, unique_by=lambda x: x[1]),
       st.dates())  # fmt: skip
def test_a_term_of_any_dates_is_the_last_one_before(parts, when):
    parts = sorted(parts, key=lambda part: part[1])
    term = read_measurement("; ".join(f"{word} from {date.isoformat()}" for word, date in parts))
    assert measurement_at(term, when) == ([w for w, d in parts if d <= when] or ["blended"])[-1]


def test_a_trust_keeps_the_term_when_it_is_packed():
    trust = whole_deal(["measurement", "blended; independent from 2010-01-01"]).trust
    assert Trust.unpack(trust.pack()).terms.get("measurement") == "blended; independent from 2010-01-01"


def test_independent_measurement_shows_the_difference():
    deal = whole_deal(["measurement", "independent"])
    yields = chosen(deal, collateral=0.1)
    value, ties = fv.fair_value(deal, yields), fv.fair_value(whole_deal(), chosen(deal))
    own = worth(loan_cash(deal), deal.timeline.years(), 0.1)
    assert value.value(fv.COLLATERAL) == pytest.approx(own, abs=1e-6)
    assert value.collateral_yield == 0.1
    gap = value.total("asset") - value.total("liability") - value.total("residual")
    assert value.value(fv.DIFFERENCE) == pytest.approx(gap, abs=0.01)
    assert gap == pytest.approx(own - ties.value(fv.COLLATERAL), abs=0.01)
    assert abs(gap) > 1_000
    assert value.gap == pytest.approx(0.0, abs=0.01)
    rows = balance_grid(value)
    assert ["difference", fv.DIFFERENCE, None, None, value.value(fv.DIFFERENCE), None] in rows
    assert any(row[0] == "measurement" and str(row[1]).startswith("independent") for row in rows)


def test_independent_measurement_without_a_yield_is_refused():
    for word in ("independent", "cfe_assets"):
        deal = whole_deal(["measurement", word])
        with pytest.raises(
            Refused, match=f"measurement of SMALL is {word} on 2009-12-31, and its collateral has no yield"
        ):
            fv.fair_value(deal, chosen(deal))


def test_an_own_yield_is_not_used_before_its_date():
    deal = whole_deal(["measurement", "blended; independent from 2010-01-01"])
    value = fv.fair_value(deal, chosen(deal, collateral=0.1))
    assert value.measurement == "blended"
    assert value.collateral_yield != 0.1


def test_from_the_liabilities_the_collateral_is_c_itself():
    deal = whole_deal(["measurement", "cfe_liabilities"])
    value, blended = fv.fair_value(deal, chosen(deal)), fv.fair_value(whole_deal(), chosen(deal))
    assert value.value(fv.COLLATERAL) == pytest.approx(blended.value(fv.COLLATERAL), abs=1e-4)
    assert value.collateral_yield == pytest.approx(blended.collateral_yield, abs=1e-12)
    assert value.gap == pytest.approx(0.0, abs=1e-6)


def test_from_the_liabilities_there_is_a_value_without_a_yield():
    """Other assets leave less than nothing: no yield, yet a measured amount, which is told."""
    terms = [["term", "value"], ["oc_target", 300_000], ["other_assets", 2e7], ["measurement", "cfe_liabilities"]]
    deal = whole_deal(terms=terms)
    value = fv.fair_value(deal, chosen(deal))
    assert np.isnan(value.collateral_yield)
    assert value.lines[0].rate is None
    assert value.value(fv.COLLATERAL) < 0
    assert "no yield of the collateral" in value.notices[0]
    assert balance_grid(value)[1][3] is None
    late = unpaid_principal(deal, chosen(deal))
    assert late[0].value == value.value(fv.COLLATERAL)


def test_from_the_assets_the_bonds_share_what_is_left():
    """M is held by the company and stays at its own yield; A and B are cut in proportion."""
    bonds = [[*BONDS[0], "held_by"], [*BONDS[1], None], [*BONDS[2], "company"], [*BONDS[3], None]]
    deal = whole_deal(["measurement", "cfe_assets"], bonds=bonds)
    yields = chosen(deal, collateral=0.12)
    value = fv.fair_value(deal, yields)
    own = {name: tranche_value(deal, name, yields[name].rate) for name in "AMB"}
    assert value.value("M") == pytest.approx(own["M"], abs=1e-6)
    assert value.value("A") / own["A"] == pytest.approx(value.value("B") / own["B"], rel=1e-12)
    assert value.value("A") < own["A"]
    assert value.gap == pytest.approx(0.0, abs=0.01)
    rates = {line.item: line.rate for line in value.lines}
    assert rates["M"] == 0.12
    assert tranche_value(deal, "A", rates["A"]) == pytest.approx(value.value("A"), abs=1e-3)
    assert value.value(fv.COLLATERAL) == pytest.approx(worth(loan_cash(deal), deal.timeline.years(), 0.12), abs=1e-6)
    assert all(check.holds for check in value_checks(deal, yields))
    with pytest.raises(Refused, match="the assets leave"):
        fv.fair_value(deal, chosen(deal, collateral=2.9))


@given(st.sampled_from(["monthly", "bond_equivalent", "annual"]), st.floats(0.02, 0.3))
def test_the_own_yield_of_any_basis_is_told_as_a_monthly_one(basis, rate):
    deal = whole_deal(["measurement", "independent"], months=60)
    value = fv.fair_value(deal, chosen(deal, [["collateral", basis, None, None]], collateral=rate))
    cash, years = loan_cash(deal), deal.timeline.years()
    f = {"monthly": 12, "bond_equivalent": 2, "annual": 1}[basis]
    assert value.value(fv.COLLATERAL) == pytest.approx((cash / (1 + rate / f) ** (f * years)).sum(), rel=1e-12)
    assert (1 + value.collateral_yield / 12) ** 12 == pytest.approx((1 + rate / f) ** f, rel=1e-12)


@pytest.mark.parametrize(
    ("cutoff", "told"),
    [
        ("2009-12-31", "2009-12-31: no class is paid it in the projection, and the collateral is worth less by it"),
        (
            "2009-12-01",
            "2009-12-01: month 1 of the loans' cash holds it too, and the collateral's yield is the higher for it",
        ),
    ],
)
def test_what_cash_in_transit_does_to_the_collateral_is_told(cutoff, told):
    terms = [["term", "value"], ["oc_target", 300_000], ["cutoff_date", cutoff]]
    without, deal = small_deal(terms=terms), small_deal(terms=[*terms, ["cash_in_transit", 50_000.0]])
    yields = chosen(deal)
    plain, value = fv.fair_value(without, yields), fv.fair_value(deal, yields)
    assert value.notices == (f"cash in transit of 50,000.00 dollars is taken off C; the cut-off is {told}",)
    assert plain.notices == ()
    assert value.value(fv.COLLATERAL) == pytest.approx(plain.value(fv.COLLATERAL) - 50_000.0)
    assert value.collateral_yield > plain.collateral_yield
