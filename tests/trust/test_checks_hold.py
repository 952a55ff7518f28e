"""What the check says of a deal is so: over made-up deals and cash, what can never be paid never is."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from hypothesis import HealthCheck, given, settings

from tests.builders import make_curves, make_indices, make_trust
from tests.reference.deals import INDEX, deals, stresses
from xlfv.projection.projection import project
from xlfv.trust.checks import check_deal

CENT = 0.005


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(tables=deals(), stress=stresses())
def test_findings_hold_in_the_record(tables, stress):
    trust = make_trust(**tables)
    found = check_deal(trust)
    made = project(trust, make_curves(stress), make_indices(LIBOR_1M=INDEX), 30)
    record = made.distributions.record
    paid = {step.name: made.distributions.steps[k, :, 2] for k, step in enumerate(trust.steps)}
    once = {name for name, count in Counter(step.name for step in trust.steps).items() if count == 1}
    for fault in found:
        step = fault.where.removeprefix("step ")
        if fault.what.startswith("the step can never pay") and step in once:
            assert np.abs(paid[step]).max() < CENT, str(fault)
        if twice := re.match(r"(\w+) of (.*) is paid twice from", fault.what):
            (row,) = [k for k, each in enumerate(trust.steps) if each.name == step] if step in once else [None]
            if row is not None and set(trust.steps[row].targets) <= set(twice[2].split(", ")):
                assert np.abs(paid[step]).max() < CENT, str(fault)
        if account := re.match(r"the account (\S+) is never funded", fault.what):
            row = list(trust["accounts"]["account"]).index(account[1])
            assert np.abs(record.accounts[row, :, :5]).max() < CENT, str(fault)
        if never := re.match(r"the (interest|principal) of (\S+) is never paid$", fault.what):
            columns = made.distributions.tranche(never[2])
            fed = any(s.source in trust.insurers and never[2] in s.targets for s in trust.steps)
            kinds = ("interest_paid", "accreted") if never[1] == "interest" else ("principal_paid",)
            assert fed or max(np.abs(columns[kind]).max() for kind in kinds) < CENT, str(fault)
        if fault.what.startswith("no step writes"):
            columns = made.distributions.tranche(fault.what.split()[3])
            assert np.abs(columns["writedown"]).max() < CENT, str(fault)
