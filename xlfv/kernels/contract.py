"""A loan's contract, month by month: its rate, payment and balance if nobody prepays or defaults, and its penalties.

A month runs in this order: the rate resets, the payment changes (held by the payment cap, or recast without it), interest
accrues on the balance that bears interest, and what the payment leaves after interest repays principal. Where the loan may
amortize negatively, interest the payment does not cover is added to the balance, up to the limit.

Level payments come from a twelfth of the note rate whatever the accrual, as notes have it: a loan that accrues by actual
days amortizes a little slower (Fannie Mae, Multifamily Guide, section 1103).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from xlfv.kernels.elementary import exp, log, payment_factor
from xlfv.kernels.layout import (
    INTEREST_MONTHS,
    L_ACCRUAL,
    L_AGE,
    L_AMORTIZE,
    L_BALANCE,
    L_CAP,
    L_DEFERRED,
    L_FIRST_CAP,
    L_FLOOR,
    L_FREQUENCY,
    L_INDEX,
    L_INTEREST_ONLY,
    L_LIFE_CAP,
    L_LOOKBACK,
    L_MARGIN,
    L_NEGAM_LIMIT,
    L_ORIGINAL,
    L_PAYMENT,
    L_PAYMENT_CAP,
    L_PAYMENT_FREQUENCY,
    L_PAYMENT_RESET,
    L_PENALTY,
    L_PENALTY_INDEX,
    L_PENALTY_KIND,
    L_PENALTY_MONTHS,
    L_RATE,
    L_RECAST,
    L_RESET,
    L_ROUNDING,
    L_TERM,
    NEVER,
    PERCENT,
    STEP_DOWN,
    THIRTY,
    WHOLE,
    YIELD_MAINTENANCE,
)

STEEP = 60.0  # rate a year times months
STANDS, CHANGES, RECASTS = range(3)  # the payment of a month: as before, new within the cap, new without it


@njit(cache=True, error_model="numpy", nogil=True)
def contract(
    numbers: np.ndarray, counts: np.ndarray, indices: np.ndarray, fractions: np.ndarray, months: int,
    balances: np.ndarray, shares: np.ndarray, notes: np.ndarray,
) -> None:  # fmt: skip
    """Plan a loan that nobody prepays or defaults on.

    Args:
        numbers, counts: the loan (float64[21], int64[19]), as :mod:`xlfv.kernels.layout` has it.
        indices: index rows, float64[index, row], row 0 for month 0; the last row holds on.
        fractions: share of a year of each month, float64[3, months + 1] by accrual; entry 0 and the row of 30/360, which
            is a twelfth, are not read.
        months: months to plan.
        balances: filled, float64[months + 1]: the balance after the month's payment, the deferred balance within it and no
            balloon paid; month 0 first, and constant after maturity.
        shares: filled, float64[months + 1]: the month's interest as a share of the balance before it; entry 0 is 0. After
            maturity the last month's, on the part of the balance that still bears interest.
        notes: filled, float64[months + 1]: the note rate, a year; entry 0 is today's, and constant after maturity.
    """
    term = min(counts[L_TERM], months)
    deferred = numbers[L_DEFERRED]
    balance = numbers[L_BALANCE]
    rate = numbers[L_RATE]
    payment = numbers[L_PAYMENT] if numbers[L_PAYMENT] > 0.0 else _level_payment(balance, rate, 1, counts)
    steep = steep_until(numbers, counts)
    share = 0.0
    reset = counts[L_RESET] + 1 if counts[L_INDEX] >= 0 else NEVER
    balances[0], shares[0], notes[0] = balance + deferred, 0.0, rate
    for month in range(1, term + 1):
        resets = month == reset
        if resets:
            first = reset == counts[L_RESET] + 1
            rate = reset_rate(rate, numbers, _index_row(indices, counts[L_INDEX], month - counts[L_LOOKBACK]), first)
            reset += counts[L_FREQUENCY]
        share = _month_of_rate(rate, counts[L_ACCRUAL], fractions, month)
        interest = balance * share
        principal = 0.0
        if month > counts[L_INTEREST_ONLY]:
            payment = next_payment(payment, balance, rate, resets, month, numbers, counts)
            if month <= steep:
                payment = _level_payment(balance, rate, month, counts)
            principal = payment - interest
            if principal < 0.0:
                payment, principal = _unpaid(payment, interest, balance, rate, month, numbers, counts)
        shares[month] = _bearing(share, balance, deferred)
        left = balance - min(principal, balance)
        balance = left if left > WHOLE * balance else 0.0
        balances[month], notes[month] = balance + deferred, rate
    for month in range(term + 1, months + 1):
        balances[month], shares[month], notes[month] = balances[term], _bearing(share, balance, deferred), rate


@njit(cache=True, error_model="numpy", nogil=True)
def steep_until(numbers: np.ndarray, counts: np.ndarray) -> int:
    """The last month of a level payment whose rounding would not stay small: it is computed anew each month; 0 for none.

    What a payment is off by compounds like the balance, ``(1 + rate / 12) ** months`` fold: 140,000 fold over 480 months
    at 30%, which turns the last bit of the payment into a part in a billion of the balance. Where the same level payment
    is computed from each month's balance nothing compounds. Up to ``rate * months = STEEP`` it is at most 150 fold.
    """
    months = counts[L_TERM]
    if counts[L_INDEX] >= 0:
        months = min(months, counts[L_RESET])
    given = numbers[L_PAYMENT] > 0.0 and counts[L_INTEREST_ONLY] == 0
    if given or counts[L_ACCRUAL] != THIRTY or numbers[L_NEGAM_LIMIT] > 0.0 or numbers[L_RATE] * months <= STEEP:
        return 0
    return months


@njit(cache=True, error_model="numpy", nogil=True)
def all_gentle(numbers: np.ndarray, counts: np.ndarray, gentle: np.ndarray) -> None:
    """Which loans have no months of :func:`steep_until`.

    Args:
        numbers, counts: float64[loans, LOAN_NUMBERS], int64[loans, LOAN_COUNTS].
        gentle: bool[loans], filled.
    """
    for j in range(gentle.size):
        gentle[j] = steep_until(numbers[j], counts[j]) == 0


@njit(cache=True, error_model="numpy", nogil=True)
def reset_rate(rate: float, numbers: np.ndarray, index: float, first: bool) -> float:
    """The note rate after a reset: index and margin, rounded, inside the period's cap and the loan's life bounds."""
    new = index + numbers[L_MARGIN]
    unit = numbers[L_ROUNDING]
    if unit > 0.0:
        new = np.floor(new / unit + 0.5) * unit
    cap = numbers[L_FIRST_CAP] if first else numbers[L_CAP]
    new = min(max(new, rate - cap), rate + cap)
    return min(max(new, numbers[L_FLOOR]), numbers[L_LIFE_CAP])


@njit(cache=True, error_model="numpy", nogil=True)
def next_payment(
    payment: float, balance: float, rate: float, resets: bool, month: int, numbers: np.ndarray, counts: np.ndarray
) -> float:
    """The payment of a month past the interest-only ones, dollars.

    Args:
        payment: that of the month before.
        balance: the balance that bears interest, before the payment.
        rate: note rate of the month, a year.
        resets: the rate resets this month.
    """
    change = _payment_change(resets, month, counts)
    if change == STANDS:
        return payment
    level = _level_payment(balance, rate, month, counts)
    cap = numbers[L_PAYMENT_CAP]
    if change == RECASTS or not cap < np.inf:
        return level
    return min(max(level, payment * (1.0 - cap)), payment * (1.0 + cap))


@njit(cache=True, error_model="numpy", nogil=True)
def _payment_change(resets: bool, month: int, counts: np.ndarray) -> int:
    """Whether the payment of a month stands, changes within its cap, or is recast."""
    if month > 1 and month == counts[L_INTEREST_ONLY] + 1:
        return RECASTS
    paid = counts[L_AGE] + month - 1  # payments that fell due before this one
    if counts[L_RECAST] > 0 and paid > 0 and paid % counts[L_RECAST] == 0:
        return RECASTS
    if counts[L_PAYMENT_FREQUENCY] == 0:
        return CHANGES if resets else STANDS
    since = month - 1 - counts[L_PAYMENT_RESET]
    return CHANGES if since >= 0 and since % counts[L_PAYMENT_FREQUENCY] == 0 else STANDS


@njit(cache=True, error_model="numpy", nogil=True)
def _unpaid(
    payment: float, interest: float, balance: float, rate: float, month: int, numbers: np.ndarray, counts: np.ndarray
) -> tuple[float, float]:
    """Payment and principal of a month whose payment does not cover its interest."""
    limit = numbers[L_NEGAM_LIMIT]
    if not limit > 0.0:
        return payment, 0.0  # the balance must not grow: the interest is paid
    if balance + interest - payment > limit * numbers[L_ORIGINAL]:
        payment = _level_payment(balance, rate, month, counts)
    return payment, payment - interest


@njit(cache=True, error_model="numpy", nogil=True)
def _level_payment(balance: float, rate: float, month: int, counts: np.ndarray) -> float:
    """The payment that repays a balance from ``month`` to the end of its amortization."""
    return balance * payment_factor(rate / 12.0, counts[L_AMORTIZE] - month + 1)


@njit(cache=True, error_model="numpy", nogil=True)
def _bearing(share: float, balance: float, deferred: float) -> float:
    """Interest on a dollar of the whole balance, where ``share`` is that on a dollar that bears interest."""
    return share * (balance / (balance + deferred)) if deferred > 0.0 else share


@njit(cache=True, error_model="numpy", nogil=True)
def _month_of_rate(rate: float, accrual: int, fractions: np.ndarray, month: int) -> float:
    """A month's interest on a dollar. By division for 30/360: a twelfth times the rate differs in the last bit."""
    return rate / 12.0 if accrual == THIRTY else rate * fractions[accrual, month]


