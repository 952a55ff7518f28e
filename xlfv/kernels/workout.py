"""Every kind of loan rolled through the curves, one at a time, in dollars.

Loans that are late today, not advanced or only in part, insured, penalized, negatively amortizing, and whatever else is
rarer than the loans of :mod:`xlfv.kernels.roll`; for those both give the same cash. A month runs in this order: what is
late today cures in part and pays again; defaults; interest; liquidations; advances of principal; prepayments and
amortization of what performs. What becomes of a default is known when it happens, for advances, severities and lags do
not wait for it: its liquidation is entered at once in the month in which it falls due.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels.layout import (
    ADVANCE,
    ADVANCE_MONTHS,
    ADVANCED_PRINCIPAL,
    ADVANCES,
    ADVANCES_REPAID,
    BASIS,
    BEHIND,
    CAPITALIZED,
    CUMULATIVE,
    CURE,
    CURED,
    CURTAILED,
    CURTAILMENT,
    D30,
    DEFAULTED,
    DELINQUENT,
    EXPENSE,
    EXPENSES,
    FORECLOSURE,
    IN_FORECLOSURE,
    INSURED,
    INTEREST_ADVANCED,
    INTEREST_LATE,
    INTEREST_PAID,
    L_ADVANCED,
    L_ADVANCES,
    L_COVER,
    L_FEE,
    L_LAST_DEFAULT,
    L_LOCKOUT,
    L_MISSED,
    L_SEVERITY,
    L_STATUS,
    L_TERM,
    LAG,
    LATE_SEVERITY,
    LIQUIDATED,
    LOST,
    NEVER,
    ON_LIQUIDATION,
    ON_PROPERTY,
    PENALTIES,
    PERFORMING,
    PREPAID,
    RECOVERED_LATER,
    SCHEDULED,
    SERVICING,
    SERVICING_DUE,
    SEVERITY,
    SUBSEQUENT,
    SUBSEQUENT_LAG,
    TIMELINE,
    WHOLE,
)

# What falls due in a month, a row each.
(
    OUT_ADVANCED,  # liquidated balance that is advanced to the end
    OUT_STOPPED,  # liquidated balance on which advances stopped
    STOPS,  # balance on which advances stop at the start of the month
    LOSS,
    COVERED,
    COSTS,
    REPAID,
    CLEARED,  # advances that are no longer outstanding
    LATER,
) = range(9)
DUE = 9


@njit(cache=True, error_model="numpy", nogil=True)
def ratios(
    balances: np.ndarray, shares: np.ndarray, advance: np.ndarray, term: int, advancing: float, paths: np.ndarray
) -> int:
    """How a dollar that is late since the cut-off amortizes while it is advanced.

    Args:
        balances, shares: the contract, float64[months + 1].
        advance: share advanced, float64[months + 1].
        term: months to maturity.
        advancing: 1 where the servicer advances this loan, else 0.
        paths: float64[3, months + 1], filled: what is left of the dollar; interest advanced on it so far; and the share
            of a late balance that each month's payment leaves (no balloon, no growth). Once nothing is left of the
            dollar, interest is that on a dollar that falls late after that, on which no principal is due any more.

    Returns:
        The month from which nothing is left of the dollar; NEVER where something is.
    """
    paths[0, 0], paths[1, 0], paths[2, 0] = 1.0, 0.0, 1.0
    spent = NEVER
    for month in range(1, balances.size):
        share = balances[month] / balances[month - 1] if balances[month - 1] > 0.0 and month <= term else 1.0
        keeps = min(share, 1.0) if share > WHOLE else 0.0
        helped = advance[month] * advancing
        paths[2, month] = keeps
        paths[0, month] = paths[0, month - 1] * (1.0 - helped * (1.0 - keeps))
        bears = paths[0, month - 1] if month <= spent else 1.0
        paths[1, month] = paths[1, month - 1] + helped * shares[month] * bears
        if paths[0, month] <= 0.0 and month < spent:
            spent = month
    return spent


@njit(cache=True, error_model="numpy", nogil=True)
def liquidate(
    base: float, left: float, advances: float, at: int, severity: float, cover: float, basis: int, timing: np.ndarray,
    lags: np.ndarray, due: np.ndarray,
) -> None:  # fmt: skip
    """Enter what a liquidation in month ``at`` brings.

    Args:
        base, left: balance at default, and what is left of it at liquidation.
        advances: advances outstanding on it then.
        severity: loss severity, the loan's multiplier in it.
        cover: mortgage insurance, a share of the balance at default.
        basis: what the severity holds: ALL_IN, ON_LIQUIDATION, ON_PROPERTY.
        timing, lags: [rows, months + 1].
        due: float64[DUE, months + 2], added to.
    """
    costs = base * timing[EXPENSE, at]
    repaid = advances
    if basis == ON_PROPERTY:
        gross = base * max(1.0 - severity, 0.0)
        costs = min(costs, gross)
        repaid = min(advances, gross - costs)
        loss = min(max(left - (gross - costs - repaid), 0.0), left)
    else:
        loss = min((left if basis == ON_LIQUIDATION else base) * severity, left)
    covered = min(cover * base, loss)
    loss -= covered
    due[LOSS, at] += loss
    due[COVERED, at] += covered
    due[COSTS, at] += costs
    due[REPAID, at] += repaid
    due[CLEARED, at] += advances
    later = at + lags[SUBSEQUENT_LAG, at]
    if later < due.shape[1]:
        due[LATER, later] += loss * timing[SUBSEQUENT, at]


@njit(cache=True, error_model="numpy", nogil=True, inline="always")
def default(
    balance: float, month: int, carried: float, numbers: np.ndarray, basis: int, timing: np.ndarray, lags: np.ndarray,
    paths: np.ndarray, spent: int, due: np.ndarray,
) -> int:  # fmt: skip
    """Enter what becomes of ``balance`` that defaults in ``month``, with ``carried`` advances outstanding on it.

    Returns:
        The month in which it is liquidated.
    """
    at = month + lags[LAG, month]
    last = due.shape[1] - 2  # the last month projected
    stop = month + int(min(timing[ADVANCE_MONTHS, month], float(last)))  # first month without advances
    if month > spent:
        unit = left = balance
    else:
        unit = balance / paths[0, month - 1]
        left = unit * paths[0, max(min(at, stop, last + 1) - 1, month - 1)]
    if stop <= min(at, last):
        due[STOPS, stop] += left
    if at <= last:
        due[OUT_STOPPED if stop <= at else OUT_ADVANCED, at] += left
        # Interest is still advanced in the month of liquidation, where anything is left.
        upto = min(at, stop - 1) if month > spent else min(at, stop - 1, spent)
        advances = unit * max(paths[1, upto] - paths[1, month - 1], 0.0) + (balance - left) + carried
        severity = timing[SEVERITY, at] * numbers[L_SEVERITY]
        liquidate(balance, left, advances, at, severity, numbers[L_COVER], basis, timing, lags, due)
    return at


@njit(cache=True, error_model="numpy", nogil=True)
def work_out(
    numbers: np.ndarray, counts: np.ndarray, smm: np.ndarray, mdr: np.ndarray, default_kind: int, original: float,
    default_multiple: float, timing: np.ndarray, lags: np.ndarray, timing_counts: np.ndarray, months: int,
    balances: np.ndarray, shares: np.ndarray, penalties: np.ndarray, paths: np.ndarray, due: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """Roll a planned loan through the curves and add its months to ``out``.

    Args:
        numbers, counts: the loan (float64[LOAN_NUMBERS], int64[LOAN_COUNTS]).
        smm, mdr: monthly rates, float64[months + 1]; where ``default_kind`` is CUMULATIVE, ``mdr`` is the cumulative
            share of ``original`` that has defaulted.
        original: balance on which a cumulative default stands, dollars.
        default_multiple: multiplies a cumulative default.
        timing, lags, timing_counts: the loan's row of assumptions.
        balances, shares, penalties: the contract, float64[months + 1].
        paths, due: scratch, float64[3, months + 1], float64[DUE, months + 2].
        out: float64[months + 1, COLUMNS], added to.
    """
    term = counts[L_TERM]
    status = counts[L_STATUS]
    basis, timeline = timing_counts[BASIS], timing_counts[TIMELINE]
    spent = ratios(balances, shares, timing[ADVANCE], term, numbers[L_ADVANCED], paths)
    due[:, :] = 0.0
    fee = numbers[L_FEE] / 12.0
    performing, today = balances[0], 0.0  # balance that performs; balance late today, on its timeline
    carried, on_today = numbers[L_ADVANCES], 0.0  # advances outstanding on the one and on the other
    if timeline > 0:
        performing, today = 0.0, balances[0]
        carried, on_today = 0.0, numbers[L_ADVANCES]
    behind = 1.0 if status > D30 and timeline == 0 else 0.0
    whole = balances[0]  # balance today of what is still late on the timeline
    advanced, stopped = 0.0, 0.0  # balance in default, advanced and no longer advanced
    owed = numbers[L_ADVANCES]
    last_due = 0
    out[0, PERFORMING] += performing
    # Every cell is added to once, so that a loan by itself is to the last bit what goes into a sum.
    delinquent = 0.0 if status == IN_FORECLOSURE else 1.0
    out[0, FORECLOSURE] += today * (1.0 - delinquent)
    out[0, DELINQUENT] += today * delinquent
    out[0, BEHIND] += performing * behind + (today * delinquent if status > D30 else 0.0)
    out[0, ADVANCES] += owed
    for month in range(1, months + 1):
        waits = whole > 0.0 and month <= timeline
        if performing <= 0.0 and not waits and month > last_due:
            out[month, RECOVERED_LATER] += due[LATER, month]
            continue
        helped = timing[ADVANCE, month] * numbers[L_ADVANCED]
        today_helped = helped if month <= timing[ADVANCE_MONTHS, min(1, months)] - counts[L_MISSED] else 0.0
        rate = shares[month]
        repaid = 0.0
        if waits:
            share = min(max(timing[CURE, month], 0.0), 1.0)
            cured = today * share
            today -= cured
            whole *= 1.0 - share
            performing += cured
            out[month, CURED] += cured
            repaid += on_today * share
            on_today *= 1.0 - share
        grows = balances[month] / balances[month - 1] if balances[month - 1] > 0.0 else 0.0
        keeps = grows if month < term else 0.0
        # Defaults.
        room = performing if month <= term and month + lags[LAG, month] <= counts[L_LAST_DEFAULT] else 0.0
        if default_kind == CUMULATIVE:
            # Of a loan late today only what has cured is exposed to the curve.
            exposed = original * (1.0 - whole / balances[0]) if timeline > 0 else original
            new = min(max((mdr[month] - mdr[month - 1]) * default_multiple * exposed, 0.0), room)
        else:
            new = room * mdr[month]
        fails = new / performing if performing > 0.0 else 0.0
        moved = carried * fails
        carried -= moved
        if new > 0.0:
            last_due = max(last_due, default(new, month, moved, numbers, basis, timing, lags, paths, spent, due))
        live = performing - new
        advanced += new - due[STOPS, month]
        stopped += due[STOPS, month]
        # Interest and fees.
        late = advanced + stopped + today
        late_helped = advanced * helped + today * today_helped
        capitalized = live * max(keeps - 1.0, 0.0)
        out[month, INTEREST_PAID] += live * rate - capitalized
        out[month, CAPITALIZED] += capitalized
        out[month, INTEREST_LATE] += late * rate
        out[month, INTEREST_ADVANCED] += late_helped * rate
        out[month, SERVICING] += (live + late_helped) * fee
        out[month, SERVICING_DUE] += (live + late) * fee
        on_today += today * today_helped * rate
        # Liquidations.
        liquidated = 0.0
        if month == timeline and whole > 0.0:
            severity = timing[LATE_SEVERITY, month] * numbers[L_SEVERITY]
            liquidate(whole, today, on_today, month, severity, numbers[L_COVER], basis, timing, lags, due)
            liquidated = today
            today, on_today = 0.0, 0.0
        out_advanced, out_stopped = due[OUT_ADVANCED, month], due[OUT_STOPPED, month]
        advanced -= out_advanced
        stopped -= out_stopped
        out[month, LIQUIDATED] += liquidated + (out_advanced + out_stopped)
        out[month, LOST] += due[LOSS, month]
        out[month, INSURED] += due[COVERED, month]
        out[month, EXPENSES] += due[COSTS, month]
        out[month, RECOVERED_LATER] += due[LATER, month]  # of this month's liquidations too, where nothing delays it
        # What is left where nothing is open any more is rounding.
        dust = 1e-13 * balances[0]
        advanced = advanced if advanced > dust else 0.0
        stopped = stopped if stopped > dust else 0.0
        # Advances of principal.
        share = 1.0 - paths[2, month]
        principal = advanced * helped * share
        # Nobody advances what falls due at the end of a loan that is late today.
        today_principal = today * today_helped * share if month < term else 0.0
        advanced -= principal
        today -= today_principal
        on_today += today_principal
        out[month, ADVANCED_PRINCIPAL] += principal + today_principal
        # What performs.
        open_ = 1.0 if month > counts[L_LOCKOUT] else 0.0
        prepays = min(smm[month] * open_, 1.0 - fails)
        curtails = min(timing[CURTAILMENT, month] * open_, 1.0 - fails - prepays)
        prepaid = performing * keeps * prepays
        curtailed = performing * keeps * curtails
        out[month, SCHEDULED] += live * max(1.0 - keeps, 0.0)
        out[month, PREPAID] += prepaid
        out[month, CURTAILED] += curtailed
        out[month, DEFAULTED] += new
        out[month, PENALTIES] += prepaid * penalties[month]
        performing = performing * keeps * max(1.0 - fails - prepays - curtails, 0.0)
        # Advances outstanding: borrowers who pay off repay theirs, liquidations and cures were entered above.
        gone = carried * min((prepays + curtails) / (1.0 - fails), 1.0) if fails < 1.0 else 0.0
        if month >= term or performing <= 0.0:
            gone = carried
        carried -= gone
        repaid += gone
        owed += late_helped * rate + principal + today_principal - repaid - due[CLEARED, month]
        out[month, ADVANCES_REPAID] += repaid + due[REPAID, month]
        out[month, ADVANCES] += max(owed, 0.0)
        out[month, PERFORMING] += performing
        out[month, FORECLOSURE] += advanced + stopped + today * (1.0 - delinquent)
        out[month, DELINQUENT] += today * delinquent
        out[month, BEHIND] += performing * behind + today * delinquent
