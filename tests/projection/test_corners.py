"""Corners of deals that were once wrong."""

from __future__ import annotations

import pytest

from tests.builders import loan, make_curves, make_indices, make_trust, run
from xlfv.tables import Refused

IO = [{"tranche": "A", "balance": 9e4, "coupon": 0.03}, {"tranche": "X", "balance": 9e4, "kind": "io", "coupon": 0.01}]


def test_a_cost_a_loan_counts_the_loans_of_its_group():
    fee = [{"cost": "fee", "basis": "loan_count", "amount": 120, "group": "a"}]
    pool = [loan("1", group="a"), loan("2", group="b")]
    made = run(pool, costs=fee, waterfall=[{"step": 1, "from": "interest", "pay": "fee"}])
    assert made.distributions.costs_paid[1] == 10.0


def test_principal_paid_to_an_io_is_refused():
    """An io has a notional, not a principal."""
    with pytest.raises(Refused):
        make_trust(bonds=IO, waterfall=[{"step": 1, "from": "principal", "pay": "principal", "to": "X, A"}])


def test_the_notional_of_an_io_ends_the_month_where_its_classes_do():
    bonds = [IO[0], {**IO[1], "notional_of": "A"}]
    rules = [{"step": 1, "from": "principal", "pay": "principal", "to": "A"}]
    paid = run([loan()], make_curves(cpr=0.1), bonds=bonds, waterfall=rules).distributions
    assert paid.tranche("X")["end_balance"][1] == paid.tranche("A")["end_balance"][1]


def test_a_loan_no_longer_advanced_brings_no_advances_or_is_refused():
    stress = make_curves(recovery_lag=6, severity=0.4)
    made = run([loan(status="foreclosure", advancing="no")], stress)
    assert made.collateral["interest_advanced"].sum() == 0.0


def test_receipts_of_derivatives_reach_the_steps_of_any_group():
    cap = [{"hedge": "c", "type": "cap", "strike": 0.01, "receive_index": "SOFR", "notional": 1e5}]
    pool = [loan("1", group="a"), loan("2", group="b")]
    rules = [{"step": 1, "from": "hedge", "pay": "interest", "to": "A", "group": "b"}]
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.2}]
    made = run(pool, indices=make_indices(SOFR=[0.05]), hedges=cap, bonds=bonds, waterfall=rules)
    assert made.distributions.tranche("A")["interest_paid"][1] > 0.0


def test_a_trigger_that_only_tells_the_time_does_not_stop_the_step_down():
    """Only losses and delinquency hold the OC target."""
    terms = {"oc_target": 0.2, "oc_target_after_stepdown": 0.1, "stepdown_enhancement": 0.2}
    deal = {
        "bonds": [{"tranche": "A", "balance": 8e5, "coupon": 0.01}],
        "terms": [{"term": name, "value": value} for name, value in terms.items()],
    }
    later = [{"trigger": "later", "measure": "month", "test": ">", "threshold": 2}]
    pool = [loan(balance=1e6, remaining_term=60)]
    bare, timed = (run(pool, make_curves(cpr=0.1), triggers=rows, **deal).distributions for rows in (None, later))
    assert timed.record.deal[12, 3] == bare.record.deal[12, 3]


TWO = [loan("1", group="a"), loan("2", group="b")]


def test_classes_of_a_group_take_the_cash_of_their_group():
    """A step that names no group pays grouped classes out of their own group's collections."""
    bonds = [{"tranche": f"A{g}", "balance": 9e4, "coupon": 0.03, "group": g} for g in "ab"]
    rules = [{"step": 1, "from": "principal", "pay": "principal", "to": "Aa, Ab"}]
    made = run(TWO, make_curves(cpr=0.1), bonds=bonds, waterfall=rules)
    paid = [made.distributions.tranche(name)["principal_paid"][1] for name in ("Aa", "Ab")]
    assert paid == pytest.approx(made.collateral.principal[:, 1])
    assert made.distributions.steps[0, 1, 2] == pytest.approx(sum(paid))


