"""A deal's rules as arrays, and the record of its months: what the waterfall kernels read and write."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

# These kernels allocate nothing, so numba need not count references to the many arrays of a deal: ten times faster.
_OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True, "_nrt": False}
compiled = njit(**_OPTIONS)
inlined = njit(**_OPTIONS, inline="always")

# Buckets of cash; behind them stand those of z classes that a step draws on, then accounts, then insurers.
INTEREST, PRINCIPAL, EXCESS, HEDGE, SCHEDULED, PREPAID = range(6)
BUCKETS = 6
# Kinds of payment.
(
    PAY_COST, PAY_INTEREST, PAY_SHORTFALL, PAY_PRINCIPAL, PAY_OC, PAY_BASIS, PAY_WRITEDOWN, PAY_HEDGE, PAY_RESIDUAL,
    PAY_WRITEUP, PAY_LOSS, PAY_DEPOSIT, PAY_RELEASE, PAY_REIMBURSEMENT, PAY_TERMINATION,
) = range(15)  # fmt: skip
# Rules.
SEQUENTIAL, PRO_RATA, SHARE, SCHEDULE, TARGET = range(5)
# Conditions.
ALWAYS, BEFORE_STEPDOWN, AFTER_STEPDOWN, ON, OFF, CALLED, NOT_CALLED = range(7)
# The most a step pays: dollars, or a share of what its bucket was brought this month.
DOLLARS, PART, SENIOR_TIMES, SENIOR_PLUS, OWN_TIMES, OWN_PLUS = range(6)
# Coupons.
FIXED, FLOATING, NET_WAC, NONE = range(4)
# Trigger measures.
M_LOSS, M_DELINQUENCY, M_ROLLING, M_OC, M_ENHANCEMENT, M_MONTH, M_AGE, M_FACTOR, M_SUBORDINATION = range(9)
# Trigger tests.
GREATER, LESS, AT_LEAST, AT_MOST = range(4)
# Notionals.
OWN, POOL, LINKED = range(3)
# What a cost is counted on; dollars by month stand beside any of them, and EXCEEDS is what another exceeds its cap by.
ON_POOL, ON_BONDS, ON_NOTHING, ON_LOANS, EXCEEDS = range(5)
# Derivatives that a net WAC cap counts: none, net swap payments, net swap receipts too, and what options bring.
CAP_NONE, CAP_PAID, CAP_SWAPS, CAP_ALL = range(4)

# Collateral cash, a column a quantity.
(
    C_INTEREST, C_PRINCIPAL, C_LOSS, C_BEGIN, C_END, C_LATE, C_NET_DUE, C_ACCRUES, C_SCHEDULED, C_RECOVERED,
) = range(10)  # fmt: skip
CASH_COLUMNS = 10
# A tranche's month, a column a quantity.
(
    T_BEGIN, T_COUPON, T_INTEREST_DUE, T_INTEREST_PAID, T_SHORTFALL_PAID, T_SHORTFALL, T_CAPPED, T_BASIS_PAID, T_BASIS,
    T_PRINCIPAL, T_WRITEDOWN, T_END, T_SHORTFALL_INTEREST, T_BASIS_INTEREST, T_ACCRETED, T_WRITEUP, T_LOSS_PAID,
    T_LOSS,
) = range(18)  # fmt: skip
TRANCHE_COLUMNS = 18
# A step's month.
S_AVAILABLE, S_DUE, S_PAID, S_SHORT = range(4)
# A step's numbers.
(
    P_OP, P_SOURCE, P_RULE, P_GROUP, P_WHEN, P_TRIGGER, P_FROM, P_TO, P_BOOK, P_COLUMN, P_MOST,
    P_RANK,
) = range(12)  # fmt: skip
STEP_COLUMNS = 12
# What is owed, a row a kind: to classes, costs, derivatives, accounts and insurers; B_USED, of a cost's cap this year.
(
    B_BALANCE, B_DUE, B_SHORTFALL, B_BASIS, B_LOSS, B_COST, B_HEDGE, B_DRAWN, B_ROOM, B_USED, B_TERMINATION,
) = range(11)  # fmt: skip
BOOKS = 11
ROUNDING = 0.005  # a balance below half a cent is the rounding of the last payment


class Deal(NamedTuple):
    """A deal's rules as arrays. K tranches, S steps, C costs, H hedges, X triggers, G groups, T months."""

    balance: np.ndarray  # [K] at the cut-off; notional of an io
    shortfall: np.ndarray  # [K]
    carryforward: np.ndarray  # [K]
    written: np.ndarray  # [K] write-downs so far
    is_note: np.ndarray  # bool[K]: counts as debt (not an io)
    is_senior: np.ndarray  # bool[K]
    notional_kind: np.ndarray  # int[K]: OWN, POOL, LINKED
    notional_of: np.ndarray  # bool[K, K]
    coupon_kind: np.ndarray  # int[K]
    coupon: np.ndarray  # [K, T+1] before net rate and net WAC cap
    coupon_after: np.ndarray  # [K, T+1] the same after the first call date
    net_margin: np.ndarray  # [K] added to a net rate
    net_margin_after: np.ndarray  # [K] the same after the first call date
    net_cap: np.ndarray  # [K]
    net_floor: np.ndarray  # [K]
    cap_group: np.ndarray  # int[K]: -2 no net WAC cap, -1 pool, else group
    wac_group: np.ndarray  # int[K]: -1 pool, else group
    bond_group: np.ndarray  # int[K]: -1 all
    accrual: np.ndarray  # [K, T+1] share of a year
    shortfall_bears: np.ndarray  # bool[K]: unpaid interest bears interest
    basis_bears: np.ndarray  # bool[K]: so does capped interest carried forward
    accretes_while: np.ndarray  # bool[K, K]: a z class accretes while one of these is outstanding
    accretes_to: np.ndarray  # int[K]: the bucket that receives what a z class accretes; -1 for other classes
    planned: np.ndarray  # [K, T+1] planned balance, 0 without a schedule
    last_interest: np.ndarray  # int[K]: the last step that pays the class its interest, -1 none
    last_of: np.ndarray  # int[B]: the last step that draws on each bucket, -1 none
    steps: np.ndarray  # int[S, STEP_COLUMNS]; P_GROUP and P_TRIGGER -1: none
    limit: np.ndarray  # [S] dollars
    part: np.ndarray  # [S, T+1] the share of P_MOST
    behind: np.ndarray  # [S] share of the pool that a TARGET step leaves behind the classes up to P_RANK
    targets: np.ndarray  # int[sum]: classes, or the cost, hedges, accounts or insurers paid
    weights: np.ndarray  # [sum]
    splits_principal: bool  # a step draws on scheduled or prepaid principal apart
    cost_basis: np.ndarray  # int[C]: ON_POOL ... EXCEEDS
    cost_rate: np.ndarray  # [C]
    cost_amount: np.ndarray  # [C, T+1] dollars a month
    cost_minimum: np.ndarray  # [C] a month
    cost_cap: np.ndarray  # [C] a month, or a year where cost_year counts years
    cost_group: np.ndarray  # int[C]
    hedge_rate: np.ndarray  # [H, T+1] settlement a unit of notional, day count included
    hedge_notional: np.ndarray  # [H, T+1]
    hedge_linked: np.ndarray  # int[H]: OWN, POOL, LINKED
    hedge_of: np.ndarray  # bool[H, K]
    hedge_inside: np.ndarray  # bool[H]
    account_balance: np.ndarray  # [A] today
    account_target: np.ndarray  # [A] dollars, or a share of what account_of says
    account_floor: np.ndarray  # [A] dollars
    account_of: np.ndarray  # int[A]: OWN dollars, POOL the pool's end, LINKED the notes' start
    insurers: int
    measure: np.ndarray  # int[X]
    test: np.ndarray  # int[X]
    threshold: np.ndarray  # [X, T+1]
    cures: np.ndarray  # bool[X]
    holds_target: np.ndarray  # bool[X]: while it is on, the OC target stays (losses and delinquency)
    age: np.ndarray  # [T+1] deal age in months
    original_balance: float
    prior_loss: float
    has_oc: bool
    oc_target: float  # dollars
    oc_after: float  # a share of the pool where below 1, else dollars; nan: none
    oc_floor: float  # dollars
    stepdown_age: float  # nan: none
    stepdown_enhancement: float  # nan: none
    call_factor: float  # pool factor from which the deal can be called; nan: none
    call_month: int  # the month in which it is called, 0 never
    cap_on_bonds: np.ndarray  # bool[K]: the net WAC cap divides by the bonds, not by the collateral
    cap_hedges: np.ndarray  # int[K]: CAP_NONE ... CAP_ALL
    final_month: np.ndarray  # int[K]: from it on an insurer pays what is left of the class
    cost_in_cap: np.ndarray  # bool[C]: it lowers the net rate of the collateral
    cost_of: np.ndarray  # bool[C, K]: the bonds it is counted on
    cost_excess: np.ndarray  # int[C]: the row of what it exceeds its cap by, -1 where that is not owed
    cost_year: np.ndarray  # int[C, T+1]: the year whose cap counts; -1: the cap is by month
    cost_used: np.ndarray  # [C] dollars of the first year's cap used before month 1
    hedge_swap: np.ndarray  # bool[H]
    hedge_group: np.ndarray  # int[H]: whose net WAC cap counts it, -1 all
    hedge_most: np.ndarray  # [H, T+1] the most a notional that is linked may be
    hedge_ends: np.ndarray  # [H] dollars to the trust at its termination in the month of the call
    hedge_apart: np.ndarray  # bool[H]: a step of its own pays its termination
    of_enhancement: np.ndarray  # bool[X]: the threshold is a share of the senior enhancement
    rolls: np.ndarray  # int[X]: months of a rolling average


