"""The waterfall kernel against the plain reference, over made deals."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from tests.builders import make_curves, make_indices, make_trust
from tests.reference.deals import INDEX, deals, stresses
from tests.reference.plain_waterfall import Waterfall
from xlfv.projection.projection import project

NEAR = 0.005  # a cent, halved


def differences(tables: dict, stress: dict) -> list[str]:
    """What differs by a cent or more."""
    trust = make_trust(**tables)
    indices = make_indices(LIBOR_1M=INDEX)
    run = project(trust, make_curves(stress), indices, 48)
    plain = Waterfall(trust, run.collateral, indices, run.timeline, run.called).run()
    paid = run.distributions
    found = []

    def check(what: str, kernel: np.ndarray, reference: list[float]) -> None:
        gap = np.abs(kernel[1:] - np.array(reference)[1:])
        if not gap.max() < NEAR:
            t = int(np.argmax(~(gap < NEAR))) + 1
            found.append(f"{what} month {t}: kernel {kernel[t]!r}, plain {reference[t]!r}")

    columns = {
        "balance": "end_balance", "short": "interest_shortfall", "carry": "basis_risk_carryforward",
        "interest": "interest_paid", "interest_shortfall": "shortfall_paid", "basis_risk": "basis_risk_paid",
        "principal": "principal_paid", "writedown": "writedown", "accreted": "accreted", "writeup": "writeup",
        "unpaid_loss": "loss_paid", "unpaid": "unpaid_loss",
    }  # fmt: skip
    for name in trust.tranches:
        for what, column in columns.items():
            check(f"{what} of {name}", paid.tranche(name)[column], plain[what, name])
    check("residual", paid.residual, plain["residual", ""])
    check("target", paid.record.deal[:, 3], plain["target", ""])
    check("stepped down", paid.record.deal[:, 4], plain["stepped", ""])
    for k, step in enumerate(trust.steps):
        if step.pay not in ("writedown", "writeup"):
            check(f"step {step.name}", paid.steps[k, :, 2], plain["step", step.name])
    for k, name in enumerate(trust["costs"]["cost"]):
        check(f"cost {name}", paid.record.costs[k, :, 1], plain["cost", str(name)])
    for k, name in enumerate(trust["hedges"]["hedge"]):
        if trust["hedges"]["in_trust"][k]:
            check(f"hedge {name}", paid.record.hedges[k, :, 2], plain["hedge", str(name)])
    for k, name in enumerate(trust["accounts"]["account"]):
        check(f"account {name}", paid.record.accounts[k, :, 4], plain["account", str(name)])
    for k, name in enumerate(trust.insurers):
        check(f"insurer {name}", paid.record.insurers[k, :, 2], plain["insurer", name])
    for k, name in enumerate(trust["triggers"]["trigger"]):
        check(f"trigger {name}", paid.record.triggers[k, :, 2], plain["trigger", str(name)])
    return found


@settings(max_examples=250)
@given(tables=deals(), stress=stresses())
def test_waterfalls_agree_to_the_cent(tables, stress):
    assert differences(tables, stress) == []
