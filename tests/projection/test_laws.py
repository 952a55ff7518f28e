"""Laws that every projection obeys, over made loans and deals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import AS_OF, PASS_THROUGH, loan, make_curves, make_indices, make_trust, run, table
from tests.reference.deals import INDEX, deals, stresses
from tests.reference.test_loans_agree import as_rows, curve_of, loans
from xlfv.projection.collateral import CollateralCash, project_collateral
from xlfv.projection.distributions import fees_made_good
from xlfv.projection.projection import Projection, project
from xlfv.tables import from_grid
from xlfv.trust.trust import build_trust

CENT = 0.005
CASH = ("scheduled_principal", "prepaid_principal", "advanced_principal", "liquidation_proceeds", "call_price")


def _collateral(pool: list[dict], curve: dict, months: int = 120) -> CollateralCash:
    pool = [{"loan_id": f"L{k}", **one} for k, one in enumerate(pool)]
    curves = make_curves(*as_rows("default", curve))
    return project_collateral(make_trust(pool), curves, make_indices(LIBOR_6M=INDEX), months)


def _deal(tables: dict, stress: dict) -> Projection:
    return project(make_trust(**tables), make_curves(stress), make_indices(LIBOR_1M=INDEX), 48)


pools = st.lists(loans(), min_size=1, max_size=4)


@settings(max_examples=80)
@given(tables=deals(), stress=stresses())
def test_cash_is_conserved_and_nothing_is_negative(tables, stress):
    made = _deal(tables, stress)
    x, paid = made.collateral, made.distributions
    came = sum(x[name].sum(axis=0) for name in ("interest_paid", "interest_advanced", *CASH, "reo_proceeds"))
    rows = [paid.tranche(name) for name in paid.tranches]
    hedges = paid.record.hedges[paid.deal.hedge_inside]
    came = came + x["subsequent_recoveries"].sum(axis=0) + paid.record.insurers[:, :, 0].sum(axis=0)
    came = came - np.append(0.0, np.diff(paid.record.accounts[:, :, 4].sum(axis=0)))
    if x.penalties_pass:
        came = came + x["penalties"].sum(axis=0)
    uncovered = fees_made_good(x.interest_funds, x.principal)[2]  # fees that no collection covers
    went = x["servicing_fee"].sum(axis=0) - uncovered + paid.record.costs[:, :, 1].sum(axis=0) + paid.record.deal[:, 0]
    went = went + sum(row["cash"] for row in rows) + hedges[:, :, 2].sum(axis=0)
    went = went + paid.record.insurers[:, :, 1].sum(axis=0)
    np.testing.assert_allclose(came + hedges[:, :, 1].sum(axis=0), went, atol=CENT)
    rest = (paid.record.accounts, paid.record.insurers, paid.residual)
    fields = [values for name, values in x.fields.items() if name != "reo_losses"]  # property may be sold at a gain
    for values in (*fields, *paid.record[:4], *rest):
        assert values.min(initial=0.0) >= -1e-9


@settings(max_examples=80)
@given(tables=deals(), stress=stresses())
def test_balances_of_bonds_roll_and_interest_is_paid_or_owed(tables, stress):
    made = _deal(tables, stress)
    bonds, paid = made.trust["bonds"], made.distributions
    for k, name in enumerate(paid.tranches):
        x = paid.tranche(name)
        if not bonds["notional_of"][k]:
            np.testing.assert_allclose(x["begin_balance"][1:], x["end_balance"][:-1], atol=1e-9)
            left = x["begin_balance"] - x["principal_paid"] - x["writedown"] + x["accreted"] + x["writeup"]
            np.testing.assert_allclose(left[1:], x["end_balance"][1:], atol=1e-6)
        owed = np.diff(x["interest_shortfall"])
        left = x["interest_due"] + x["shortfall_interest"] - x["interest_paid"] - x["accreted"] - x["shortfall_paid"]
        np.testing.assert_allclose(left[1:], owed, atol=1e-6)
        carried = np.diff(x["basis_risk_carryforward"])
        more = x["capped_interest"] + x["basis_risk_interest"] - x["basis_risk_paid"]
        np.testing.assert_allclose(more[1:], carried, atol=1e-6)


@settings(max_examples=60)
@given(pool=pools, curve=curve_of("month"))
def test_the_pool_rolls_and_every_default_ends_somewhere(pool, curve):
    x = _collateral(pool, curve)
    near = 1e-9 * x.end_balance.sum(axis=0)[0] + 1e-9
    left = sum(x[name] for name in ("scheduled_principal", "prepaid_principal", "advanced_principal"))
    np.testing.assert_allclose(
        (x.begin_balance - left - x["liquidated_balance"])[:, 1:], x.end_balance[:, 1:], atol=near
    )
    np.testing.assert_allclose(x["liquidation_proceeds"] + x["losses"], x["liquidated_balance"], atol=near)
    begun = x["foreclosure_balance"][:, 0].sum() + x["new_defaults"].sum()
    ended = x["advanced_principal"].sum() + x["liquidated_balance"].sum() + x["foreclosure_balance"][:, -1].sum()
    assert begun == pytest.approx(ended, abs=near)
    for values in x.fields.values():
        assert values.min() >= 0.0 or values.min() > -near


@settings(max_examples=30)
@given(tables=deals(), stress=stresses())
def test_the_same_inputs_give_the_same_bits(tables, stress):
    assert _deal(tables, stress).cash_hash == _deal(tables, stress).cash_hash


@settings(max_examples=40)
@given(pool=st.lists(loans(), min_size=2, max_size=5), curve=curve_of("month"), data=st.data())
def test_the_order_of_loans_does_not_matter(pool, curve, data):
    other = _collateral(data.draw(st.permutations(pool)), curve)
    for name, values in _collateral(pool, curve).fields.items():
        np.testing.assert_allclose(other[name], values, rtol=1e-12, atol=1e-12 * values.max() + 1e-15)


@settings(max_examples=40)
@given(pool=pools, curve=curve_of("month"))
def test_twice_the_balances_are_twice_the_cash_to_the_bit(pool, curve):
    twice = [{**one, **{k: 2 * one[k] for k in ("balance", "payment") if k in one}} for one in pool]
    other = _collateral(twice, curve)
    for name, values in _collateral(pool, curve).fields.items():
        assert np.array_equal(other[name], 2.0 * values), name


@settings(max_examples=40)
@given(pool=pools, curve=curve_of("month"), more=st.floats(0.0, 0.5))
def test_higher_severity_never_raises_cash(pool, curve, more):
    worse = {**curve, "severity": [(start, min(value + more, 2.0)) for start, value in curve["severity"]]}
    mild, hard = _collateral(pool, curve), _collateral(pool, worse)
    near = 1e-12 * mild.end_balance.sum(axis=0)[0]
    assert np.all(hard["liquidation_proceeds"] <= mild["liquidation_proceeds"] + near)
    assert np.all(hard["losses"] >= mild["losses"] - near)
    for name in set(mild.fields) - {"liquidation_proceeds", "losses"}:
        assert np.array_equal(hard[name], mild[name]), name


@settings(max_examples=40)
@given(pool=pools, curve=curve_of("month"))
def test_lower_advances_never_raise_a_months_interest(pool, curve):
    none = {**curve, "advance": [(start, 0.0) for start, _ in curve["advance"]]}
    full = {**curve, "advance": [(start, 1.0) for start, _ in curve["advance"]]}
    some = _collateral(pool, curve)["interest_advanced"].sum()
    assert _collateral(pool, none)["interest_advanced"].sum() == 0.0
    assert _collateral(pool, none)["advanced_principal"].sum() == 0.0
    assert _collateral(pool, full)["interest_lost"].sum() <= 1e-9 * (1.0 + some)


def _one(months: int | None = None, curves: dict | None = None, **terms) -> CollateralCash:
    return run([loan(**terms)], make_curves(**(curves or {"cpr": 0.0})), months=months).collateral


def test_all_prepay_in_the_first_month_at_100_cpr():
    x = _one(curves={"cpr": 1.0})
    assert x["prepaid_principal"][0, 1] + x["scheduled_principal"][0, 1] == pytest.approx(100000.0, abs=1e-9)
    assert x["performing_balance"][0, 1:].max() < 1e-9
    assert x["performing_balance"].min() >= 0.0


def test_all_default_in_the_first_month_at_100_cdr():
    x = _one(curves={"cdr": 1.0, "cpr": 1.0, "severity": 0.4, "recovery_lag": 12})
    assert x["new_defaults"][0, 1] == 100000.0
    assert x["prepaid_principal"].sum() == 0.0
    assert x["losses"][0, 13] == x["losses"].sum() == pytest.approx(40000.0, abs=1e-9)


@pytest.mark.parametrize("rate", [0.0, 1e-12, 0.3])
@pytest.mark.parametrize("term", [1, 2, 480])
@pytest.mark.parametrize("balance", [0.01, 1e9])
def test_a_loan_of_any_rate_term_and_size_repays_itself(rate, term, balance):
    x = _one(rate=rate, remaining_term=term, balance=balance)
    paid = (x["scheduled_principal"] + x["interest_paid"])[0, 1:]
    assert x["scheduled_principal"].sum() == pytest.approx(balance, rel=1e-12)
    np.testing.assert_allclose(paid, paid[0], rtol=1e-8)  # 480 months at 30% magnify the last bit
    assert x["interest_paid"][0, 1] == pytest.approx(balance * rate / 12, rel=1e-14)
    if rate < 1e-9:
        assert paid[0] == pytest.approx(balance / term, rel=1e-9)
    assert x["performing_balance"][0, term] == 0.0


def test_a_lag_longer_than_the_term_means_no_defaults_by_the_standard():
    stress = {"cdr": 0.5, "severity": 0.5, "recovery_lag": 12}
    assert _one(remaining_term=6, curves=stress)["new_defaults"].sum() == 0.0


def test_a_loan_in_foreclosure_is_liquidated_however_long_the_lag():
    stress = {"severity": 0.5, "recovery_lag": 60, "advance": 0.0}
    x = _one(remaining_term=6, status="foreclosure", curves=stress)
    assert x.months == 66
    assert x["liquidation_proceeds"][0, 60] == x["losses"][0, 60] == 50000.0
    assert x["foreclosure_balance"][0, 59] == 100000.0
    assert x["foreclosure_balance"][0, 60] == 0.0


def test_what_is_liquidated_beyond_the_horizon_stays_in_foreclosure():
    x = _one(months=10, status="foreclosure", curves={"severity": 0.5, "recovery_lag": 12, "advance": 0.0})
    assert x["foreclosure_balance"][0, -1] == 100000.0
    assert x["liquidated_balance"].sum() == 0.0


def test_a_balloon_is_paid_at_maturity_and_not_by_loans_in_foreclosure():
    pool = [loan("1", remaining_term=12, amortization_term=360), loan("2", remaining_term=12, amortization_term=360)]
    pool[1]["status"] = "foreclosure"
    x = run(pool, make_curves(severity=0.0, recovery_lag=24)).collateral
    assert x["scheduled_principal"][0, 12] > 98000.0
    assert x["advanced_principal"][0, 12] < 150.0
    assert x["advanced_principal"][0, 13:].sum() == 0.0
    assert x["liquidation_proceeds"][0, 24] == pytest.approx(100000.0 - x["advanced_principal"].sum(), abs=1e-9)


def test_a_trust_without_loans_brings_no_cash():
    """An empty tape is legal: nothing is collected, nothing paid, and the bonds are written down to the pool."""
    empty = from_grid("loans", [["loan_id", "balance", "rate", "remaining_term"]])
    bonds = table("bonds", [{"tranche": "A", "balance": 100.0, "coupon": 0.05}])
    tables = {"loans": empty, "bonds": bonds, "waterfall": table("waterfall", PASS_THROUGH)}
    made = project(build_trust("EMPTY", AS_OF, tables), make_curves(cpr=0.1))
    assert made.distributions.bond_cash.sum() == 0.0
    assert made.distributions.tranche("A")["writedown"][1] == 100.0
    assert "the tape holds no loans" in made.notices[0]


def test_real_estate_owned_brings_its_sale_once():
    pool = [loan("1"), loan("2", status="reo")]
    owned = [{"loan_id": "2", "balance": 100000.0, "value": 90000.0, "selling_cost": 0.1, "months_to_sale": 3}]
    x = run(pool, make_curves(cpr=0.0), reo=owned).collateral
    assert list(x["reo_balance"][0, :5]) == [100000.0, 100000.0, 100000.0, 0.0, 0.0]
    assert x["reo_proceeds"].sum() == x["reo_proceeds"][0, 3] == pytest.approx(81000.0)
    assert x["reo_losses"][0, 3] == pytest.approx(19000.0)
    assert x.end_balance[0, 0] == 200000.0
    assert x["interest_due"][0, 1] == 500.0
    assert x.loan_cash.sum() == pytest.approx((x.net_interest + x.principal).sum() - 81000.0)


def test_groups_are_projected_apart():
    pool = [loan("1", group="b"), loan("2", group="a", balance=5e4), loan("3", group="b", rate=0.09)]
    x = run(pool, make_curves(cpr=0.1)).collateral
    assert x.groups == ("a", "b")
    apart = run([pool[1]], make_curves(cpr=0.1)).collateral
    np.testing.assert_array_equal(x["prepaid_principal"][0], apart["prepaid_principal"][0])
    assert x.end_balance[1, 0] == 200000.0
