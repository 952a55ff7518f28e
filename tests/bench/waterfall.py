"""How fast the waterfall runs: ``python -m tests.bench.waterfall``.

A shelf deal of 41 steps, 12 classes and 360 months: through the kernel with every step on record, eight scenarios side by side
in brief, and through the plain reference that the tests hold it against, in the same process. Then seventy trusts of
``LOANS`` loans each under a hundred scenarios, measured. It prints milliseconds and ratios; it wants an idle machine.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np

from tests.builders import Row, loan, make_curves, make_indices, make_trust
from tests.reference.plain_waterfall import Waterfall
from xlfv.kernels import deal as w
from xlfv.kernels.runs import beside, run, run_eight
from xlfv.projection.distributions import flows_of
from xlfv.projection.program import compile_deal
from xlfv.projection.projection import Projection, project
from xlfv.tables import Table
from xlfv.trust.trust import Trust
from xlfv.valuation.scenarios import run_scenarios

SENIORS = [f"A-{k}" for k in range(1, 7)]
MEZZANINES = [f"M-{k}" for k in range(1, 7)]
MONTHS = 360
LOANS = 200


def shelf_steps() -> list[Row]:
    """The 41 steps of a senior and mezzanine deal with overcollateralization."""
    names = SENIORS + MEZZANINES
    every = ", ".join(names)
    steps: list[Row] = [{"from": "interest", "pay": "trustee"}]
    steps.append({"from": "interest", "pay": "interest", "to": ", ".join(SENIORS), "rule": "pro_rata"})
    steps += [{"from": "interest", "pay": "interest", "to": name} for name in MEZZANINES]
    steps += [{"from": "principal", "pay": "interest", "to": name} for name in SENIORS]
    steps += [{"from": "principal", "pay": "principal", "to": name} for name in names]
    steps += [{"from": "principal", "pay": "writeup", "to": every}, {"from": "excess", "pay": "oc", "to": every}]
    steps += [{"from": "excess", "pay": "interest_shortfall", "to": name} for name in MEZZANINES]
    steps += [{"from": "excess", "pay": "basis_risk", "to": name} for name in SENIORS[:5]]
    steps.append({"from": "excess", "pay": "writedown", "to": ", ".join(reversed(MEZZANINES))})
    steps.append({"from": "excess", "pay": "residual"})
    return [{"step": str(k), **step} for k, step in enumerate(steps, 1)]


def shelf_trust(loans: list[Row]) -> Trust:
    """The deal on a pool of half a million."""
    floating = {
        "coupon_type": "floating",
        "index": "LIBOR_1M",
        "margin": 0.003,
        "net_wac_cap": "pool",
        "day_count": "act/360",
    }
    bonds = [{"tranche": name, "balance": 77e3, "kind": "senior", **floating} for name in SENIORS]
    bonds += [{"tranche": name, "balance": 5e3, "kind": "mezzanine", **floating} for name in MEZZANINES]
    terms = {
        "closing_date": "2009-12-31", "oc_target": 0.02, "oc_target_after_stepdown": 0.04, "oc_floor": 0.005,
        "stepdown_age": 37, "stepdown_enhancement": 0.2,
    }  # fmt: skip
    return make_trust(
        loans, bonds, shelf_steps(),
        terms=[{"term": name, "value": value} for name, value in terms.items()],
        triggers=[{"trigger": "losses", "measure": "cumulative_loss", "test": ">", "threshold": 0.05}],
        costs=[{"cost": "trustee", "basis": "pool_balance", "rate": 0.0003}],
    )  # fmt: skip


def shelf(cdr: float = 0.02) -> Projection:
    """The deal on one loan."""
    curves = make_curves(
        cpr=0.1, cdr=cdr, severity=0.4, recovery_lag=6, subsequent_recovery=0.1, subsequent_recovery_lag=6
    )
    trust = shelf_trust([loan(balance=5e5, rate=0.07)])
    return project(trust, curves, make_indices(LIBOR_1M=[0.03 + 0.0001 * m for m in range(MONTHS)]), MONTHS)


def best(work: Callable[[], object], times: int) -> float:
    """The shortest time of some, in milliseconds."""
    shortest = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest * 1e3


def scenario_runs(trusts: int = 70, scenarios: int = 100) -> None:
    """Trusts under a grid of scenarios: collateral and waterfall by trust, three measures of each."""
    grid = Table("grid", {"prepay": [0.5 + 0.01 * k for k in range(scenarios)], "cdr": [1.0 + 0.02 * k for k in range(scenarios)]},
                 order=("prepay", "cdr"))  # fmt: skip
    measures = Table("measures", {"item": ["A-1", "M-1", "residual"], "measure": ["price", "loss", "cash"],
                                  "at": [0.06, None, None]}, order=("item", "measure", "at"))  # fmt: skip
    curves = Table("curves", {"month": [1.0], "cpr": [0.1], "cdr": [0.02], "severity": [0.4], "recovery_lag": [6.0]},
                   order=("month", "cpr", "cdr", "severity", "recovery_lag"))  # fmt: skip
    indices = make_indices(LIBOR_1M=[0.03 + 0.0001 * m for m in range(MONTHS)])
    made = [
        shelf_trust([loan(f"L{n}", balance=5e5 / LOANS, rate=0.07 + 0.00001 * (n % 50), remaining_term=360 - n % 7)
                     for n in range(LOANS)]) for _ in range(trusts)
    ]  # fmt: skip
    run_scenarios(made[0], curves, grid, measures, indices, MONTHS)
    start = time.perf_counter()
    for trust in made:
        run_scenarios(trust, curves, grid, measures, indices, MONTHS)
    spent = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{trusts} trusts of {LOANS} loans x {scenarios} scenarios: {spent:.1f} s, {spent / trusts / scenarios * 1e3:.2f} ms"
        f" each; most memory {most:.2f} GB"
    )


def main() -> None:
    """Print the times and their ratios."""
    made = shelf()
    deal: w.Deal = compile_deal(made.trust, made.indices, made.timeline)
    flows = flows_of(made.collateral)
    scenarios = [flows_of(shelf(cdr).collateral) for cdr in (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)]
    eight, called, ends = beside(scenarios), np.zeros(8), np.zeros((0, 8))
    kernel = best(lambda: run(deal, flows), 500)
    lanes = best(lambda: run_eight(deal, eight, called, ends), 500) / 8
    plain = best(lambda: Waterfall(made.trust, made.collateral, made.indices, made.timeline).run(), 2)
    print(
        f"{deal.steps.shape[0]} steps, {deal.balance.size} classes, {MONTHS} months; milliseconds, and times one kernel run"
    )
    print(f"kernel, every step on record      {kernel:9.3f}  {1.0:9.2f} x")
    print(f"eight side by side, a scenario    {lanes:9.3f}  {lanes / kernel:9.2f} x")
    print(f"plain Python reference            {plain:9.0f}  {plain / kernel:9.0f} x")
    scenario_runs()


if __name__ == "__main__":
    main()
