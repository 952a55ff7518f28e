"""How fast the engine is, beside plain numpy and plain C, in one run: ``python -m tests.bench.stage1``.

5,000 loans (half of them adjustable, some interest-only, some balloons) over 360 months under one curve: prepayments,
defaults liquidated after 12 months, severity, advances. All must agree before any is timed. Then a trust of those loans
is projected, distributed and valued warm, and a fresh process is timed from its start to its first result.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.builders import loan, make_curves, make_indices, make_trust
from xlfv.kernels import loans as kernel
from xlfv.kernels.yields import internal_rate, present_value
from xlfv.projection import collateral
from xlfv.projection.projection import project

LOANS, MONTHS, LAG = 5000, 360, 12
BAR, START_BAR = 0.1, 1.5
TOLD = kernel.BEHIND  # columns compared: all but the balance late today, which no loan here has
ROOT = Path(__file__).resolve().parents[2]


def pool(count: int = LOANS) -> list[dict]:
    """Loans whose terms are spread by whole-number arithmetic."""
    rows = []
    for k in range(count):
        row = {"loan_id": k, "balance": 40000.0 + 97 * (k * 37 % 4999), "rate": (450 + k * 53 % 400) / 10000}
        row |= {"remaining_term": 120 + k * 29 % 240, "servicing_fee": 0.0025}
        if k % 2:
            row |= {
                "rate_type": "arm", "index": "LIBOR_6M", "margin": 0.0225, "months_to_reset": k % 30,
                "reset_frequency": 6, "initial_cap": 0.05, "periodic_cap": 0.01, "life_cap": 0.11,
                "rate_rounding": 0.00125,
            }  # fmt: skip
        if k % 5 == 0:
            row["interest_only_months"] = 36
        if k % 7 == 0:
            row["amortization_term"] = 480
        rows.append(row)
    return rows


def numpy_months(args: tuple[Any, ...], months: int) -> np.ndarray:
    """The same projection as a loop over months of numpy operations on all loans, float64[months + 1, 15]."""
    numbers, counts, _, _, indices, mdr, smm, severity, _, advance, _, _ = args
    mdr, smm, severity, advance = mdr[0], smm[0], severity[0], advance[0]
    x, c = numbers.T, counts.T
    arm = c[kernel.L_INDEX] >= 0
    rate, contract, payment = x[kernel.L_RATE].copy(), x[kernel.L_BALANCE].copy(), x[kernel.L_PAYMENT].copy()
    performing, foreclosure = contract.copy(), np.zeros(contract.size)
    fee, term, io = x[kernel.L_FEE] / 12.0, c[kernel.L_TERM], c[kernel.L_INTEREST_ONLY]
    born, path = np.zeros((months + 1, contract.size)), np.ones((months + 1, contract.size))
    out = np.zeros((months + 1, TOLD))
    fresh = ~(payment > 0.0)
    for t in range(1, months + 1):
        since = t - c[kernel.L_RESET] - 1
        hit = arm & (since >= 0) & (since % c[kernel.L_FREQUENCY] == 0) & (t <= term)
        if hit.any():
            row = np.clip(t - c[kernel.L_LOOKBACK], 0, indices.shape[1] - 1)
            new = indices[np.maximum(c[kernel.L_INDEX], 0), row] + x[kernel.L_MARGIN]
            unit = x[kernel.L_ROUNDING]
            safe = np.where(unit > 0.0, unit, 1.0)
            new = np.where(unit > 0.0, np.floor(new / safe + 0.5) * safe, new)
            cap = np.where(since == 0, x[kernel.L_FIRST_CAP], x[kernel.L_CAP])
            new = np.clip(np.clip(new, rate - cap, rate + cap), x[kernel.L_FLOOR], x[kernel.L_LIFE_CAP])
            rate = np.where(hit, new, rate)
        monthly = rate / 12.0
        fresh |= hit | ((t == io + 1) & (t > 1))
        recast = fresh & (t > io) & (t <= term)
        if recast.any():
            left = np.maximum(c[kernel.L_AMORTIZE] - t + 1, 1)
            payment = np.where(recast, contract * monthly / -np.expm1(-left * np.log1p(monthly)), payment)
            fresh &= ~recast
        principal = np.where(t > io, np.minimum(np.maximum(payment - contract * monthly, 0.0), contract), 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(contract > 0.0, (contract - principal) / contract, 0.0)
        contract = np.where(t <= term, contract - principal, contract)
        kept = np.where(t >= term, 0.0, ratio)
        late = np.where(t > term, 1.0, np.where(ratio > 1e-9, ratio, 0.0))
        path[t] = path[t - 1] * (1.0 - advance[t] * (1.0 - late))
        share = np.where(t + LAG <= c[kernel.L_LAST_DEFAULT], mdr[t], 0.0)
        new_defaults = performing * share
        prepaid = performing * kept * np.minimum(smm[t], 1.0 - share)
        scheduled = (performing - new_defaults) * (1.0 - kept)
        behind = new_defaults + foreclosure
        due, paid = (performing + foreclosure) * monthly, (performing - new_defaults) * monthly
        advanced_interest = behind * monthly * advance[t]
        net_fee = ((performing - new_defaults + behind * advance[t]) * fee).sum()
        born[t] = new_defaults
        liquidated, loss, due_fee = 0.0, 0.0, ((performing + foreclosure) * fee).sum()
        if t > LAG:
            with np.errstate(invalid="ignore", divide="ignore"):
                share_left = np.where(path[t - LAG - 1] > 0.0, path[t - 1] / path[t - LAG - 1], 0.0)
            liquidated = born[t - LAG] * share_left
            loss = np.minimum(born[t - LAG] * severity[t] * x[kernel.L_SEVERITY], liquidated)
        foreclosure = np.maximum(foreclosure + new_defaults - liquidated, 0.0)
        advanced = foreclosure * advance[t] * (1.0 - late)
        foreclosure = foreclosure - advanced
        after = np.maximum(performing - new_defaults - prepaid - scheduled, 0.0)
        performing = np.where(t >= term, 0.0, after)
        out[t] = [
            performing.sum(), foreclosure.sum(), scheduled.sum(), prepaid.sum(), new_defaults.sum(), advanced.sum(),
            np.sum(liquidated), np.sum(liquidated - loss), np.sum(loss), due.sum(), paid.sum(),
            advanced_interest.sum(), (due - paid - advanced_interest).sum(), net_fee, due_fee,
        ]  # fmt: skip
    return out


def compiled_c(args: tuple[Any, ...], months: int) -> Callable[[], np.ndarray] | None:
    """The same projection in C, compiled here; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = Path(tempfile.mkdtemp()) / "loans.so"
    source = Path(__file__).with_name("loans.c")
    flags = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, str(source), "-o", str(library), "-lm"], check=True)
    run = ctypes.CDLL(str(library)).project
    numbers, counts, _, _, indices, mdr, smm, severity, _, advance, _, _ = args
    numbers, counts = (
        numbers[:, : kernel.L_ADVANCED],
        counts[:, : kernel.L_BEHIND],
    )  # every loan is advanced and on time
    held = [np.ascontiguousarray(a) for a in (numbers, counts, indices, mdr[0], smm[0], severity[0], advance[0])]

    def call() -> np.ndarray:
        out = np.zeros((months + 1, TOLD))
        x, c, i, d, s, v, a = (ctypes.c_void_p(array.ctypes.data) for array in held)
        longs = [ctypes.c_long(n) for n in (held[2].shape[1], LAG, len(held[0]), months)]
        run(x, c, i, longs[0], d, s, v, a, longs[1], longs[2], longs[3], ctypes.c_void_p(out.ctypes.data))
        return out

    return call


