"""A projection seen from a later date: over made deals its checks hold, and its values are the opening's unwound."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import AS_OF, make_curves, make_trust, table
from tests.projection.test_laws_of_rules import richer
from tests.reference.deals import deals_on_tables, stresses
from tests.reference.made_loans import examples
from tests.valuation.test_value_checks_hold import INDICES, MONTHS, failing
from tests.valuation.whole_deal import chosen, whole_deal
from xlfv.market.calendar import add_months
from xlfv.projection.projection import Projection, distribute_cash, project, seen_later
from xlfv.trust.trust import build_trust
from xlfv.valuation.chosen_cash import cash_of, chosen_residual_value, chosen_tranche_cash, chosen_tranche_value
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.yields import Chosen


def later(made: Projection, months: int) -> Projection:
    return seen_later(made, add_months(made.as_of, months, 31))


def check_unwound(made: Projection, seen: Projection, months: int, chosen_yield: Chosen) -> None:
    """Today's value is the first months' cash and the later value, discounted: every class and the residual."""
    growth = (1.0 + chosen_yield.rate / 12.0) ** np.arange(made.months + 1)
    for name in made.trust.tranches:
        cash = chosen_tranche_cash(made, name, chosen_yield).cash
        first = float((cash / growth)[1 : months + 1].sum())
        whole, left = (chosen_tranche_value(each, name, chosen_yield) for each in (made, seen))
        assert first + left / growth[months] == pytest.approx(whole, rel=1e-9, abs=1e-4), name
    residual = cash_of(made, chosen_yield).distributions.residual
    first = float((residual / growth)[1 : months + 1].sum())
    whole, left = (chosen_residual_value(each, chosen_yield) for each in (made, seen))
    assert first + left / growth[months] == pytest.approx(whole, rel=1e-9, abs=1e-4)


def test_every_check_holds_of_made_deals_seen_later() -> None:
    seen_kinds: Counter[str] = Counter()

    @examples(60)
    @given(richer(), stresses(), st.sampled_from([1, 2, 5, 12, 30]), st.booleans(), st.booleans())
    def hold(tables: dict, stress: dict, months: int, wrap: bool, contractual: bool) -> None:  # type: ignore[type-arg]
        made = project(make_trust(**tables), make_curves(stress), INDICES, MONTHS)
        seen = later(made, months)
        assert failing(seen) == []
        one = Chosen(0.07, "monthly", np.nan, np.nan, "", "contractual" if contractual else "expected", wrap)
        seen_kinds["called later"] += made.called > months
        seen_kinds["called before"] += 0 < made.called <= months
        seen_kinds["kept"] += bool(seen.distributions.record.accounts[:, 0, 4].any())
        if not contractual or not cash_of(made, one).called:
            if made.timeline.dated or any(made.trust.classes["delay_days"]):
                return
            check_unwound(made, seen, months, one)
            seen_kinds["unwound"] += 1

    hold()
    assert min(seen_kinds[kind] for kind in ("called later", "called before", "kept", "unwound")) >= 2, seen_kinds


@examples(20)
@given(deals_on_tables(), st.sampled_from([1, 3]))
def test_cash_that_was_given_is_seen_later_too(deal: tuple, months: int) -> None:  # type: ignore[type-arg]
    tables, cash = deal
    trust = build_trust("TEST", AS_OF, {name: table(name, rows) for name, rows in tables.items() if rows})
    made = distribute_cash(trust, table("cash", cash), INDICES)
    date = made.timeline.dates[min(months, made.months - 1)]
    if made.months < 2 or date <= made.as_of:
        return
    seen = seen_later(made, date)
    assert failing(seen) == []
    assert Projection.unpack(seen.pack()).cash_hash == seen.cash_hash


@pytest.mark.parametrize("wrap", [True, False])
@pytest.mark.parametrize("cash", ["expected", "contractual"])
def test_contractual_cash_and_classes_without_their_wrap_are_unwound(wrap: bool, cash: str) -> None:
    made = whole_deal()
    yields = {name: replace(one, cash=cash, wrap=wrap) for name, one in chosen(made).items()}
    seen = later(made, 7)
    bonds = made.trust.classes
    assert bonds["delay_days"][0] == 24
    one = Chosen(0.08, "monthly", np.nan, np.nan, "", cash, wrap)
    growth = (1.0 + 0.08 / 12.0) ** np.arange(made.months + 1)
    flows = chosen_tranche_cash(made, "M", one).cash
    whole, left = (chosen_tranche_value(each, "M", one) for each in (made, seen))
    assert (flows / growth)[1:8].sum() + left / growth[7] == pytest.approx(whole, rel=1e-12)
    if not wrap and cash == "expected":
        assert flows.sum() < made.distributions.cash("M").sum() - 1000.0
    value = fair_value(seen, yields)
    assert value.gap == pytest.approx(0.0, abs=0.01)
    assert value.value("Other trust assets") == 12_845.0 + seen.distributions.record.accounts[:, 0, 4].sum()
    assert value.value("Real estate owned, at net realizable value") == 0.0  # sold in month 5
    assert later(made, 4).trust["reo"]["months_to_sale"].tolist() == [1]


def test_a_date_between_two_remittances_discounts_by_days() -> None:
    made = whole_deal(["remittance_day", 25])
    seen = seen_later(made, dt.date(2010, 3, 10))
    assert seen.timeline.dates[:2] == (dt.date(2010, 2, 25), dt.date(2010, 3, 25))
    assert seen.timeline.years()[1] == 15 / 360
    assert seen.months == made.months - 2
    undated = seen_later(whole_deal(), dt.date(2010, 1, 15))
    assert undated.months == whole_deal().months
    assert undated.timeline.years()[1] == pytest.approx(
        16 / 360
    )  # 31 January counts as the 31st: the period does not begin on a 30th


def test_before_the_next_remittance_nothing_has_been_paid() -> None:
    made = whole_deal(["remittance_day", 25])
    seen = seen_later(made, dt.date(2010, 1, 20))
    assert seen.months == made.months
    for part, column in (("bonds", "balance"), ("accounts", "balance"), ("reo", "months_to_sale")):
        np.testing.assert_array_equal(seen.trust[part][column], made.trust[part][column])
    assert seen.indices is made.indices
    yields = chosen(made)
    assert fair_value(seen, yields).value("A") > fair_value(made, yields).value("A")
