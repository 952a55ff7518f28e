"""The same inputs give the same bits, whatever the processor and the number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.bench.portfolio import portfolio
from tests.projection.golden_deal import golden
from xlfv.projection import collateral, cores, engine, plans

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = "2a4cf8b5ec61894fa8460a8aed40e2436b7137ba13ff297ea699f08659cf39c0"


def _elsewhere(**environment: str) -> str:
    """The hash, printed by a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-m", "tests.projection.golden_deal"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_cash_of_the_golden_deal_is_pinned():
    """If the arithmetic was meant to change, so must this hash, and the commit says why."""
    made = golden()
    assert made.distributions.residual.sum() > 0.0
    assert made.distributions.tranche("M-1")["writedown"].sum() > 0.0
    assert made.distributions.record.deal[:, 4].max() == 1.0
    assert made.cash_hash == GOLDEN


def test_other_processors_give_the_same_bits():
    """Old instruction sets have no fused multiply-add and narrower vectors; the cash must not notice."""
    others = [
        {"NUMBA_CPU_NAME": "generic"},  # SSE2
        {"NUMBA_CPU_NAME": "nehalem"},  # SSE4.2
        {"NUMBA_CPU_NAME": "haswell"},  # AVX2
        {"NPY_DISABLE_CPU_FEATURES": " ".join(_numpy_features())},
    ]
    with ThreadPoolExecutor(2) as both:
        hashes = list(both.map(lambda one: _elsewhere(**one), others))
    assert hashes == [GOLDEN] * 4


def _numpy_features() -> list[str]:
    """What numpy would use of this processor beyond its baseline."""
    try:
        from numpy._core import _multiarray_umath as core
    except ImportError:  # numpy 1
        from numpy.core import _multiarray_umath as core
    return [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]


@pytest.mark.parametrize("workers", [1, 2, 4, 7])
def test_any_number_of_threads_gives_the_same_bits(workers, monkeypatch):
    monkeypatch.setattr(cores.os, "cpu_count", lambda: workers)
    assert golden().cash_hash == GOLDEN


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_threads_that_share_many_blocks_give_the_bits_of_one(workers, monkeypatch):
    """4,000 loans in 20 groups, every fifth of them taken singly: blocks enough for all."""
    pool = portfolio(4000, groups=20, months=60)
    common = np.arange(pool.group.size) % 5 > 0
    fractions = np.full((3, pool.months + 1), 1.0 / 12.0)

    def projected(count: int) -> bytes:
        monkeypatch.setattr(cores.os, "cpu_count", lambda: count)
        monkeypatch.setattr(plans, "_kept", OrderedDict())
        sums = engine.project_loans(
            pool.numbers, pool.counts, pool.group, pool.groups, common, pool.curves(), pool.indices, fractions,
            pool.months, "threads",
        )  # fmt: skip
        return b"".join(one.common.tobytes() + one.others.tobytes() for one in sums)

    assert projected(workers) == projected(1)


def test_a_plan_that_was_kept_gives_the_same_bits(monkeypatch):
    monkeypatch.setattr(plans, "_kept", OrderedDict())
    first = golden().cash_hash
    assert plans._kept
    assert golden().cash_hash == first == GOLDEN


def test_cash_is_not_the_same_for_another_input():
    made = golden()
    other = made.collateral.fields["losses"].copy()
    other[0, 20] = np.nextafter(other[0, 20], np.inf)
    changed = collateral.CollateralCash(made.collateral.groups, {**made.collateral.fields, "losses": other})
    assert type(made)(**{**made.__dict__, "collateral": changed}).cash_hash != GOLDEN
