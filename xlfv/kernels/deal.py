"""A deal's rules as arrays, and the record of its months: what the waterfall kernels read and write.

The kernels run one month after another of one scenario, or of eight side by side (:mod:`xlfv.kernels.lanes`); their text is
the same. What differs by scenario (cash, balances, records) lies in flat arrays, an entry of which is a number or an eight;
``zero`` says which, and an entry's place is counted in entries.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from xlfv.kernels.lanes import at

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
SEQUENTIAL, PRO_RATA, SHARE, SCHEDULE, TARGET, AGGREGATE = range(6)
# Conditions.
ALWAYS, ANY_OF, ALL_OF = range(3)
# States that conditions look at; behind them the triggers.
STEPPED, CALLED, TRIGGERS = range(3)
# The most a step pays: dollars, or a share of what its bucket was brought this month, or of what is left there.
DOLLARS, PART, SENIOR_TIMES, SENIOR_PLUS, OWN_TIMES, OWN_PLUS, REST = range(7)
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
    T_BEGIN, T_COUPON, T_INTEREST_DUE, T_CAPPED, T_SHORTFALL_INTEREST, T_BASIS_INTEREST, T_SHORTFALL, T_BASIS, T_LOSS,
    T_END, T_INTEREST_PAID, T_SHORTFALL_PAID, T_BASIS_PAID, T_PRINCIPAL, T_WRITEDOWN, T_ACCRETED, T_WRITEUP,
    T_LOSS_PAID,
) = range(18)  # fmt: skip
T_PAID = T_INTEREST_PAID  # from here on what steps add up
TRANCHE_COLUMNS = 18
# A step's month.
S_AVAILABLE, S_DUE, S_PAID, S_SHORT = range(4)
# A step's numbers.
(
    P_OP, P_SOURCE, P_RULE, P_GROUP, P_WHEN, P_YES, P_NO, P_FROM, P_TO, P_BOOK, P_COLUMN, P_MOST, P_RANK, P_FIRST,
    P_SWEEP, P_PLAIN,
) = range(16)  # fmt: skip
STEP_COLUMNS = 16
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
    notional_share: np.ndarray  # [K] of what the notional stands on
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
    buckets: int  # B: the named ones and those of z classes
    # int[S, STEP_COLUMNS]; P_GROUP -1: none; P_YES, P_NO: a bit a state that must hold, or must not; P_FIRST: first part of the table's step; P_SWEEP: a bit a
    # bucket that is excess from here on; P_PLAIN 1: one class is paid what it is owed.
    steps: np.ndarray
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
    hedge_apart: np.ndarray  # bool[H]: a step of its own pays its termination
    of_enhancement: np.ndarray  # bool[X]: the threshold is a share of the senior enhancement
    rolls: np.ndarray  # int[X]: months of a rolling average


class Record(NamedTuple):
    """What every month left: dollars, month 0 first. Views of one block, laid out month by month."""

    tranches: np.ndarray  # [K, T+1, 18]
    steps: np.ndarray  # [S+1, T+1, 4], the last row is what was left over
    costs: np.ndarray  # [C, T+1, 2] due, paid
    hedges: np.ndarray  # [H, T+1, 3] notional, received, paid
    triggers: np.ndarray  # [X, T+1, 3] value, threshold, on
    deal: np.ndarray  # [T+1, 5] residual, bonds, oc, oc target, stepped down
    accounts: np.ndarray  # [A, T+1, 6] begin, deposited, drawn, released, end, target
    insurers: np.ndarray  # [I, T+1, 3] drawn, reimbursed, outstanding


WIDTHS = (TRANCHE_COLUMNS, 4, 2, 3, 3, 5, 6, 3)  # of the record's parts


class Places(NamedTuple):
    """Where the parts of a month's record begin, and how many entries it has."""

    steps: int
    costs: int
    hedges: int
    triggers: int
    deal: int
    accounts: int
    insurers: int
    size: int


# A month in brief: of every class, then of the deal.
BRIEF_CASH, BRIEF_PRINCIPAL, BRIEF_END, BRIEF_LOSS = range(4)
BRIEF_TRANCHE = 4
(
    BRIEF_RESIDUAL, BRIEF_BONDS, BRIEF_OC, BRIEF_TARGET, BRIEF_STEPPED, BRIEF_COSTS, BRIEF_RECEIVED, BRIEF_PAID,
    BRIEF_PUT_ASIDE, BRIEF_INSURED, BRIEF_RAISED, BRIEF_GAP,
) = range(12)  # fmt: skip
BRIEF_DEAL = 12


@inlined
def total_of(book: np.ndarray, row: int, mask: np.ndarray, zero: Any) -> Any:
    """Sum of the masked entries of a row of what is owed, which begins at ``row``."""
    total = zero
    for k in range(mask.size):
        if mask[k]:
            total = total + at(book, row + k, zero)
    return total


@inlined
def debt(book: np.ndarray, is_note: np.ndarray, bond_group: np.ndarray, group: int, zero: Any) -> Any:
    """Balance of all notes (no ios), of one group or of all (-1)."""
    total = zero
    for k in range(is_note.size):
        if is_note[k] and (group < 0 or bond_group[k] == group):
            total = total + at(book, k, zero)
    return total