def test_property_owned_stands_in_the_group_of_its_loan():
    owned = [{"loan_id": "3", "balance": 1e5, "value": 8e4, "months_to_sale": 2}]
    made = run([*TWO, loan("3", group="b", status="reo")], reo=owned)
    assert made.collateral.groups == ("a", "b")
    assert made.collateral["reo_proceeds"][:, 2] == pytest.approx([0.0, 8e4])
    with pytest.raises(Refused, match="of group a here and of b among the loans"):
        make_trust([loan("3", group="b", status="reo")], reo=[{**owned[0], "group": "a"}])


def test_interest_short_this_month_is_paid_later_in_the_month():
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.10}]
    rules = [
        {"step": 1, "from": "interest", "pay": "interest", "to": "A"},
        {"step": 2, "from": "principal", "pay": "interest_shortfall", "to": "A"},
        {"step": 3, "from": "principal", "pay": "principal", "to": "A"},
    ]
    paid = run([loan()], bonds=bonds, waterfall=rules).distributions
    collected = paid.steps[1, 1, 0]
    assert collected == pytest.approx(99.55, abs=0.01)  # the first principal of 100,000 at 6% over 360 months
    assert paid.tranche("A")["shortfall_paid"][1] == collected
    assert paid.tranche("A")["interest_shortfall"][1] == pytest.approx(1e4 / 12 - 500 - collected)


def test_excess_leaves_what_later_steps_draw_on():
    bonds = [{"tranche": "A", "balance": 9e4, "coupon": 0.03}]
    rules = [
        {"step": 1, "from": "interest", "pay": "interest", "to": "A"},
        {"step": 2, "from": "excess", "pay": "residual"},
        {"step": 3, "from": "principal", "pay": "principal", "to": "A"},
    ]
    paid = run([loan()], bonds=bonds, waterfall=rules).distributions
    assert paid.tranche("A")["principal_paid"][1] == pytest.approx(99.55, abs=0.01)
    assert paid.residual[1] == pytest.approx(500 - 225)


def test_a_write_down_before_principal_takes_no_principal_for_a_loss():
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.03}]
    rules = [
        {"step": 1, "from": "principal", "pay": "writedown", "to": "A"},
        {"step": 2, "from": "principal", "pay": "principal", "to": "A"},
    ]
    assert run([loan()], bonds=bonds, waterfall=rules).distributions.tranche("A")["writedown"].sum() == 0.0


def test_loans_late_today_count_in_delinquency_until_they_leave():
    late = [{"trigger": "late", "measure": "delinquency", "test": ">", "threshold": 0.3}]
    made = run([loan("1"), loan("2", status="d90")], make_curves(cpr=0.1), triggers=late).distributions
    assert made.record.triggers[0, 1, 0] == pytest.approx(0.5)
    assert made.record.triggers[0, 1, 2] == 1.0


def test_words_of_a_dollar_trigger_are_dollars():
    step = [{"trigger": "thin", "measure": "oc", "test": "<", "threshold": "200000 for 2 then 100"}]
    made = run([loan()], triggers=step, bonds=[{"tranche": "A", "balance": 9e4}]).distributions
    assert list(made.record.triggers[0, 1:4, 1]) == [200000.0, 200000.0, 100.0]
    assert list(made.record.triggers[0, 1:4, 2]) == [1.0, 1.0, 0.0]


def test_property_owned_does_not_thin_the_net_rate():
    owned = [{"loan_id": "3", "balance": 1e5, "value": 8e4, "months_to_sale": 6}]
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.06, "net_wac_cap": "pool"}]
    made = run([loan(), loan("3", status="reo")], bonds=bonds, reo=owned).distributions.tranche("A")
    assert made["interest_due"][1] == pytest.approx(500.0)
    assert made["capped_interest"].sum() < 1e-9


