"""The cash of a month told by two states of a trust, held against what the sample's trustee paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlfv.months.folder import Month, read_month
from xlfv.reporting.implied_cash import COSTS, ImpliedCash, implied_cash
from xlfv.tables import Refused
from xlfv.valuation import fair_value as fv

SAMPLE = Path(__file__).resolve().parents[2] / "workbooks" / "sample"
MONTHS = ["2008-12", *(f"2009-{month:02d}" for month in range(1, 13))]
DOLLAR = 1.0


@pytest.fixture(scope="module")
def months() -> dict[str, Month]:
    return {month: read_month(SAMPLE, month) for month in MONTHS}


def told(months: dict[str, Month], month: str, trust: str) -> tuple[ImpliedCash, dict[str, float], tuple[str, ...]]:
    before, after = months[MONTHS[MONTHS.index(month) - 1]].trusts[trust], months[month].trusts[trust]
    facts = {"reo_losses": after.actuals["reo_losses"]}
    return implied_cash(before.trust, after.trust, before.indices, facts), after.actuals, before.trust.tranches


@pytest.mark.parametrize("month", MONTHS[1:])
def test_states_say_what_the_trustee_paid_to_the_dollar(months, month):
    """Nothing of the activity is read but the losses on REO sold; 13 sums of each of three trusts."""
    for trust in months[month].trusts:
        cash, paid, tranches = told(months, month, trust)
        pairs = {
            "bond interest": (sum(cash.total(name, "interest") for name in tranches), paid["bond_interest_paid"]),
            "bond principal": (sum(cash.total(name, "principal") for name in tranches), paid["bond_principal_paid"]),
            "interest": (cash.total(fv.COLLATERAL, "interest"), paid["interest_collected"]),
            "servicing": (-cash.total(fv.COLLATERAL, "servicing"), paid["servicing_paid"]),
            "principal": (
                cash.total(fv.COLLATERAL, "principal", "liquidations"),
                paid["principal_collected"] + paid["liquidation_proceeds"],
            ),
            "sales": (cash.total(fv.REO), paid["reo_sales_proceeds"]),
            "received": (cash.total(fv.DERIVATIVE_ASSETS), paid["hedge_received"]),
            "paid": (cash.total(fv.DERIVATIVE_LIABILITIES), paid["hedge_paid"]),
            "costs": (cash.total(COSTS), paid["costs_paid"]),
            "residual": (cash.total(fv.RESIDUAL_INTEREST), paid["residual_cash"]),
            "foreclosed": (cash.properties.taken_balance, paid["reo_transfers"]),
        }
        missed = {name: pair for name, pair in pairs.items() if abs(pair[0] - pair[1]) > DOLLAR}
        assert not missed, trust


def test_without_the_trustees_losses_reo_is_sold_at_its_net_realizable_value_and_the_total_stays(months):
    """The change in cumulative_loss is of loans and REO together: what one sells for, the other does not."""
    before, after = months["2008-12"].trusts["ICMB-2005-A"], months["2009-01"].trusts["ICMB-2005-A"]
    alone = implied_cash(before.trust, after.trust, before.indices)
    cash, paid, _ = told(months, "2009-01", "ICMB-2005-A")
    assert alone.total(fv.REO) == pytest.approx(alone.properties.sold_value)
    assert alone.total(fv.REO) != pytest.approx(paid["reo_sales_proceeds"], abs=100.0)
    both = [fv.COLLATERAL, fv.REO]
    assert sum(alone.total(item) for item in both) == pytest.approx(sum(cash.total(item) for item in both))
    assert {one.source for one in alone.amounts if one.item == fv.REO} == {
        "property lists, sold at the opening net realizable value"
    }


def test_cash_is_conserved(months):
    for trust in months["2009-03"].trusts:
        cash, _, tranches = told(months, "2009-03", trust)
        to = cash.by_item()
        came = to[fv.COLLATERAL] + to[fv.REO] + to[fv.DERIVATIVE_ASSETS]
        went = sum(to[name] for name in tranches) + to[fv.DERIVATIVE_LIABILITIES] + to[fv.RESIDUAL_INTEREST]
        assert came == pytest.approx(went, abs=0.01)


def test_a_trustees_penalties_and_interest_not_advanced_count_and_are_named(months):
    before, after = months["2008-12"].trusts["IMFC-2006-MF"], months["2009-01"].trusts["IMFC-2006-MF"]
    facts = {"reo_losses": after.actuals["reo_losses"]}
    plain = implied_cash(before.trust, after.trust, before.indices, facts)
    more = {**facts, "penalties_collected": 5000.0, "interest_not_advanced": 1200.0}
    cash = implied_cash(before.trust, after.trust, before.indices, more)
    assert cash.total(fv.COLLATERAL) - plain.total(fv.COLLATERAL) == pytest.approx(5000.0 - 1200.0)
    assert next(one.source for one in cash.amounts if one.what == "penalties") == "trustee"


def test_states_that_are_not_of_one_trust_in_a_row_are_refused_with_all_that_is_wrong(months):
    one, other = months["2009-01"].trusts["ICMB-2005-A"], months["2009-03"].trusts["ICMB-2004-F"]
    with pytest.raises(Refused) as refusal:
        implied_cash(one.trust, other.trust, one.indices)
    words = str(refusal.value)
    assert "the opening is of ICMB-2005-A and the closing of ICMB-2004-F" in words
    assert "2009-03-31 does not follow 2009-01-31 by a month" in words
    assert "in one of the two states only" in words
