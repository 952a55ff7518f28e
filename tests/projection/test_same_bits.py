"""The same inputs give the same bits, whatever the processor and the number of threads."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.projection.golden_deal import golden
from xlfv.projection import collateral

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = "a12a1d1828bd9aeb44481a070198edf12c081107a8e10a0abe358dc5d30d5609"


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
    with ThreadPoolExecutor(2) as both:
        hashes = list(both.map(lambda cpu: _elsewhere(NUMBA_CPU_NAME=cpu), ("generic", "nehalem")))
    assert hashes == [GOLDEN, GOLDEN]


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_any_number_of_threads_gives_the_same_bits(workers, monkeypatch):
    monkeypatch.setattr(collateral.os, "cpu_count", lambda: workers)
    assert golden().cash_hash == GOLDEN


def test_cash_is_not_the_same_for_another_input():
    made = golden()
    other = made.collateral.fields["losses"].copy()
    other[0, 20] = np.nextafter(other[0, 20], np.inf)
    changed = collateral.CollateralCash(made.collateral.groups, {**made.collateral.fields, "losses": other})
    assert type(made)(**{**made.__dict__, "collateral": changed}).cash_hash != GOLDEN
