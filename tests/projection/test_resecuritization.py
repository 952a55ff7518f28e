"""A deal on a deal: a class of one projection as collateral of another trust, whose pass-through is paid the same to the cent."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tests.builders import Row, table
from tests.projection.small_deals import deal, rules, terms
from tests.projection.test_given_cash import bare
from xlfv.projection.projection import Projection, distribute_cash
from xlfv.projection.resecuritization import tranche_collateral
from xlfv.tables import Refused, from_grid

BONDS = [
    {"tranche": "A", "balance": 96e3, "coupon": 0.06},
    {"tranche": "M", "balance": 2e3, "coupon": 0.12, "kind": "mezzanine", "delay_days": 24},
    {"tranche": "B", "balance": 2e3, "coupon": 0.12, "kind": "subordinate"},
]
STEPS = rules(
    ("interest", "interest", "A, M, B"), ("interest", "interest_shortfall", "A, M, B"), ("principal", "writeup", "A, M, B"),
    ("principal", "principal", "A, M, B"), ("excess", "writedown", "B, M, A"), ("excess", "unpaid_loss", "B"),
)  # fmt: skip
# 6,000 of 100,000 is lost in month 1, of which 4,800 comes back in month 3 and writes up.
STRESS = {
    "mdr": "10 for 1 then 0", "severity": 0.6, "recovery_lag": 0, "subsequent_recovery": 0.8, "subsequent_recovery_lag": 2,
    "smm": 0.02, "advance": 0.0,
}  # fmt: skip
PASS = [
    {"step": 1, "from": "interest", "pay": "interest", "to": "P"},
    {"step": 2, "from": "interest", "pay": "interest_shortfall", "to": "P"},
    {"step": 3, "from": "principal", "pay": "writeup", "to": "P"},
    {"step": 4, "from": "principal", "pay": "principal", "to": "P"},
    {"step": 5, "from": "excess", "pay": "writedown", "to": "P"},
]


def issued(**more: object) -> Projection:
    """A deal with losses, write-ups and shortfalls: its 12% pays B what is left."""
    return deal(BONDS, STEPS, STRESS, **more)


def held(made: Projection, tranche: str) -> Projection:
    """A trust that holds one class and passes it through."""
    row = made.trust.tranches.index(tranche)
    bond = {"tranche": "P", "balance": float(made.trust.classes["balance"][row]), "coupon_type": "net_wac"}
    trust = bare(bond={**bond, "coupon": None, "shortfall_interest": "no"}, waterfall=PASS)
    return distribute_cash(trust, from_grid("cash", tranche_collateral(made, tranche)))


@pytest.mark.parametrize("tranche", ["A", "M"])
def test_a_pass_through_of_a_class_is_paid_what_the_class_is(tranche: str):
    made = issued()
    over = held(made, tranche)
    class_, through = made.distributions.tranche(tranche), over.distributions.tranche("P")
    months = slice(1, over.months + 1)
    for column in ("begin_balance", "interest_due", "principal_paid", "writedown", "writeup", "end_balance"):
        np.testing.assert_allclose(through[column][months], class_[column][months], atol=1e-6, err_msg=column)
    np.testing.assert_allclose(through["cash"][months], class_["cash"][months], atol=1e-6)
    assert over.distributions.residual.max() == pytest.approx(0.0, abs=1e-6)
    assert class_["writedown"][1] == class_["writeup"][3] == 2000.0


def test_cash_for_losses_of_a_class_is_a_recovery_of_its_holder():
    """B, written down to nothing, is paid 380 for its losses in month 1: its holder receives it as principal."""
    made = issued()
    over = held(made, "B")
    assert made.distributions.tranche("B")["loss_paid"][1] == pytest.approx(380.0)
    assert over.collateral["subsequent_recoveries"][0, 1] == pytest.approx(380.0)
    assert over.distributions.tranche("P")["principal_paid"][1] == pytest.approx(380.0)
    assert over.distributions.tranche("P")["writedown"][1] == pytest.approx(1620.0)


def test_a_class_that_accretes_is_collateral_that_grows():
    """Z of 40,000 accretes 400, then 404, of which it is paid 304 in the same month; the pool is 40,400, then 40,500."""
    bonds = [
        {"tranche": "A", "balance": 500, "coupon": 0.06},
        {"tranche": "Z", "balance": 4e4, "kind": "z", "coupon": 0.12},
    ]
    made = deal(bonds, rules(("interest", "interest", "A, Z"), ("principal", "principal", "A, Z")))
    over = held(made, "Z").collateral
    assert over.end_balance[0, :3].tolist() == pytest.approx([40000.0, 40400.0, 40500.0])
    assert over.principal[0, 1:3].tolist() == pytest.approx([0.0, 304.0])
    assert over.interest_funds[0, 1:4].tolist() == pytest.approx([0.0, 0.0, 405.0])


def test_classes_of_two_deals_are_two_groups_of_a_third():
    """A of one and M of another, each paid to a class of its own, and a cross-collateralized pass-through of both."""
    one, other = issued(), deal([{"tranche": "A", "balance": 5e4, "coupon": 0.048}], rules(
        ("interest", "interest", "A"), ("principal", "principal", "A")), {"smm": 0.05})  # fmt: skip
    rows = [*tranche_collateral(one, "A", "1"), *tranche_collateral(other, "A", "2")[1:]]
    bonds: list[Row] = [
        {"tranche": "P", "group": "1", "balance": 96e3, "coupon_type": "net_wac", "shortfall_interest": "no"},
        {"tranche": "Q", "group": "2", "balance": 5e4, "coupon_type": "net_wac"},
    ]
    steps = [{**step, "to": "P, Q" if step["pay"] != "writedown" else "Q, P"} for step in PASS]
    steps[4:] = [{"step": 5, "from": "excess", "pay": "writedown", "to": "P", "group": "1"}]
    tables = {"bonds": table("bonds", bonds), "waterfall": table("waterfall", steps)}
    from tests.builders import AS_OF
    from xlfv.trust.trust import build_trust

    over = distribute_cash(build_trust("RESEC", AS_OF, tables), from_grid("cash", rows))
    assert over.collateral.groups == ("1", "2")
    for name, class_ in (("P", one.distributions.tranche("A")), ("Q", other.distributions.tranche("A"))):
        np.testing.assert_allclose(
            over.distributions.tranche(name)["cash"], class_["cash"][: over.months + 1], atol=1e-6
        )


def test_a_class_is_paid_on_its_own_dates_and_its_holder_on_the_same():
    made = issued(terms=terms(first_remittance=dt.date(2010, 1, 25), remittance_day=25))
    over = held(made, "M")
    assert over.timeline.dates[1:3] == (dt.date(2010, 2, 18), dt.date(2010, 3, 21))
    assert "payment_date" not in tranche_collateral(made, "M", dates=False)[0]


def test_an_io_and_an_unknown_class_are_refused():
    io = {"tranche": "X", "balance": 0, "kind": "io", "notional_of": "A", "coupon": 0.01}
    made = deal([*BONDS, io], [*STEPS, *rules(("excess", "interest", "X"))], STRESS)
    with pytest.raises(Refused, match="X is an io"):
        tranche_collateral(made, "X")
    with pytest.raises(Refused, match="has no tranche 'Q'"):
        tranche_collateral(made, "Q")
