"""One loan, month by month: its schedule first, then what prepayment and default leave of it.

The schedule (rate, scheduled balance) of a loan does not depend on the curves. With survival taken apart from it,
the standard order of operations becomes, for the performing balance ``P`` and the month's amortization ratio ``a``
(scheduled balance after over before)::

    new defaults     D = P * MDR
    prepayments      V = P * a * SMM                    SMM held at 1 - MDR, so that P ends at zero, not below
    amortization     S = (P - D) * (1 - a)
    performing       P' = P - D - V - S

Defaults and prepayments both apply to what stood at the start of the month (prepayments after its amortization): they
add up and do not compete. A defaulted balance amortizes, as far as it is advanced, until it is liquidated ``lag``
months later; the loss is severity times the balance at default, and never more than is left.
Source: Bond Market Association, Standard Formulas (1999), SF-16 to SF-19.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels.elementary import monthly_rate, payment_factor

# What the kernel gives, a column a quantity; all dollars, month 0 first.
(
    PERFORMING,  # balance of loans that pay, at the end of the month
    FORECLOSURE,  # defaulted balance not yet liquidated, at the end of the month
    SCHEDULED,  # amortization paid by performing loans
    PREPAID,  # prepayments in full
    DEFAULTED,  # balance that defaults this month
    ADVANCED_PRINCIPAL,  # amortization of defaulted loans, advanced
    LIQUIDATED,  # defaulted balance liquidated this month
    RECOVERED,  # principal recovered from liquidations
    LOST,  # principal lost in liquidations
    INTEREST_DUE,  # interest due on performing and defaulted balances
    INTEREST_PAID,  # interest paid by borrowers
    INTEREST_ADVANCED,  # interest advanced on defaulted balances
    INTEREST_LOST,  # interest neither paid nor advanced
    SERVICING,  # servicing fee and insurance premium on interest paid or advanced
    SERVICING_DUE,  # the same on all balances, for the net rate
    BEHIND,  # part of PERFORMING that was 60 days late or more today, and is taken to stay so until it leaves
) = range(16)
COLUMNS = 16

# A loan's numbers, a column each.
(
    L_BALANCE,
    L_RATE,
    L_MARGIN,
    L_FIRST_CAP,
    L_CAP,
    L_LIFE_CAP,
    L_FLOOR,
    L_ROUNDING,
    L_PAYMENT,
    L_FEE,
    L_SEVERITY,
    L_ADVANCED,
) = range(12)
LOAN_NUMBERS = 12
(
    L_TERM,
    L_AMORTIZE,
    L_INTEREST_ONLY,
    L_RESET,
    L_FREQUENCY,
    L_INDEX,
    L_LOOKBACK,
    L_DEFAULTED,
    L_LAST_DEFAULT,
    L_BEHIND,
) = range(10)
LOAN_COUNTS = 10

NEVER = 1 << 30
WHOLE = 1e-9  # a balance down to this share of itself is rounding, and repaid
BLOCK = 64  # loans summed together before blocks are added: part of the model, for the order of sums decides the bits


@njit(cache=True, error_model="numpy", nogil=True)
def reset_rate(rate: float, numbers: np.ndarray, index: float, first: bool) -> float:
    """The note rate after a reset: index and margin, rounded, inside the period's caps and the loan's life bounds."""
    new = index + numbers[L_MARGIN]
    unit = numbers[L_ROUNDING]
    if unit > 0.0:
        new = np.floor(new / unit + 0.5) * unit
    cap = numbers[L_FIRST_CAP] if first else numbers[L_CAP]
    new = min(max(new, rate - cap), rate + cap)
    return min(max(new, numbers[L_FLOOR]), numbers[L_LIFE_CAP])


@njit(cache=True, error_model="numpy", nogil=True)
def schedule(
    numbers: np.ndarray, counts: np.ndarray, indices: np.ndarray, months: int, rates: np.ndarray, kept: np.ndarray,
    kept_late: np.ndarray,
) -> None:  # fmt: skip
    """Plan a loan: its rate each month and the share of the balance that scheduled payments leave.

    Args:
        numbers, counts: the loan (float64[12], int64[10]).
        indices: index rows, float64[index, row], row 0 for month 0; the last row holds on.
        months: months to plan.
        rates: filled with the monthly rate, float64[months + 1], entry 0 unused.
        kept: filled with scheduled balance after over before.
        kept_late: the same for a balance in default, which nobody pays a balloon on.
    """
    term = counts[L_TERM]
    rate = numbers[L_RATE]
    monthly = rate / 12.0
    balance = numbers[L_BALANCE]
    last_row = indices.shape[1] - 1
    reset = counts[L_RESET] + 1 if counts[L_INDEX] >= 0 else NEVER
    recast = counts[L_INTEREST_ONLY] + 1
    first = True
    payment = numbers[L_PAYMENT]
    fresh = not payment > 0.0
    for month in range(1, min(term, months) + 1):
        if month == reset:
            row = min(max(month - counts[L_LOOKBACK], 0), last_row)
            rate = reset_rate(rate, numbers, indices[counts[L_INDEX], row], first)
            monthly = rate / 12.0
            first = False
            reset += counts[L_FREQUENCY]
            fresh = True
        principal = 0.0
        if month >= recast:
            if fresh or (month == recast and month > 1):
                payment = balance * payment_factor(monthly, counts[L_AMORTIZE] - month + 1)
                fresh = False
            principal = min(max(payment - balance * monthly, 0.0), balance)
        left = balance - principal
        ratio = left / balance if balance > 0.0 else 0.0
        rates[month] = monthly
        kept[month] = ratio
        # A balance in default is advanced its level payments but no balloon.
        kept_late[month] = ratio if ratio > WHOLE else 0.0
        balance = left
    if term <= months:
        kept[term] = 0.0
    for month in range(term + 1, months + 1):
        rates[month] = monthly
        kept[month] = 0.0
        kept_late[month] = 1.0


@njit(cache=True, error_model="numpy", nogil=True)
def roll(
    numbers: np.ndarray, counts: np.ndarray, mdr: np.ndarray, smm: np.ndarray, severity: np.ndarray, lag: np.ndarray,
    advance: np.ndarray, on_liquidation: bool, months: int, rates: np.ndarray, kept: np.ndarray, kept_late: np.ndarray,
    path: np.ndarray, due: np.ndarray, out: np.ndarray,
) -> None:  # fmt: skip
    """Roll a planned loan through the curves and add its months to ``out``.

    Args:
        mdr, smm, severity, lag, advance: by month, entry 0 for month 0; severity is read in the month of liquidation.
        on_liquidation: severity holds on the balance at liquidation rather than at default.
        rates, kept, kept_late: from :func:`schedule`.
        path, due: scratch, float64[months + 1] and float64[3, months + 1].
        out: float64[months + 1, COLUMNS], added to.
    """
    performing = numbers[L_BALANCE]
    foreclosure = 0.0
    path[0] = 1.0  # what is left of a dollar defaulted at month 0, if advanced on
    for month in range(1, months + 1):
        path[month] = path[month - 1] * (1.0 - advance[month] * numbers[L_ADVANCED] * (1.0 - kept_late[month]))
        due[0, month] = 0.0
        due[1, month] = 0.0
        due[2, month] = 0.0
    last_default = counts[L_LAST_DEFAULT]
    behind = 1.0 if counts[L_BEHIND] > 0 else 0.0
    last_open = 0
    if counts[L_DEFAULTED] > 0:
        foreclosure = performing
        performing = 0.0
        last_open = _liquidation(
            foreclosure, 0, max(lag[1], 1), months, severity, numbers[L_SEVERITY], on_liquidation, path, due, last_open
        )
    fee = numbers[L_FEE] / 12.0
    out[0, PERFORMING] += performing
    out[0, FORECLOSURE] += foreclosure
    out[0, BEHIND] += performing * behind
    for month in range(1, months + 1):
        if performing <= 0.0 and foreclosure <= 0.0 and due[0, month] == 0.0:
            break
        a = kept[month]
        rate = rates[month]
        advancing = advance[month] * numbers[L_ADVANCED]
        share = mdr[month] if month + lag[month] <= last_default else 0.0
        defaulted = performing * share
        prepaid = performing * a * min(smm[month], 1.0 - share)
        scheduled = (performing - defaulted) * (1.0 - a)
        late = defaulted + foreclosure
        interest = (performing + foreclosure) * rate
        advanced_interest = late * rate * advancing
        paid_interest = (performing - defaulted) * rate
        row = out[month]
        row[INTEREST_DUE] += interest
        row[INTEREST_PAID] += paid_interest
        row[INTEREST_ADVANCED] += advanced_interest
        row[INTEREST_LOST] += interest - paid_interest - advanced_interest
        row[SERVICING] += (performing - defaulted + late * advancing) * fee
        row[SERVICING_DUE] += (performing + foreclosure) * fee
        if defaulted > 0.0:
            last_open = _liquidation(
                defaulted,
                month,
                lag[month],
                months,
                severity,
                numbers[L_SEVERITY],
                on_liquidation,
                path,
                due,
                last_open,
            )
        liquidated = due[0, month]
        foreclosure = foreclosure + defaulted - liquidated
        if month >= last_open or foreclosure < 0.0:
            # Nothing is open any more: what is left is rounding, and goes with this month's liquidation.
            liquidated += foreclosure
            foreclosure = 0.0
        loss = min(due[1, month], liquidated)
        advanced = foreclosure * advancing * (1.0 - kept_late[month])
        foreclosure -= advanced
        before = performing
        performing = max(before - defaulted - prepaid - scheduled, 0.0)  # rounding may leave less than nothing
        if month >= counts[L_TERM]:
            scheduled = before - defaulted - prepaid
            performing = 0.0
        row[PERFORMING] += performing
        row[BEHIND] += performing * behind
        row[FORECLOSURE] += foreclosure
        row[SCHEDULED] += scheduled
        row[PREPAID] += prepaid
        row[DEFAULTED] += defaulted
        row[ADVANCED_PRINCIPAL] += advanced
        row[LIQUIDATED] += liquidated
        row[RECOVERED] += liquidated - loss
        row[LOST] += loss


@njit(cache=True, error_model="numpy", nogil=True)
def _liquidation(
    balance: float, month: int, lag: int, months: int, severity: np.ndarray, multiple: float, on_liquidation: bool,
    path: np.ndarray, due: np.ndarray, last_open: int,
) -> int:  # fmt: skip
    """Enter the liquidation of ``balance`` defaulted in ``month`` in the month it falls due; the last month open."""
    at = month + lag
    if at > months:
        return NEVER  # it stays in foreclosure beyond the horizon
    start = max(month - 1, 0)
    end = max(at - 1, start)
    left = balance * (path[end] / path[start]) if path[start] > 0.0 else 0.0
    base = left if on_liquidation else balance
    due[0, at] += left
    due[1, at] += min(base * severity[at] * multiple, left)
    return max(last_open, at)


@njit(cache=True, error_model="numpy", nogil=True)
def cohort_rates(
    annual: np.ndarray, is_annual: bool, ramp: np.ndarray, by_age: bool, age: int, multiple: float, rates: np.ndarray
) -> None:
    """A cohort's monthly rates from its curve.

    Args:
        annual: the curve by month (or by age where ``by_age``), entry 0 first; its last value holds on.
        is_annual: CPR or CDR, turned into monthly rates; else monthly already.
        ramp: a standard by age that multiplies the curve (PSA, SDA), or empty.
        age: age of the loans in months today.
        multiple: the loans' multiplier, applied to the annual (or monthly) rate before it is held at 1.
        rates: filled, float64[months + 1].
    """
    before = -1.0
    held = 0.0
    for month in range(rates.size):
        at = min(month + age, annual.size - 1) if by_age else min(month, annual.size - 1)
        rate = annual[at] * multiple
        if ramp.size > 0:
            rate *= ramp[min(age + month, ramp.size - 1)]
        rate = min(max(rate, 0.0), 1.0)
        if rate != before:
            held = monthly_rate(rate) if is_annual else rate
            before = rate
        rates[month] = held


@njit(cache=True, error_model="numpy", nogil=True)
def project_blocks(
    numbers: np.ndarray, counts: np.ndarray, cohort: np.ndarray, timing: np.ndarray, indices: np.ndarray,
    mdr: np.ndarray, smm: np.ndarray, severity: np.ndarray, lag: np.ndarray, advance: np.ndarray,
    on_liquidation: np.ndarray, months: int, starts: np.ndarray, parts: np.ndarray,
) -> None:  # fmt: skip
    """Project blocks of loans, each into its own part.

    Args:
        numbers, counts: float64[loans, 12], int64[loans, 10].
        cohort, timing: int64[loans], which row of rates, and of severity, lag and advance, each loan has.
        indices: float64[index, rows].
        mdr, smm: float64[cohort, months + 1].
        severity, lag, advance: [timing, months + 1].
        on_liquidation: bool[timing].
        months: horizon.
        starts: int64[blocks + 1], block b holds the loans from starts[b] to starts[b + 1].
        parts: float64[blocks, months + 1, COLUMNS], filled.
    """
    rates = np.zeros(months + 1)
    kept = np.zeros(months + 1)
    kept_late = np.zeros(months + 1)
    path = np.zeros(months + 1)
    due = np.zeros((3, months + 1))
    for b in range(starts.size - 1):
        part = parts[b]
        part[:, :] = 0.0
        for j in range(starts[b], starts[b + 1]):
            k = timing[j]
            schedule(numbers[j], counts[j], indices, months, rates, kept, kept_late)
            roll(
                numbers[j], counts[j], mdr[cohort[j]], smm[cohort[j]], severity[k], lag[k], advance[k],
                on_liquidation[k], months, rates, kept, kept_late, path, due, part,
            )  # fmt: skip


@njit(cache=True, error_model="numpy", nogil=True)
def add_parts(parts: np.ndarray, group: np.ndarray, total: np.ndarray) -> None:
    """Add each block's part to its group's total, in the order of blocks: the order decides the bits, not the threads.

    Args:
        parts: float64[blocks, months + 1, COLUMNS].
        group: int64[blocks].
        total: float64[groups, months + 1, COLUMNS], added to.
    """
    for b in range(group.size):
        total[group[b]] += parts[b]
