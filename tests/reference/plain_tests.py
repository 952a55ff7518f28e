"""What a deal tests in the second statement of its rules: triggers, the step-down, and the OC target with its release."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.reference.plain_cash import ONE, ZERO, Collections
from tests.reference.plain_steps import HALF_A_CENT

HOLD_THE_TARGET = ("cumulative_loss", "delinquency", "rolling_delinquency")


class Measures:
    """The state is that of ``Waterfall``."""

    groups: list[str]
    seniors: list[str]
    triggers: dict[str, dict]
    thresholds: dict[str, list[Decimal]]
    on: dict[str, bool]
    pools: list[Collections]
    original: Decimal
    lost: Decimal
    has_oc: bool
    oc_target: Decimal
    oc_floor: Decimal
    stepped_down: bool
    out: dict
    distributable: dict[str, Decimal]
    calendar: Any
    terms: Any
    number: Any
    collateral: Any
    outstanding: Any
    senior_balance: Any

    def late_share(self, month: int) -> Decimal:
        pool = self.pools[month]
        return pool.late / pool.end if pool.end > 0 else ZERO

    def measure(self, what: str, month: int, months: int = 3) -> Decimal:
        """What a trigger measures, before anything is paid; a rolling delinquency over so many months."""
        pool = self.pools[month]
        if what == "cumulative_loss":
            return self.lost / self.original if self.original > 0 else ZERO
        if what == "delinquency":
            return self.late_share(month)
        if what == "rolling_delinquency":
            last = range(max(month + 1 - months, 0), month + 1)
            return sum((self.late_share(t) for t in last), ZERO) / len(last)
        if what == "oc":
            return pool.begin - self.outstanding()
        if what == "enhancement":
            return ONE - self.senior_balance() / pool.begin if pool.begin > 0 else ZERO
        if what == "month":
            return Decimal(month)
        if what == "deal_age":
            return self.calendar.age(month, self.terms.get("closing_date"))
        if what == "subordination":
            below = self.outstanding() - self.senior_balance()
            return below if below >= HALF_A_CENT else ZERO
        return pool.end / self.original if self.original > 0 else ZERO

    def run_tests(self, month: int) -> None:
        """A trigger is on where its test holds, and stays on where it does not cure."""
        for name, x in self.triggers.items():
            value, threshold = self.measure(x["measure"], month, x["rolling_months"]), self.thresholds[name][month - 1]
            if str(x["threshold"]).endswith("of enhancement"):
                behind = self.measure("enhancement", month)
                # Seniors that are as large as the pool but for the rounding of its floats have nothing behind them.
                threshold *= ZERO if -Decimal("1e-12") <= behind < ZERO else behind
            fails = {
                ">": value > threshold, "<": value < threshold, ">=": value >= threshold, "<=": value <= threshold,
            }[x["test"]]  # fmt: skip
            self.on[name] = fails or (self.on[name] and not x["cure"])
            self.out["trigger value", name][month] = value
            self.out["trigger threshold", name][month] = threshold
            self.out["trigger on", name][month] = ONE if self.on[name] else ZERO

    def step_down(self, month: int) -> None:
        """The step-down comes once the deal is old enough and the seniors enhanced enough, or the seniors are retired.

        From then on the OC target is the lower of last month's and the share of the pool that is left, never below the
        floor; while a trigger of losses or delinquency is on it stays last month's.
        """
        pool, seniors = self.pools[month].begin, self.senior_balance()
        age, enhancement = self.number("stepdown_age"), self.number("stepdown_enhancement")
        old = age is None or self.calendar.age(month, self.terms.get("closing_date")) >= age
        enhanced = enhancement is None or (pool > 0 and ONE - seniors / pool >= enhancement)
        retired = bool(self.seniors) and seniors < HALF_A_CENT
        given = age is not None or enhancement is not None
        self.stepped_down = self.stepped_down or retired or (given and old and enhanced)
        held = any(self.on[name] for name, x in self.triggers.items() if x["measure"] in HOLD_THE_TARGET)
        after = self.number("oc_target_after_stepdown")
        if self.has_oc and self.stepped_down and not held and after is not None:
            wanted = after * self.pools[month].end if after < 1 else after
            self.oc_target = max(min(self.oc_target, wanted), self.oc_floor)

    def notes_above_target(self, month: int) -> Decimal:
        """What the notes exceed the pool less the OC target by."""
        return max(self.outstanding() - max(self.pools[month].end - self.oc_target, ZERO), ZERO)

    def set_principal_distribution(self, month: int) -> None:
        """Principal that the classes may take: what was collected, less what overcollateralization above its target releases."""
        collected = self.collateral("", month).principal
        keeps = ONE
        if self.has_oc and collected > 0:
            keeps = min(self.notes_above_target(month) / collected, ONE)
        self.distributable = {g: self.collateral(g, month).principal * keeps for g in self.groups}
