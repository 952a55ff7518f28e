"""The checks of a balance: they hold, and a leak let into any cash fails the one that has its name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.valuation.whole_deal import chosen, whole_deal
from xlfv.kernels import deal as w
from xlfv.projection.distributions import Distributions
from xlfv.projection.projection import Projection
from xlfv.tables import Refused
from xlfv.valuation import collateral as c
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.measurement import measured
from xlfv.valuation.value_checks import checks_of, value_checks

LEAK = 100.0


@pytest.fixture(scope="module")
def deal() -> Projection:
    return whole_deal()


def failing(deal: Projection) -> list[str]:
    return [check.name for check in value_checks(deal, chosen(deal)) if not check.holds]


def with_paid(deal: Projection, **parts: np.ndarray) -> Projection:
    """The projection with parts of what was paid changed: of the brief (tranches, deal) or of the record."""
    paid = deal.distributions
    brief = paid.brief._replace(
        tranches=parts.get("brief_tranches", paid.brief.tranches), deal=parts.get("brief_deal", paid.brief.deal)
    )
    record = paid.record._replace(**{k: v for k, v in parts.items() if not k.startswith("brief")})
    made = Distributions(paid.tranches, paid.deal, paid.rows, brief, paid.ends, lambda: record)
    return replace(deal, distributions=made)


def brief_leak(column: int):
    def leak(deal: Projection) -> Projection:
        brief = deal.distributions.brief.deal.copy()
        brief[3, column] += LEAK
        return with_paid(deal, brief_deal=brief)

    return leak


def record_leak(part: str, column: int):
    def leak(deal: Projection) -> Projection:
        array = getattr(deal.distributions.record, part).copy()
        array[0, 3, column] += LEAK
        return with_paid(deal, **{part: array})

    return leak


def class_leak(deal: Projection) -> Projection:
    brief = deal.distributions.brief.tranches.copy()
    brief[3, 1, w.BRIEF_CASH] += LEAK
    return with_paid(deal, brief_tranches=brief)


def reo_leak(deal: Projection) -> Projection:
    sold = deal.collateral["reo_proceeds"].copy()
    sold[0, 5] -= LEAK
    return replace(deal, collateral=replace(deal.collateral, fields={**deal.collateral.fields, "reo_proceeds": sold}))


def pool_leak(field: str):
    def leak(deal: Projection) -> Projection:
        paid = deal.collateral[field].copy()
        paid[0, 5] += LEAK
        return replace(deal, collateral=replace(deal.collateral, fields={**deal.collateral.fields, field: paid}))

    return leak


SPLIT = "pool cash split: loans + REO + call = what the waterfall gives out"
BRIEF = {
    "fees": w.BRIEF_COSTS, "hedge in": w.BRIEF_RECEIVED, "hedge out": w.BRIEF_PAID, "account cash": w.BRIEF_PUT_ASIDE,
    "insurer cash": w.BRIEF_INSURED, "residual": w.BRIEF_RESIDUAL,
}  # fmt: skip
RECORD = {
    "hedge record": ("hedges", 1), "account deposit": ("accounts", 1), "account draw": ("accounts", 2),
    "insurer draw": ("insurers", 0), "insurer repaid": ("insurers", 1),
}  # fmt: skip
POOL = {
    "REO cash": "reo_proceeds", "interest": "interest_paid", "advances of interest": "interest_advanced",
    "advances of principal": "advanced_principal", "servicing": "servicing_fee", "recoveries": "subsequent_recoveries",
}  # fmt: skip
NAMES = {
    "fees": "fees: taken from loan cash = paid by steps",
    "REO cash": "REO cash: in the pool = by the table of REO",
    **dict.fromkeys(("interest", "advances of interest", "advances of principal", "servicing", "recoveries"), SPLIT),
    "hedge in": "hedge cash in: to the waterfall = by the legs",
    "hedge out": "hedge cash out: from the waterfall = paid by steps",
    "hedge record": "hedge cash in: in the record = by the legs",
    "account cash": "accounts: cash to the waterfall = deposits and draws",
    "account deposit": "accounts: balances roll",
    "account draw": "accounts: balances roll",
    "insurer cash": "insurers: cash to the waterfall = draws less repayments",
    "insurer draw": "insurers: draws = paid by steps",
    "insurer repaid": "insurers: cash to the waterfall = draws less repayments",
    "a class": "value of M: by its record and numpy",
    "residual": "residual cash: discounted = by the record",
}


def _leak_of(name: str):
    if name in BRIEF:
        return brief_leak(BRIEF[name])
    if name in RECORD:
        return record_leak(*RECORD[name])
    return {"REO cash": reo_leak, "a class": class_leak}.get(name) or pool_leak(POOL[name])


LEAKS = {name: (_leak_of(name), named) for name, named in NAMES.items()}


def test_every_check_holds_and_every_kind_of_cash_flows(deal):
    found = {check.name: check for check in value_checks(deal, chosen(deal))}
    assert all(check.holds for check in found.values())
    named = {name for _, name in LEAKS.values()}
    assert named <= found.keys()
    # A check of nothing against nothing would hold too.
    for name in named - {"accounts: balances roll"}:
        assert abs(found[name].ours) > 1_000, name


@pytest.mark.parametrize(("leak", "name"), LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_fails_the_check_of_its_name_and_no_balance_is_given(deal, leak, name):
    leaking = leak(deal)
    assert name in failing(leaking)
    with pytest.raises(Refused) as refusal:
        fair_value(leaking, chosen(leaking))
    assert f"the check '{name}' fails by" in str(refusal.value)


CODE = {
    "costs left in loan cash": ("loan_cash", lambda d: c.loan_funds(d.collateral), "fees: loan cash = loan funds less what"),
    "servicing left in": ("loan_funds", lambda cash: cash.gross_interest.sum(axis=0) + cash.principal.sum(axis=0)
                          - cash["reo_proceeds"].sum(axis=0), "pool cash split"),
    "half of the property": ("reo_value", lambda trust: 115_000.0, "REO value: in C = by the table of REO"),
    "no derivatives": ("hedge_values", lambda d: {}, "derivative value: in C = of every derivative"),
}  # fmt: skip


@pytest.mark.parametrize(("what", "instead", "name"), CODE.values(), ids=CODE.keys())
def test_a_leak_in_the_code_fails_the_check_of_its_name(deal, monkeypatch, what, instead, name):
    monkeypatch.setattr(c, what, instead)
    assert any(failed.startswith(name) for failed in failing(deal))


@pytest.mark.parametrize("item", ["reserve", "cash in transit", "other assets"])
def test_an_asset_left_out_of_c_fails_the_check_of_other_assets(deal, item):
    found = measured(deal, chosen(deal))
    without = replace(found, claims=c.Claims(tuple(part for part in found.claims.parts if part.item != item)))
    names = [check.name for check in checks_of(deal, chosen(deal), without) if not check.holds]
    assert "other assets: in C = terms and accounts" in names


def test_a_deal_that_is_called_is_checked_with_and_without_its_call():
    called = whole_deal(["call_exercised", "month 30"])
    assert called.called == 30
    assert failing(called) == []
    assert failing(brief_leak(w.BRIEF_COSTS)(called)) != []