class Record(NamedTuple):
    """What every month left: dollars, month 0 first."""

    tranches: np.ndarray  # [K, T+1, 18]
    steps: np.ndarray  # [S+1, T+1, 4], the last row is what was left over
    costs: np.ndarray  # [C, T+1, 2] due, paid
    hedges: np.ndarray  # [H, T+1, 3] notional, received, paid
    triggers: np.ndarray  # [X, T+1, 3] value, threshold, on
    deal: np.ndarray  # [T+1, 5] residual, bonds, oc, oc target, stepped down
    accounts: np.ndarray  # [A, T+1, 6] begin, deposited, drawn, released, end, target
    insurers: np.ndarray  # [I, T+1, 3] drawn, reimbursed, outstanding


@inlined
def total_of(values: np.ndarray, mask: np.ndarray) -> float:
    """Sum of the masked values."""
    total = 0.0
    for k in range(mask.size):
        if mask[k]:
            total += values[k]
    return total


@inlined
def debt(book: np.ndarray, is_note: np.ndarray, bond_group: np.ndarray, group: int) -> float:
    """Balance of all notes (no ios), of one group or of all (-1)."""
    total = 0.0
    for k in range(is_note.size):
        if is_note[k] and (group < 0 or bond_group[k] == group):
            total += book[B_BALANCE, k]
    return total