@njit(cache=True, error_model="numpy", nogil=True)
def _index_row(indices: np.ndarray, index: int, row: int) -> float:
    """An index in a month, held at both ends."""
    return indices[index, min(max(row, 0), indices.shape[1] - 1)]


@njit(cache=True, error_model="numpy", nogil=True)
def penalties(
    numbers: np.ndarray, counts: np.ndarray, indices: np.ndarray, notes: np.ndarray, months: int, out: np.ndarray
) -> None:
    """The prepayment penalty of each month as a share of what is paid off in it.

    Args:
        numbers, counts, indices: as for :func:`contract`.
        notes: note rates, float64[months + 1], from :func:`contract`.
        months: months to fill.
        out: filled, float64[months + 1]; 0 where there is no penalty.
    """
    rate = numbers[L_PENALTY]
    kind = counts[L_PENALTY_KIND]
    for month in range(months + 1):
        left = counts[L_PENALTY_MONTHS] - month + 1  # months of penalty, this one among them
        penalty = 0.0
        if month > 0 and left > 0:
            if kind == PERCENT:
                penalty = rate
            elif kind == STEP_DOWN:
                penalty = rate * ((left + 11) // 12)
            elif kind == INTEREST_MONTHS:
                penalty = rate * (notes[month] / 12.0)
            elif kind == YIELD_MAINTENANCE:
                treasury = _index_row(indices, counts[L_PENALTY_INDEX], month)
                penalty = max((notes[month] - treasury) * annuity(treasury, left), rate)
        out[month] = penalty


@njit(cache=True, error_model="numpy", nogil=True)
def annuity(rate: float, months: int) -> float:
    """Present value of a dollar a year over ``months``, ``(1 - (1 + rate) ** (-months / 12)) / rate``, right near 0."""
    years = months / 12.0
    if abs(rate) > 1e-3:
        return (1.0 - exp(-years * log(1.0 + rate))) / rate
    ratio = 0.0  # log(1 + rate) / rate = 1 - rate/2 + rate**2/3 - ...
    for k in range(7, 0, -1):
        ratio = 1.0 / k - rate * ratio
    growth = years * ratio * rate
    series = 1.0  # (1 - exp(-growth)) / growth = 1 - growth/2 + growth**2/6 - ...
    for n in range(19, 1, -1):
        series = 1.0 - growth / n * series
    return years * ratio * series
