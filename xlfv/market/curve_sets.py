"""What curves are once read: the columns of their table, and one record of vectors a named set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from xlfv.market.rates import Floats, psa_cpr, sda_cdr

PREPAY: Final = ("cpr", "smm", "psa", "abs")
DEFAULT: Final = ("cdr", "mdr", "sda", "cumulative_default")
SEVERITY_BASES: Final = ("all_in", "liquidation_balance", "property")
STATUSES: Final = ("d30", "d60", "d90", "bankruptcy", "foreclosure")
"""What a loan can be today, beside current and reo: each may have a column of its own of :data:`OF_STATUS`."""
OF_STATUS: Final = ("severity", "cure", "months_to_liquidation")
TOLD: Final = ("provider", "curve_date", "version")
RAMP_MONTHS: Final = 361

_STATUS_WORDS = {"d30": "30 days late", "d60": "60 days late", "d90": "90 days late or more"}


def _of_status(column: str, meaning: str) -> dict[str, str]:
    return {f"{column}_{status}": meaning.format(_STATUS_WORDS.get(status, f"in {status}")) for status in STATUSES}


COLUMNS: dict[str, str] = {
    "month": "month of the projection, 1 is the next (or age)",
    "age": "age of the loan in months (instead of month); a set of curves is by one of the two",
    "curve": "name of the curve set a loan follows (default)",
    "cpr": "annual prepayment rate, decimal",
    "smm": "monthly prepayment rate, decimal",
    "psa": "percent of the PSA standard (150)",
    "abs": "absolute prepayment speed: share of the original number of loans that prepays in a month, decimal (0.015)",
    "cdr": "annual default rate, decimal",
    "mdr": "monthly default rate, decimal",
    "sda": "percent of the Standard Default Assumption (100)",
    "cumulative_default": "share defaulted up to and with the month, decimal; by month: of the balance at the cut-off, "
    "by age: of the original balance. It starts at 0 and never falls",
    "curtailment": "annual rate of partial prepayments, decimal, beside those that pay a loan off (0)",
    "severity": "loss share of a liquidation, decimal (0)",
    **_of_status("severity", "severity of loans {} today (severity)"),
    "severity_basis": "all_in: share of the balance at default, advances and expenses already in it; liquidation_balance: "
    "of the balance at liquidation; property: the shortfall of the property against the balance at default, before "
    "advances and expenses. One a curve set (all_in)",
    "liquidation_expense": "costs of a liquidation, share of the balance at default, decimal (0)",
    "recovery_lag": "months from default to liquidation (0)",
    "advance": "share of principal and interest advanced on defaulted loans (1)",
    "advance_months": "months for which a loan is advanced at most; 1200 is without end (until liquidation)",
    "cure": "share of loans on a timeline that cures in a month, decimal; gives a timeline to loans late today",
    **_of_status("cure", "cure of loans {} today (cure)"),
    "months_to_liquidation": "months from the cut-off to liquidation of loans late today, at least 1 (recovery_lag); "
    "gives a timeline to loans late today",
    **_of_status("months_to_liquidation", "months to liquidation of loans {} today (months_to_liquidation)"),
    "subsequent_recovery": "share of a loss that is collected later, decimal (0)",
    "subsequent_recovery_lag": "months from liquidation to that collection (12)",
    "provider": "who made the curve (told only)",
    "curve_date": "when (told only)",
    "version": "which version (told only)",
}
"""Column -> what it holds; the default in brackets."""

_SHARE = (0.0, 1.0)
BOUNDS: dict[str, tuple[float, float]] = {
    "cpr": _SHARE, "smm": _SHARE, "psa": (0.0, 10000.0), "abs": _SHARE, "cdr": _SHARE, "mdr": _SHARE,
    "sda": (0.0, 100000.0), "cumulative_default": _SHARE, "curtailment": _SHARE, "severity": (0.0, 2.0),
    "liquidation_expense": _SHARE, "recovery_lag": (0.0, 120.0), "advance": _SHARE, "advance_months": (0.0, 1200.0),
    "cure": _SHARE, "months_to_liquidation": (1.0, 120.0), "subsequent_recovery": _SHARE,
    "subsequent_recovery_lag": (0.0, 120.0),
}  # fmt: skip
"""Column -> least and most; those of a status are those of the plain column."""
BOUNDS |= {f"{column}_{status}": BOUNDS[column] for column in OF_STATUS for status in STATUSES}
DEFAULTS: dict[str, float] = {"advance": 1.0, "advance_months": np.inf, "subsequent_recovery_lag": 12.0}
"""What stands before the first cell of a column; 0 where it is not named."""
WHOLE: Final = frozenset(
    column
    for column in BOUNDS
    if column in ("recovery_lag", "advance_months", "subsequent_recovery_lag")
    or column.startswith("months_to_liquidation")
)
"""Columns of whole months: rounded, halves up."""
AS_WRITTEN: Final = WHOLE | {"psa", "sda"}
"""Columns whose vectors in words are in the column's own unit; those of all others are percent."""


