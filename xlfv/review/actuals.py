"""What loans did, measured as curves; and what was projected, held against it by cohort.

Everything here is a pure function over arrays. A *period* is what the observations come in (a quarter, say) and lasts
``months`` months; rates come out monthly, as the projection reads them. Balances are dollars, rates decimals.

The measures invert the standard order of operations. With ``P`` the performing balance, ``a`` a month's amortization
ratio, defaults ``P * MDR`` and prepayments ``P * a * SMM`` (Bond Market Association, Standard Formulas (1999), SF-4 for
SMM as the shortfall from the scheduled balance, SF-16 to SF-19 for the order), a month leaves::

    P' = P - P * MDR - P * a * SMM - P * (1 - MDR) * (1 - a) = P * a * (1 - MDR - SMM)

so over a period of ``n`` months at even rates, with ``S`` the scheduled balance nobody prepays or defaults on::

    1 - MDR - SMM = ((P_end / P_start) / (S_end / S_start)) ** (1 / n)
    MDR           = defaults / sum of P at the start of each month
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xlfv.review.powers import power, root
from xlfv.tables.schema import Records

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def monthly(rate: ArrayLike, months: int) -> Floats:
    """The monthly rate that compounds to ``rate`` over ``months``: ``1 - (1 - rate) ** (1 / months)``."""
    return np.asarray(1.0 - root(1.0 - np.asarray(rate, dtype=np.float64), months))


def annual(rate: ArrayLike) -> Floats:
    """The annual rate (CPR of an SMM, CDR of an MDR): ``1 - (1 - rate) ** 12``."""
    return np.asarray(1.0 - power(1.0 - np.asarray(rate, dtype=np.float64), 12))


def sum_by(values: ArrayLike, cohort: Ints, period: Ints, cohorts: int, periods: int) -> Floats:
    """Sum observations by cohort and period, float64[cohorts, periods]; periods outside 0 .. periods - 1 are left out."""
    total = np.zeros((cohorts, periods))
    inside = (period >= 0) & (period < periods)
    np.add.at(total, (cohort[inside], period[inside]), np.asarray(values, dtype=np.float64)[inside])
    return total


def scheduled_balance(balance: Floats, rate: Floats, term: Ints, interest_only: Ints, months: int) -> Floats:
    """Balances that level payments alone would leave, float64[loans, months + 1].

    With ``r`` the monthly rate and ``n`` payments after the interest-only months, the share left after ``k`` of them is
    ``((1 + r) ** n - (1 + r) ** k) / ((1 + r) ** n - 1)``, and ``1 - k / n`` at a rate of nil. A loan whose
    interest-only months reach its term repays at maturity.

    Args:
        balance, rate: dollars and annual note rate today, float64[loans].
        term, interest_only: months left, int64[loans].
        months: horizon.
    """
    month = np.arange(months + 1)
    payments = np.maximum(term - interest_only, 1)[:, None]
    paid = np.clip(month - interest_only[:, None], 0, payments)
    growth = 1.0 + rate[:, None] / 12.0
    whole = power(growth, payments)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(whole > 1.0, (whole - power(growth, paid)) / (whole - 1.0), 1.0 - paid / payments)
    return np.asarray(balance[:, None] * np.where(month >= term[:, None], 0.0, share))


def scheduled_of(loans: Records, months: int) -> Floats:
    """Dollars that loans' own terms leave after so many payments, float64[loans]; what is deferred stays until maturity.

    Level payments over ``amortization_term`` after the interest-only months (SF-4), or the ``payment`` that the tape gives;
    all is due at ``remaining_term``. A payment below the interest lets the balance grow only where the tape has a
    ``payment_cap`` or ``negam_limit``. Interest is by 30/360. The rate is today's: a reset between the tapes is not foreseen.
    """
    balance, rate = np.nan_to_num(loans["balance"]), np.nan_to_num(loans["rate"])
    term, interest_only = loans["remaining_term"], loans["interest_only_months"]
    over = np.maximum(loans["amortization_term"], term)
    left = scheduled_balance(balance, rate, over, np.minimum(interest_only, over), months)[:, -1]
    paying = np.flatnonzero(np.isfinite(loans["payment"]) & (interest_only == 0))
    if paying.size:
        payment, r = loans["payment"][paying], rate[paying] / 12.0
        grown = power(1.0 + r, months)
        annuity = np.where(r > 0, (grown - 1.0) / np.where(r > 0, r, 1.0), float(months))
        own = np.maximum(balance[paying] * grown - payment * annuity, 0.0)
        may_grow = np.isfinite(loans["payment_cap"][paying]) | np.isfinite(loans["negam_limit"][paying])
        left[paying] = np.where(may_grow, own, np.minimum(own, balance[paying]))
    return np.asarray(np.where((months >= term) & (term > 0), 0.0, left + loans["deferred_balance"]))


@dataclass(frozen=True)
class Speeds:
    """Monthly rates by cohort and period, float64[cohorts, periods].

    Attributes:
        mdr: share of the performing balance that defaults in a month.
        smm: share of the amortized balance that leaves otherwise than by schedule or default: paid off, curtailed.
        missed: performing balance at the end of the period that these rates do not reproduce (actual less rolled,
            dollars): balances that grew against their schedule, which no prepayment rate of zero or more can follow.
    """

    mdr: Floats
    smm: Floats
    missed: Floats


def measure_speeds(performing: Floats, defaults: Floats, scheduled: Floats, months: int) -> Speeds:
    """MDR and SMM by cohort and period: the module's formulas, solved.

    A negative SMM is held at zero, and the next period is measured from where the held rates lead, so that an error
    is made good as soon as the data allow and never adds up.

    Args:
        performing: balance at period ends, float64[cohorts, periods + 1], the start first.
        defaults: balance defaulted in each period, float64[cohorts, periods].
        scheduled: scheduled balance of the same loans by month, float64[cohorts, periods * months + 1].
        months: months in a period.
    """
    cohorts, periods = defaults.shape
    mdr, smm, missed = (np.zeros((cohorts, periods)) for _ in range(3))
    for row in range(cohorts):
        stood = float(performing[row, 0])
        for period in range(periods):
            path = scheduled[row, period * months : (period + 1) * months + 1]
            if stood > 0.0 and path[-1] > 0.0:
                path = path * (stood / path[0])
                kept = min(float(root(performing[row, period + 1] / path[-1], months)), 1.0)
                lost = float(defaults[row, period])
                default = lost / float((path[:-1] * power(kept, np.arange(months))).sum())
                mdr[row, period] = min(default, 1.0)
                smm[row, period] = min(max(1.0 - kept - mdr[row, period], 0.0), 1.0 - mdr[row, period])
                stood = float(path[-1]) * float(power(1.0 - mdr[row, period] - smm[row, period], months))
            elif stood > 0.0:  # all mature in this period: by schedule, whatever is not in default
                mdr[row, period] = min(float(monthly(min(defaults[row, period] / stood, 1.0), months)), 1.0)
                stood = 0.0
            missed[row, period] = performing[row, period + 1] - stood
    return Speeds(mdr, smm, missed)


def roll(scheduled: Floats, mdr: Floats, smm: Floats) -> tuple[Floats, Floats]:
    """Performing balance and defaults by month under monthly rates; what a projection of the same must give.

    Loans of one cohort share their rates, so survival comes out of the sum: ``P(t) = S(t) * prod(1 - MDR - SMM)``.

    Args:
        scheduled: float64[cohorts, months + 1].
        mdr, smm: float64[cohorts, months], entry 0 for month 1.

    Returns:
        float64[cohorts, months + 1] each.
    """
    survival = np.ones_like(scheduled)
    survival[:, 1:] = np.cumprod(1.0 - mdr - smm, axis=1)
    performing = scheduled * survival
    defaults = np.zeros_like(scheduled)
    defaults[:, 1:] = performing[:, :-1] * mdr
    return performing, defaults


def standard_multiple(defaults: Floats, balance: Floats, standard: Floats, months: int) -> float:
    """Multiple of a standard curve at which it expects the defaults that were seen.

    ``sum(defaults) / sum(balance * (1 - (1 - annual) ** (months / 12)))`` over observations of one period each; exact
    to first order in the rate, since the multiple applies to the annual rate.

    Args:
        defaults, balance: defaulted in the period, and standing at its start, float64[observations].
        standard: the standard's annual rate at each observation's age, float64[observations].
    """
    expected = float((balance * (1.0 - power(root(1.0 - standard, 12), months))).sum())
    return float(defaults.sum()) / expected if expected > 0.0 else 0.0


@dataclass(frozen=True)
class Resolution:
    """How defaults were resolved, as far as known on a date.

    Attributes:
        severity: loss over balance at default, expected once all are resolved.
        lag: mean periods from default to resolution.
        severity_resolved: the plain balance-weighted loss of what is resolved, for comparison: quick resolutions are
            the cheap ones, so it is too low while many are open.
        resolved, opened: defaults resolved, and all.
        unresolved: share of balance that the estimate sees still open after the longest lag observed.
    """

    severity: float
    lag: float
    severity_resolved: float
    resolved: int
    opened: int
    unresolved: float


def measure_resolution(
    default: Floats, resolved: Floats, balance: Floats, loss_share: Floats, known_at: float
) -> Resolution:
    """Severity and lag of defaults when some are not resolved yet (right-censored).

    Resolution by lag is estimated with the balance-weighted product-limit estimator (Kaplan and Meier, JASA 53 (1958),
    457-481): with ``h(l)`` the balance resolved at lag ``l`` over the balance observed so long, the share resolved at
    ``l`` is ``w(l) = h(l) * prod over earlier k of (1 - h(k))``. Then ``lag = sum(w * l) / sum(w)`` and
    ``severity = sum(w * s) / sum(w)``, ``s(l)`` the balance-weighted loss share of those resolved at ``l``.

    Args:
        default: period of default, float64[defaults].
        resolved: period of resolution; nan, or later than ``known_at``, where not known.
        balance: balance at default, dollars.
        loss_share: loss over balance at default; read only where resolution is known.
        known_at: the period in which we stand; nothing later is looked at.
    """
    seen = default <= known_at
    default, resolved, balance, loss_share = default[seen], resolved[seen], balance[seen], loss_share[seen]
    closed = np.isfinite(resolved) & (resolved <= known_at)
    lag = np.where(closed, resolved, known_at) - default
    weights, lags, severities = [], [], []
    survival = 1.0
    for one in np.unique(lag[closed]):
        now = closed & (lag == one)
        at_risk = float(balance[lag >= one].sum())
        here = float(balance[now].sum())
        if here <= 0.0:
            continue
        weights.append(survival * here / at_risk)
        lags.append(float(one))
        severities.append(float((balance[now] * loss_share[now]).sum()) / here)
        survival *= 1.0 - here / at_risk
    if not weights:
        return Resolution(float("nan"), float("nan"), float("nan"), 0, int(seen.sum()), 1.0)
    weight = np.array(weights) / sum(weights)
    plain = float((balance[closed] * loss_share[closed]).sum() / balance[closed].sum())
    return Resolution(
        float((weight * severities).sum()), float((weight * lags).sum()), plain, int(closed.sum()),
        int(seen.sum()), survival,
    )  # fmt: skip


def against_actual(
    cohorts: Sequence[str], start: Floats, projected: Mapping[str, Floats], actual: Mapping[str, Floats]
) -> pd.DataFrame:
    """Projected against actual, a row a cohort and one for all.

    ``error`` is (projected - actual) / actual; ``gap`` is (projected - actual) / start balance, which stays readable
    where actual is small.

    Args:
        cohorts: names, in order.
        start: balance at the cut-off, float64[cohorts].
        projected, actual: measures by name (balance, cumulative defaults ...), float64[cohorts] each.
    """
    names = [*cohorts, "All"]
    whole = _with_total(start)
    columns: dict[str, Floats] = {"start": whole}
    for measure, seen in actual.items():
        told, was = _with_total(projected[measure]), _with_total(seen)
        columns[f"{measure} projected"] = told
        columns[f"{measure} actual"] = was
        with np.errstate(invalid="ignore", divide="ignore"):
            columns[f"{measure} error"] = np.where(was != 0.0, (told - was) / was, np.nan)
            columns[f"{measure} gap"] = np.where(whole != 0.0, (told - was) / whole, np.nan)
    return pd.DataFrame(columns, index=pd.Index(names, name="cohort"))


def worst_gap(projected: Floats, actual: Floats, start: Floats) -> Floats:
    """The largest distance at any period, as a share of the start balance, float64[cohorts + 1], all loans last."""
    told = np.vstack([projected, projected.sum(axis=0)])
    was = np.vstack([actual, actual.sum(axis=0)])
    return np.asarray(np.abs(told - was).max(axis=1) / _with_total(start))


def _with_total(values: Floats) -> Floats:
    return np.append(np.asarray(values, dtype=np.float64), float(np.sum(values)))
