"""How fast loans are projected, beside numpy and C, in one run: ``python -m tests.bench.collateral``.

20,000 mixed loans (fixed, adjustable, interest-only, balloon) in 210 groups over 360 months, nanoseconds a loan-month and
ratios. The kernel plans and rolls loans laid side by side, and adds the groups up; C does the same for its own layout.
Before anything is timed the numpy loop must agree with the kernel, and C where both are the same model. Runs of all take
turns and the best of each counts, for other work on the machine only ever slows one down.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from tests.bench.portfolio import Portfolio, portfolio
from tests.bench.rarer import FEATURES, singly
from tests.bench.yardstick import FLAGS, TOLD, c_program, compilers, numpy_months
from xlfv.kernels import layout as k
from xlfv.projection import cores, engine
from xlfv.projection.plans import mark, prepare
from xlfv.projection.sections import sections

LOANS, MONTHS, SCENARIOS, RARE, SHELF = 20_000, 360, 16, 512, 350_000
TURNS = 41
C_BAR, NUMPY_BAR, SCENARIO_BAR, START_BAR, MEMORY_BAR = 1.15, 20.0, 0.8, 0.7, 1.0
FIRST = "from tests.builders import loan, make_curves, run; print(run([loan()], make_curves(cpr=0.1)).distributions.residual)"
ROOT = Path(__file__).resolve().parents[2]
Floats = NDArray[np.float64]


class Kernel:
    """Our kernel on a portfolio laid side by side."""

    def __init__(self, p: Portfolio) -> None:
        self.p, self.curves = p, p.curves()
        every = np.arange(p.group.size)
        laid = sections(p.numbers, p.counts, p.group, every, self.curves, p.months, "bench")
        self.plans = [prepare(each, p.indices, p.months) for each in laid]
        self.totals: dict[int, Floats] = {}

    def both(self) -> Floats:
        """Plan and roll, where the plan was before: nothing is timed but the work."""
        for plan in self.plans:
            plan.marks, _ = mark(plan.section, plan.months)
        return self.roll()

    def again(self) -> Floats:
        """Roll with the plan that is there."""
        for plan in self.plans:
            plan.marks = plan.marks[:0]
        return self.roll()

    def roll(self, curves: Any = None) -> Floats:
        """Roll the loans, float64[scenarios, groups, months + 1, COMMON_COLUMNS]."""
        curves = curves or self.curves
        scenarios = curves.arrays.timing.shape[0]
        shape = (scenarios, self.p.groups, self.p.months + 1, k.COMMON_COLUMNS)
        total = self.totals.setdefault(scenarios, np.zeros(shape))
        total[:] = 0.0
        for plan in self.plans:
            engine.roll_section(plan, curves, lambda _: None, total)
        return total


@contextmanager
def on_threads(count: int) -> Iterator[None]:
    """While it lasts, loans are shared by so many threads."""
    with mock.patch.object(cores.os, "cpu_count", return_value=count):
        yield


def on(count: int, job: Callable[[], Any]) -> Callable[[], Any]:
    """The job on so many threads."""

    def run() -> Any:
        with on_threads(count):
            return job()

    return run


def take_turns(jobs: dict[str, Callable[[], Any]], turns: int) -> dict[str, float]:
    """The best time of each, seconds."""
    best = dict.fromkeys(jobs, np.inf)
    for _ in range(turns):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def agree(p: Portfolio, kernel: Kernel) -> None:
    """The kernel against numpy, and against C where there are no defaults."""
    gap = np.abs(kernel.both()[0, :, :, :TOLD] - numpy_months(p)).max() / p.numbers[:, k.L_BALANCE].sum()
    assert gap < 1e-12, f"numpy differs by {gap:.1e} of the pool"
    sound = replace(p, mdr=np.zeros_like(p.mdr))
    ours = Kernel(sound).both()[0].sum(axis=0)
    for compiler in compilers():
        theirs = c_program(sound, compiler)()[:, : p.months].sum(axis=0)
        gap = np.abs(theirs[:, :3] - ours[1:, [k.PERFORMING, k.SCHEDULED, k.PREPAID]]).max() / ours[0, 0]
        assert gap < 1e-12, f"{compiler} differs by {gap:.1e} of the pool"


def side_by_side() -> None:
    """The kernel, numpy and C."""
    p = portfolio(LOANS, months=MONTHS)
    kernel = Kernel(p)
    agree(p, kernel)
    many = p.curves(SCENARIOS)
    jobs: dict[str, Callable[[], Any]] = {
        "kernel, one thread: plan and roll": on(1, kernel.both),
        "kernel, one thread: roll again, other curves": on(1, kernel.again),
        "kernel, two threads: plan and roll": on(2, kernel.both),
    }
    in_c = {f"C, one thread ({each} {' '.join(FLAGS)})": c_program(p, each) for each in compilers()}
    best = take_turns(jobs | in_c, TURNS)
    best |= take_turns({f"kernel, one thread: {SCENARIOS} scenarios, each": on(1, lambda: kernel.roll(many))}, 5)
    best |= take_turns({"numpy, a loop over months": lambda: numpy_months(p)}, 3)
    ours, _, twice = list(best.values())[:3]
    best[f"kernel, one thread: {SCENARIOS} scenarios, each"] /= SCENARIOS
    print(f"{LOANS:,} loans x {MONTHS} months, {p.groups} groups: ns a loan-month, best of several turns; all agree")
    for name, seconds in best.items():
        print(f"  {name:62s} {seconds / LOANS / MONTHS * 1e9:7.2f} {seconds / ours:8.2f} x")
    for name in in_c:
        say(f"against {name}", ours / best[name], C_BAR, "{:.2f} times its time")
    say("against numpy", best["numpy, a loop over months"] / ours, NUMPY_BAR, "{:.0f} times as fast", most=False)
    print(f"  the second thread: {ours / twice:.2f} times as fast ({os.cpu_count()} cores)")
    each = best[f"kernel, one thread: {SCENARIOS} scenarios, each"]
    say(f"{SCENARIOS} scenarios at once, each", each / ours, SCENARIO_BAR, "{:.2f} times the cost of one")


def say(what: str, found: float, bar: float, words: str, most: bool = True) -> None:
    """A measurement and its bar."""
    kept = found <= bar if most else found >= bar
    bound = "at most" if most else "at least"
    print(f"  {what}: {words.format(found)}, {'within' if kept else 'OUTSIDE'} the bar of {bound} {bar:g}")


def rarer() -> None:
    """What each rarer feature costs."""
    p = portfolio(RARE, groups=8, months=MONTHS)
    print("loans projected one at a time, one thread: ns a loan-month")
    for name, feature in FEATURES.items():
        print(f"  {name:62s} {singly(p, feature) * 1e9:7.2f}")


def fresh_process() -> None:
    """A process from its start to its first result, and the memory of a whole shelf of trusts."""
    started = min(_seconds(FIRST) for _ in range(5))
    say("process start to the first result", started, START_BAR, "{:.2f} s")
    for words, trusts in (("one trust", 1), ("seventy trusts", 70)):
        told = _output(f"from tests.bench.shelf import shelf; shelf({SHELF}, {trusts})").split()
        print(f"  {SHELF:,} loans in {words} read and kept; projected in {float(told[1]):.2f} s")
        say("    most memory of the process", float(told[0]) / 1e9, MEMORY_BAR, "{:.2f} GB")


def _seconds(code: str) -> float:
    start = time.perf_counter()
    _output(code)
    return time.perf_counter() - start


def _output(code: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return done.stdout


def main() -> None:
    """Run the bench and print it."""
    side_by_side()
    rarer()
    fresh_process()


if __name__ == "__main__":
    main()