def plain_column(column: str) -> str:
    """The column without its status: ``cure`` of ``cure_d30``; any other as it is."""
    return next((p for p in OF_STATUS if column.startswith(p + "_") and column[len(p) + 1 :] in STATUSES), column)


@dataclass(frozen=True)
class CurveSet:
    """One named set of curves; every vector holds entry 0 for month (or age) 0, and its last value holds on.

    Attributes:
        by_age: entries are ages of the loan rather than months of the projection.
        prepay_kind: one of :data:`PREPAY`; default_kind: one of :data:`DEFAULT`.
        prepay, default: the rates (psa and sda as multiples: 1.5 for 150). A cumulative default is 0 before its first
            row, and never falls.
        curtailment: annual rate of partial prepayments.
        severity: share of the loss; severities: of the statuses with a column of their own.
        severity_basis: one of :data:`SEVERITY_BASES`.
        expense: liquidation expenses, share of the balance at default.
        lag: months from default to liquidation, whole.
        advance: share advanced; advance_months: for how many months, whole; infinite where not limited.
        cure: share a month by status: of its own column, else of the plain one; absent where neither is given.
        to_liquidation: months from the cut-off, whole, at least 1, likewise; before the first cell of a column the lag.
        subsequent: share of a loss collected ``subsequent_lag`` months after liquidation.
    """

    name: str
    by_age: bool
    prepay_kind: str
    default_kind: str
    prepay: Floats
    default: Floats
    curtailment: Floats
    severity: Floats
    severities: Mapping[str, Floats]
    severity_basis: str
    expense: Floats
    lag: Floats
    advance: Floats
    advance_months: Floats
    cure: Mapping[str, Floats]
    to_liquidation: Mapping[str, Floats]
    subsequent: Floats
    subsequent_lag: Floats

    @property
    def ages(self) -> bool:
        """Rates depend on the loan's age."""
        return self.by_age or self.prepay_kind in ("psa", "abs") or self.default_kind == "sda"

    def vectors(self) -> Iterator[tuple[str, Floats]]:
        """Every vector with the column it comes from."""
        yield self.prepay_kind, self.prepay
        yield self.default_kind, self.default
        yield "curtailment", self.curtailment
        yield "severity", self.severity
        yield "liquidation_expense", self.expense
        yield "recovery_lag", self.lag
        yield "advance", self.advance
        yield "advance_months", self.advance_months
        yield "subsequent_recovery", self.subsequent
        yield "subsequent_recovery_lag", self.subsequent_lag
        of_status = {"severity": self.severities, "cure": self.cure, "months_to_liquidation": self.to_liquidation}
        for column, vectors in of_status.items():
            for status in STATUSES:
                if status in vectors:
                    yield f"{column}_{status}", vectors[status]


@dataclass(frozen=True)
class Curves:
    """Curve sets by name."""

    sets: Mapping[str, CurveSet]
    digest: str
    notices: tuple[str, ...] = ()
    table: Mapping[str, list[Any]] = field(repr=False, default_factory=dict)


def shortest(vector: Floats) -> Floats:
    """The vector without the values at its end that merely hold on: the same curve whatever the rows it was given in."""
    differs = np.flatnonzero(vector != vector[-1])
    return vector[: differs[-1] + 2] if differs.size else vector[:1]


def psa_ramp() -> Floats:
    """100 PSA by age, float64[361]."""
    return np.array([psa_cpr(100.0, age) for age in range(RAMP_MONTHS)])


def sda_ramp() -> Floats:
    """100 SDA by age, float64[361]."""
    return np.array([sda_cdr(100.0, age) for age in range(RAMP_MONTHS)])
