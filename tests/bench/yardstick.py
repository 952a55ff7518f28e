"""The two yardsticks of the bench: a month loop of numpy operations on all loans, and ``ck3.c`` compiled here.

The numpy loop gives what the kernel gives. The C program is a plan-and-run kernel written by hand with vector types for
fixed, adjustable, interest-only and balloon loans; it knows no late balances, and prepayments apply to what has not
defaulted, so its cash is another model's where there are defaults. Without defaults both must give the same balances.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.portfolio import Portfolio
from xlfv.kernels import layout as k

Floats = NDArray[np.float64]
TOLD = k.LOST + 1  # columns that the numpy loop gives
FLAGS = ("-O3", "-march=native", "-ffast-math")
C_NEVER = 100_000
C_FIELDS, C_LAG = 8, 24  # fields a month; months kept for liquidations after the last
BLOCK = 64


def numpy_months(p: Portfolio) -> Floats:
    """The projection as a loop over months, float64[groups, months + 1, TOLD]."""
    order = np.argsort(p.group, kind="stable")
    x, c, group = p.numbers[order].T, p.counts[order].T, p.group[order]
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    there = group[begins]
    lag = p.lag[group]
    arm = np.flatnonzero(c[k.L_INDEX] >= 0)
    first, frequency = c[k.L_RESET, arm] + 1, c[k.L_FREQUENCY, arm]
    term, interest_only, fee = c[k.L_TERM], c[k.L_INTEREST_ONLY], x[k.L_FEE] / 12.0
    rate, contract = x[k.L_RATE].copy(), x[k.L_BALANCE].copy()
    payment, alive = np.zeros_like(contract), np.ones_like(contract)
    failed = np.zeros((p.months + 1, contract.size))  # running sums of survival times MDR, and of new defaults
    defaulted = np.zeros((p.months + 1, contract.size))
    out = np.zeros((p.groups, p.months + 1, TOLD))
    out[there, 0, k.PERFORMING] = np.add.reduceat(contract, begins)
    for t in range(1, p.months + 1):
        hit = arm[(t >= first) & ((t - first) % frequency == 0) & (t <= term[arm])]
        if hit.size:
            cap = np.where(c[k.L_RESET, hit] + 1 == t, x[k.L_FIRST_CAP, hit], x[k.L_CAP, hit])
            new = p.indices[c[k.L_INDEX, hit], np.maximum(t - c[k.L_LOOKBACK, hit], 0)] + x[k.L_MARGIN, hit]
            new = np.clip(new, rate[hit] - cap, rate[hit] + cap)
            rate[hit] = np.clip(new, x[k.L_FLOOR, hit], x[k.L_LIFE_CAP, hit])
        fresh = np.union1d(hit, np.flatnonzero(interest_only + 1 == t)) if t > 1 else np.arange(contract.size)
        if fresh.size:
            monthly = rate[fresh] / 12.0
            left = np.maximum(c[k.L_AMORTIZE, fresh] - t + 1, 1)
            level = contract[fresh] * monthly / (1.0 - (1.0 + monthly) ** -left)
            payment[fresh] = np.where(t > interest_only[fresh], level, 0.0)
        monthly = rate / 12.0
        after = contract - np.minimum(np.maximum(payment - contract * monthly, 0.0), contract)
        before, end = np.where(t <= term, contract, 0.0), np.where(t < term, after, 0.0)
        after = np.where(t <= term, after, contract)
        mdr = np.minimum(p.mdr[group, t] * x[k.L_DEFAULT], 1.0)
        smm = np.minimum(p.smm[group, t] * x[k.L_PREPAY], 1.0 - mdr)
        new = before * alive * mdr
        failed[t], defaulted[t] = failed[t - 1] + np.where(t <= term, alive * mdr, 0.0), defaulted[t - 1] + new
        gone, going = np.maximum(t - 1 - lag, 0), np.maximum(t - lag, 0)
        each = np.arange(contract.size)
        gone_before, gone_now = failed[gone, each], failed[going, each]
        late = (failed[t] - gone_before) * contract
        liquidated = (gone_now - gone_before) * contract
        stock = failed[t] - gone_now
        loss = (defaulted[going, each] - defaulted[gone, each]) * (p.severity[group, t] * x[k.L_SEVERITY])
        live = before * alive * (1.0 - mdr)
        columns = (
            end * alive * (1.0 - mdr - smm), stock * after, (before - end) * alive * (1.0 - mdr), end * alive * smm, new,
            stock * (contract - after), live * monthly, late * monthly, (live + late) * fee, liquidated,
            np.minimum(loss, liquidated),
        )  # fmt: skip
        for column, values in enumerate(columns):
            out[there, t, column] = np.add.reduceat(values, begins)
        alive = alive * (1.0 - mdr - smm)
        contract = after
    return out


def compilers() -> list[str]:
    """The C compilers of this machine."""
    found: dict[str, str] = {}
    for name in ("gcc", "clang", "cc"):
        path = shutil.which(name)
        if path:
            found.setdefault(str(Path(path).resolve()), name)
    return list(found.values())


def c_program(p: Portfolio, compiler: str) -> Callable[[], Floats]:
    """``ck3.c`` compiled, with the portfolio as it wants it; a call gives float64[blocks, months + 24, 8]."""
    library = Path(tempfile.mkdtemp()) / f"ck3_{compiler}.so"
    source = Path(__file__).with_name("ck3.c")
    subprocess.run([compiler, *FLAGS, "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
    run = ctypes.CDLL(str(library)).plan_run
    numbers, counts, blocks = _packed(p)
    width = p.months + C_LAG
    curves = [_c_curve(values, width) for values in (p.mdr, p.smm, p.severity, np.zeros_like(p.mdr))]
    indices = _c_curve(p.indices[:, :-1], width, shift=0)  # its rates reset at the index of the month before
    part = np.zeros((blocks.shape[1], width, C_FIELDS))
    lag = np.ascontiguousarray(p.lag)
    held = [numbers, counts, *blocks, *curves, lag, indices, part]  # alive as long as the call

    def at(array: NDArray[Any]) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    long = ctypes.c_long

    def call() -> Floats:
        assert held
        run(
            at(numbers), at(counts), long(numbers.shape[1]), *map(at, blocks), long(0), long(blocks.shape[1]),
            *map(at, curves), at(lag), at(indices), long(width), long(1), long(0), at(part),
        )  # fmt: skip
        return part

    return call


def _c_curve(values: Floats, width: int, shift: int = 1) -> Floats:
    """Months from 1 on, the last held on: float64[rows, width]."""
    at = np.minimum(np.arange(width) + shift, values.shape[1] - 1)
    return np.ascontiguousarray(values[:, at])


def _packed(p: Portfolio) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Loans in blocks of one group, filled up to eights: float64[12, places], int64[7, places], int64[4, blocks]."""
    x, c = p.numbers.T, p.counts.T
    arm = c[k.L_INDEX] >= 0
    first = np.where(arm, c[k.L_RESET] + 1, C_NEVER)
    frequency = np.where(arm, c[k.L_FREQUENCY], 0)
    phase = np.where(arm, first % np.maximum(frequency, 1), 0)
    order = np.lexsort((np.where(arm, first, c[k.L_INTEREST_ONLY]), phase, frequency, arm, p.group))
    sizes = np.bincount(p.group, minlength=p.groups)
    padded = -(-sizes // 8) * 8
    ends = np.cumsum(padded)
    to = np.repeat(ends - padded, sizes) + np.arange(order.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    numbers, counts = np.zeros((12, int(ends[-1]))), np.full((7, int(ends[-1])), C_NEVER, dtype=np.int64)
    numbers[1], numbers[5] = 0.05, 1.0
    counts[2], counts[3], counts[4] = 0, 0, 1
    numbers[:, to] = np.array([
        x[k.L_BALANCE], x[k.L_RATE], x[k.L_MARGIN], x[k.L_FIRST_CAP], x[k.L_CAP], x[k.L_LIFE_CAP], x[k.L_FLOOR],
        x[k.L_FEE] / 12.0, x[k.L_DEFAULT], x[k.L_PREPAY], x[k.L_SEVERITY], np.zeros(order.size),
    ])[:, order]  # fmt: skip
    counts[:, to] = np.array([
        first, first, frequency, np.maximum(c[k.L_INDEX], 0), c[k.L_AMORTIZE], c[k.L_TERM], c[k.L_INTEREST_ONLY] + 1,
    ])[:, order]  # fmt: skip
    blocks = []
    for g in range(p.groups):
        eights = int(padded[g]) // 8
        parts = -(-int(padded[g]) // BLOCK)
        at = int(ends[g] - padded[g])
        for part in range(parts):
            size = (eights // parts + (part < eights % parts)) * 8
            terms = counts[5, at : at + size]
            blocks.append((at, size, g, int(np.where(terms < C_NEVER, terms, 0).max())))
            at += size
    return numbers, counts, np.ascontiguousarray(np.array(blocks, dtype=np.int64).T)
