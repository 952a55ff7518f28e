"""REO: what it is worth and what its sale brings."""

from __future__ import annotations

import pytest

from tests.builders import loan, make_curves, run
from xlfv.trust.parts import net_realizable_values


def _owned(**terms):
    row = {"loan_id": "1", "balance": 100000.0, "value": 90000.0, "months_to_sale": 2, **terms}
    return run([loan(status="reo"), loan("2")], make_curves(cpr=0.0), reo=[row])


@pytest.mark.parametrize(
    ("terms", "worth", "sale"),
    [
        ({}, 90000.0, 90000.0),
        ({"selling_cost": 0.1}, 81000.0, 81000.0),
        ({"selling_cost": 0.1, "haircut": 0.2, "advances": 4800.0}, 60000.0, 60000.0),
        ({"advances": 99999.0}, 0.0, 0.0),
        ({"initial_basis": 70000.0}, 70000.0, 90000.0),  # a gain is not taken before the sale
        ({"initial_basis": 95000.0}, 90000.0, 90000.0),
    ],
)
def test_net_realizable_value_never_exceeds_the_basis_and_the_sale_brings_its_cash(terms, worth, sale):
    made = _owned(**terms)
    values, cash = net_realizable_values(made.trust["reo"])
    assert (values[0], cash[0]) == (pytest.approx(worth), pytest.approx(sale))
    assert made.collateral["reo_proceeds"][0, 2] == pytest.approx(sale)
    assert made.collateral["reo_losses"][0, 2] == pytest.approx(100000.0 - sale)


def test_an_owned_property_that_stands_in_no_loan_table_counts_in_the_pool():
    row = {"loan_id": "9", "balance": 50000.0, "value": 50000.0, "months_to_sale": 3}
    made = run([loan()], make_curves(cpr=0.0), reo=[row])
    assert made.trust.pool_balance == 150000.0
    assert list(made.collateral["reo_balance"][0, :4]) == [50000.0, 50000.0, 50000.0, 0.0]
    assert made.collateral.end_balance[0, 0] == 150000.0
