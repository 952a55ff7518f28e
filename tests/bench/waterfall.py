"""How fast the waterfall runs: ``python -m tests.bench.waterfall``.

A shelf deal of 41 steps, 12 classes and 360 months through the kernel, and through the plain reference that the tests hold it
against, in the same process. It prints milliseconds and their ratio; it wants an otherwise idle machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.builders import Row, loan, make_curves, make_indices, make_trust
from tests.reference.plain_waterfall import Waterfall
from xlfv.kernels import deal as w
from xlfv.kernels.waterfall import run
from xlfv.projection.distributions import flows_of
from xlfv.projection.program import compile_deal
from xlfv.projection.projection import Projection, project

SENIORS = [f"A-{k}" for k in range(1, 7)]
MEZZANINES = [f"M-{k}" for k in range(1, 7)]
MONTHS = 360


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


def shelf() -> Projection:
    """The deal on a pool of one loan of half a million."""
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
    trust = make_trust(
        [loan(balance=5e5, rate=0.07)], bonds, shelf_steps(),
        terms=[{"term": name, "value": value} for name, value in terms.items()],
        triggers=[{"trigger": "losses", "measure": "cumulative_loss", "test": ">", "threshold": 0.05}],
        costs=[{"cost": "trustee", "basis": "pool_balance", "rate": 0.0003}],
    )  # fmt: skip
    curves = make_curves(
        cpr=0.1, cdr=0.02, severity=0.4, recovery_lag=6, subsequent_recovery=0.1, subsequent_recovery_lag=6
    )
    return project(trust, curves, make_indices(LIBOR_1M=[0.03 + 0.0001 * m for m in range(MONTHS)]), MONTHS)


def best(work: Callable[[], object], times: int) -> float:
    """The shortest time of some, in milliseconds."""
    shortest = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest * 1e3


def main() -> None:
    """Print both times."""
    made = shelf()
    deal: w.Deal = compile_deal(made.trust, made.indices, made.timeline)
    flows = flows_of(made.collateral)
    kernel = best(lambda: run(deal, flows), 500)
    plain = best(lambda: Waterfall(made.trust, made.collateral, made.indices, made.timeline).run(), 2)
    print(f"{deal.steps.shape[0]} steps, {deal.balance.size} classes, {MONTHS} months")
    print(f"kernel {kernel:.3f} ms, plain Python {plain:,.0f} ms: {plain / kernel:,.0f} times")


if __name__ == "__main__":
    main()
