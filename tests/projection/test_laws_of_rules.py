"""Cash is conserved and nothing is negative whatever caps, overflows, maturities, thresholds and calls a deal has."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import make_curves, make_indices, make_trust
from tests.projection.test_laws import _deal
from tests.reference.deals import INDEX, deals, stresses
from xlfv.kernels import deal as w
from xlfv.projection.projection import Projection, project, project_all
from xlfv.trust.trust import Trust


@st.composite
def richer(draw) -> dict:
    """A made deal with rules on top that the made deals do not have."""
    tables = draw(deals())
    bonds = [dict(row) for row in tables["bonds"]]
    steps = [dict(row) for row in tables["waterfall"]]
    costs = [dict(row) for row in tables["costs"] or []]
    hedges = [dict(row) for row in tables["hedges"] or []]
    triggers = [dict(row) for row in tables["triggers"] or []]
    more = []
    for row in bonds:
        if row.get("net_wac_cap"):
            row["cap_balance"] = draw(st.sampled_from(["pool", "bonds"]))
            row["cap_hedges"] = draw(st.sampled_from(["none", "paid", "swaps", "all"]))
        if row.get("insured_by") and row["kind"] != "io":
            row |= {"final_month": draw(st.sampled_from([1, 7, 25])), "final_date": None}
            more.append({"from": row["insured_by"], "pay": "principal", "to": row["tranche"]})
    for row in costs:
        row["schedule"] = draw(st.sampled_from([None, "P0"]))
        row["in_net_wac"] = draw(st.sampled_from(["yes", "no"]))
        if row["cap"] is not None:
            row |= {
                "cap_counts": draw(st.sampled_from(["twelfths", "calendar_year", "deal_year"])),
                "used_this_year": None,
            }
            more.append({"from": "excess", "pay": f"{row['cost']} over cap"})
    for row in hedges:
        if not row.get("notional_of") and draw(st.booleans()):
            row["notional_of"] = draw(st.sampled_from(["pool", bonds[0]["tranche"]]))
    if hedges and draw(st.booleans()):
        more.append({"from": draw(st.sampled_from(["interest", "excess"])), "pay": "termination"})
    for row in triggers:
        if row["measure"] in ("delinquency", "rolling_delinquency"):
            row["threshold"] = f"{draw(st.integers(5, 90))}% of enhancement"
    for step in more:
        steps.insert(draw(st.integers(0, len(steps))), {"step": "more", **step})
    word = draw(st.sampled_from(["never", "month 4", "first", "economic", "auction"]))
    called = {
        "call_exercised": word, "call_factor": draw(st.sampled_from([0.3, 0.95])), "auction_month": 3,
        "collateral_price": draw(st.sampled_from([0.8, 1.01, "70 for 9 then 115"])), "call_cost": 150.0,
    }  # fmt: skip
    terms = [row for row in tables["terms"] if row["term"] not in called]
    terms += [{"term": name, "value": value} for name, value in called.items()]
    return {**tables, "bonds": bonds, "waterfall": steps, "costs": costs or None, "hedges": hedges or None,
            "triggers": triggers or None, "terms": terms}  # fmt: skip


@settings(max_examples=120)
@given(tables=richer(), stress=stresses())
def test_every_rule_conserves_cash_and_pays_nothing_below_zero(tables, stress):
    made = _deal(tables, stress)  # it proves conservation
    paid = made.distributions
    for values in (*paid.record[:4], paid.record.accounts, paid.record.insurers, paid.residual):
        assert values.min(initial=0.0) >= -1e-9
    due, given_ = paid.record.costs[:, :, 0].sum(), paid.record.costs[:, :, 1].sum()
    assert given_ <= due + 1e-6
    assert Trust.unpack(made.trust.pack()).digest == made.trust.digest
    _check_call(made)


@settings(max_examples=60)
@given(tables=richer(), scenarios=st.lists(stresses(), min_size=2, max_size=3))
def test_scenarios_side_by_side_give_the_bits_of_each_alone(tables, scenarios):
    trust, indices = make_trust(**tables), make_indices(LIBOR_1M=INDEX)
    curves = [make_curves(stress) for stress in scenarios]
    for one, made in zip(curves, project_all(trust, curves, indices, 48), strict=True):
        alone = project(trust, one, indices, 48)
        assert made.called == alone.called
        beside, single = made.distributions.brief, alone.distributions.brief
        np.testing.assert_array_equal(beside.tranches, single.tranches)
        np.testing.assert_array_equal(beside.first, single.first)
        # The last column is what rounding leaves of the proof, summed in another order.
        np.testing.assert_array_equal(beside.deal[:, : w.BRIEF_GAP], single.deal[:, : w.BRIEF_GAP])


def _check_call(made: Projection) -> None:
    """An economic call and an auction pay all notes off, and no loan is left behind a call."""
    if not made.called:
        return
    assert made.collateral.end_balance[:, made.called :].max() == 0.0
    if made.trust.terms.get("call_exercised") in ("economic", "auction"):
        whole = made.collateral.principal[:, made.called].sum()
        before = made.distributions.record.deal[made.called - 1, 1]
        paid = made.distributions.record.tranches[made.distributions.deal.is_note, made.called]
        assert whole >= 0.0
        assert before >= 0.0
        assert paid.min() >= -1e-9
