"""A month's effective interest at a discount margin is what the passing of the month brings the class."""

from __future__ import annotations

import pytest

from tests.valuation.deals import INDICES, grid_table, small_deal
from xlfv.reporting.interest import monthly_yields
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.yields import read_yields

YIELDS = [
    ["item", "yield", "basis"],
    ["A", 0.05, "dm"],
    ["M", 0.1, "monthly"],
    ["B", 0.2, None],
    ["residual", 0.2, None],
]


@pytest.mark.parametrize("index", ["LIBOR_1M", None])
def test_a_margin_counts_actual_days_and_the_index_that_discounts_the_class(index):
    """LIBOR_1M of month 0, a lookback of 1 month, is 1%, of a class without an index too; January has 31 days."""
    head = ["tranche", "balance", "coupon_type", "coupon", "index", "margin", "kind"]
    a = (
        ["A", 8e6, "floating", None, index, 0.002, "senior"]
        if index
        else ["A", 8e6, "fixed", 0.05, None, None, "senior"]
    )
    bonds = [
        head,
        a,
        ["M", 1e6, "fixed", 0.06, None, None, "mezzanine"],
        ["B", 0.8e6, "fixed", 0.07, None, None, "subordinate"],
    ]
    deal = small_deal(bonds=bonds, indices=INDICES)
    chosen = read_yields(grid_table("yields", YIELDS), deal.trust)
    found = monthly_yields(deal, chosen, fair_value(deal, chosen))
    assert found["A"] == pytest.approx((0.01 + 0.05) * 31.0 / 360.0)
    assert found["M"] == pytest.approx(0.1 / 12.0)