def best(job: Callable[[], Any], times: int = 7) -> float:
    """The fastest of some runs, seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        found.append(time.perf_counter() - start)
    return min(found)


def kernel_arguments(trust: Any, curves: Any, indices: Any) -> tuple[Any, ...]:
    """What the projection hands to the kernel."""
    caught: list[tuple[Any, ...]] = []
    real = collateral._run_blocks

    def catch(loan_args: tuple[Any, ...], *rest: Any) -> Any:
        caught.append(loan_args)
        return real(loan_args, *rest)

    collateral._run_blocks = catch  # type: ignore[assignment]
    try:
        collateral.project_collateral(trust, curves, indices, MONTHS)
    finally:
        collateral._run_blocks = real
    return caught[0]


def main() -> None:
    """Run the bench and print it."""
    curves = make_curves(cpr="6 ramp 24 to 12", mdr="0.1 ramp 30 to 0.5", severity=0.4, recovery_lag=LAG, advance=1.0)
    indices = make_indices(LIBOR_6M=[(23 + 17 * (m % 40)) / 10000 for m in range(MONTHS + 1)])
    size = sum(row["balance"] for row in pool())
    bonds = [
        {"tranche": "A", "balance": 0.8 * size, "coupon": 0.045},
        {"tranche": "B", "balance": 0.15 * size, "coupon": 0.05},
    ]
    rules = [
        {"step": 1, "from": "interest", "pay": "interest", "to": "A, B"},
        {"step": 2, "from": "principal", "pay": "principal", "to": "A, B"},
        {"step": 3, "from": "excess", "pay": "oc", "to": "A, B"},
        {"step": 4, "from": "excess", "pay": "writedown", "to": "B, A"},
    ]  # fmt: skip
    trust = make_trust(pool(), bonds, rules, terms=[{"term": "oc_target", "value": 0.06}])
    args = kernel_arguments(trust, curves, indices)
    starts = np.append(np.arange(0, LOANS, kernel.BLOCK), LOANS)
    parts = np.zeros((starts.size - 1, MONTHS + 1, kernel.COLUMNS))

    def one_thread() -> np.ndarray:
        kernel.project_blocks(*args, starts, parts)
        return parts.sum(axis=0)

    ours = one_thread()
    rows: list[tuple[str, float]] = []
    others: dict[str, Callable[[], Any]] = {"numpy, a loop over months": lambda: numpy_months(args, MONTHS)}
    in_c = compiled_c(args, MONTHS)
    if in_c is not None:
        others["C, one thread (cc -O3 -march=native)"] = in_c
    for name, job in others.items():
        gap = np.abs(job()[1:] - ours[1:, :TOLD]).max() / size
        assert gap < 1e-12, f"{name} differs by {gap:.1e} of the pool"
    rows.append(("xlfv kernel, one thread", best(one_thread)))
    rows += [(name, best(job, 3 if "numpy" in name else 7)) for name, job in others.items()]
    cores = os.cpu_count()
    whole = best(lambda: collateral.project_collateral(trust, curves, indices, MONTHS))
    rows.append((f"xlfv, tables to collateral cash, {cores} cores", whole))
    print(f"{LOANS:,} loans x {MONTHS} months, best of several runs; all agree to 1e-12 of the pool")
    for name, seconds in rows:
        print(f"  {name:44s} {1000 * seconds:9.1f} ms {seconds / rows[0][1]:8.2f} x")

    def valued() -> float:
        made = project(trust, curves, indices, MONTHS)
        years = made.timeline.years()
        for name in made.trust.tranches:
            cash = made.distributions.tranche(name)["cash"]
            price = present_value(cash, years, 0.07, 12.0)
            internal_rate(cash, years, price, 12.0)
        return present_value(made.distributions.residual, years, 0.15, 12.0)

    valued()
    seconds = best(valued)
    verdict = "under" if seconds < BAR else "OVER"
    print(f"projected, distributed and valued, warm: {1000 * seconds:.1f} ms, {verdict} the bar of {1000 * BAR:.0f} ms")
    command = [sys.executable, "-c", "from tests.bench.stage1 import first; first()"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = best(lambda: subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True), 3)
    verdict = "under" if started < START_BAR else "OVER"
    print(f"process start to the first result: {started:.2f} s, {verdict} the bar of {START_BAR} s")


def first() -> None:
    """The first result of a fresh process: a small trust projected."""
    made = project(make_trust([loan()]), make_curves(cpr=0.1))
    print(made.distributions.residual.sum())


if __name__ == "__main__":
    main()