def test_a_net_wac_class_takes_its_margin_and_its_cap():
    base = {"tranche": "A", "balance": 1e5, "coupon_type": "net_wac"}
    for terms, rate in (({"margin": -0.005}, 0.055), ({"cap": 0.03}, 0.03)):
        made = run([loan()], bonds=[{**base, **terms}]).distributions.tranche("A")
        assert made["interest_due"][1] == pytest.approx(1e5 * rate / 12)


def test_what_looks_forgotten_is_said():
    fee = [{"cost": "fee", "basis": "fixed", "amount": 1200}]
    swap = [{"hedge": "s", "type": "swap", "pay_rate": 0.05, "receive_index": "SOFR", "notional": 1e5}]
    bonds = [{"tranche": "A", "balance": 1e5, "coupon": 0.03}, {"tranche": "B", "balance": 1e4, "coupon": 0.03}]
    terms = [{"term": "oc_target", "value": 0.02}]
    told = " ".join(make_trust(bonds=bonds, costs=fee, hedges=swap, terms=terms).notices)
    for words in (
        "cost fee is never paid",
        "swap s is never paid",
        "interest of B",
        "principal of B",
        "original_pool_balance",
    ):
        assert words in told
    assert "of A is never" not in told


FEE = {"rate": 0.0, "servicing_fee": 0.0025}


@pytest.mark.parametrize("groups", [("1", "1"), ("1", "2")])
def test_servicing_above_the_interest_comes_out_of_principal_and_nobody_pays_in(groups):
    """Loans modified to 0% still pay their servicer: out of all that is collected."""
    rules = [
        {"step": 1, "from": "interest", "pay": "interest", "to": "A, B", "rule": "pro_rata"},
        {"step": 2, "from": "principal", "pay": "principal", "to": "A, B"},
        {"step": 3, "from": "excess", "pay": "writedown", "to": "B, A"},
    ]
    bonds = [{"tranche": name, "balance": 90000.0, "coupon": 0.05} for name in ("A", "B")]
    pool = [loan(str(k), group=group, **FEE) for k, group in enumerate(groups)]
    made = run(pool, make_curves(cpr=0.0), bonds=bonds, waterfall=rules)
    rows = made.distributions.record.tranches
    assert rows.min() >= 0.0
    fee, scheduled = 2 * 100000.0 * 0.0025 / 12, 2 * 100000.0 / 360
    assert made.collateral.interest_funds.sum(axis=0)[1] == pytest.approx(-fee)
    assert made.distributions.bond_cash[1] == pytest.approx(scheduled - fee)


def test_what_no_collection_covers_the_servicer_goes_without():
    made = run([loan(interest_only_months=300, **FEE)], make_curves(cpr=0.0))
    assert made.distributions.bond_cash[1] == 0.0
    assert made.distributions.residual.min() >= 0.0


def test_a_loan_in_foreclosure_that_is_due_is_not_repaid_by_an_advance():
    """Matured, 50% severity, liquidated in a year: half is lost, whether it amortizes or is a balloon."""
    curves = make_curves(cpr=0.0, severity=0.5, months_to_liquidation=12)
    for more in ({}, {"amortization_term": 300}):
        cash = run([loan(status="foreclosure", remaining_term=1, **more)], curves).collateral
        assert cash["losses"].sum() == pytest.approx(50000.0)
        assert cash["losses"][0, 12] == pytest.approx(50000.0)
        assert not cash["advanced_principal"].any()


def test_cumulative_default_falls_on_what_has_cured_of_a_loan_late_today():
    curves = make_curves(cpr=0.0, cumulative_default=0.1, cure=0.02, recovery_lag=6, severity=0.5)
    cash = run([loan(status="foreclosure")], curves).collateral
    assert cash["cured_balance"][0, 1] == pytest.approx(2000.0)
    assert cash["new_defaults"][0, 1] == pytest.approx(200.0)
