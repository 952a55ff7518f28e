"""A deal's rules as arrays, and the record of its months: what the waterfall kernels read and write."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

# Buckets of cash.
INTEREST, PRINCIPAL, EXCESS, HEDGE = range(4)
# Kinds of payment.
PAY_COST, PAY_INTEREST, PAY_SHORTFALL, PAY_PRINCIPAL, PAY_OC, PAY_BASIS, PAY_WRITEDOWN, PAY_HEDGE, PAY_RESIDUAL = range(
    9
)
# Rules.
SEQUENTIAL, PRO_RATA, SHARE = range(3)
# Conditions.
ALWAYS, BEFORE_STEPDOWN, AFTER_STEPDOWN, ON, OFF = range(5)
# Coupons.
FIXED, FLOATING, NET_WAC, NONE = range(4)
# Trigger measures.
M_LOSS, M_DELINQUENCY, M_ROLLING, M_OC, M_ENHANCEMENT, M_MONTH, M_AGE, M_FACTOR = range(8)
# Trigger tests.
GREATER, LESS, AT_LEAST, AT_MOST = range(4)
# Notionals.
OWN, POOL, LINKED = range(3)

# Collateral cash, a column a quantity.
(C_INTEREST, C_PRINCIPAL, C_LOSS, C_BEGIN, C_END, C_LATE, C_NET_DUE, C_ACCRUES) = range(8)
CASH_COLUMNS = 8
# A tranche's month, a column a quantity.
(
    T_BEGIN, T_COUPON, T_INTEREST_DUE, T_INTEREST_PAID, T_SHORTFALL_PAID, T_SHORTFALL, T_CAPPED, T_BASIS_PAID, T_BASIS,
    T_PRINCIPAL, T_WRITEDOWN, T_END,
) = range(12)  # fmt: skip
TRANCHE_COLUMNS = 12
# A step's month.
S_AVAILABLE, S_DUE, S_PAID, S_SHORT = range(4)


class Deal(NamedTuple):
    """A deal's rules as arrays. K tranches, S steps, C costs, H hedges, X triggers, G groups, T months."""

    balance: np.ndarray  # [K] at the cut-off; notional of an io
    shortfall: np.ndarray  # [K]
    carryforward: np.ndarray  # [K]
    is_note: np.ndarray  # bool[K]: counts as debt (not an io)
    is_senior: np.ndarray  # bool[K]
    notional_kind: np.ndarray  # int[K]: OWN, POOL, LINKED
    notional_of: np.ndarray  # bool[K, K]
    coupon_kind: np.ndarray  # int[K]
    coupon: np.ndarray  # [K, T+1] before net rate and net WAC cap
    net_margin: np.ndarray  # [K] added to a net rate
    net_cap: np.ndarray  # [K]
    net_floor: np.ndarray  # [K]
    cap_group: np.ndarray  # int[K]: -2 no net WAC cap, -1 pool, else group
    wac_group: np.ndarray  # int[K]: -1 pool, else group
    bond_group: np.ndarray  # int[K]: -1 all
    accrual: np.ndarray  # [K, T+1] share of a year
    last_interest: np.ndarray  # int[K]: the last step that pays the class its interest, -1 none
    last_of: np.ndarray  # int[4]: the last step that draws on each bucket, -1 none
    op: np.ndarray  # int[S]
    source: np.ndarray  # int[S]
    rule: np.ndarray  # int[S]
    group: np.ndarray  # int[S]: -1 all
    cost_of: np.ndarray  # int[S]
    when: np.ndarray  # int[S]
    when_trigger: np.ndarray  # int[S]
    limit: np.ndarray  # [S]
    target_from: np.ndarray  # int[S+1]
    targets: np.ndarray  # int[sum]
    weights: np.ndarray  # [sum]
    cost_basis: np.ndarray  # int[C]: 0 pool, 1 bonds, 2 fixed or count (amount by month)
    cost_rate: np.ndarray  # [C]
    cost_amount: np.ndarray  # [C, T+1] dollars a month
    cost_minimum: np.ndarray  # [C] a month
    cost_cap: np.ndarray  # [C] a month
    cost_group: np.ndarray  # int[C]
    hedge_rate: np.ndarray  # [H, T+1] settlement a unit of notional, day count included
    hedge_notional: np.ndarray  # [H, T+1]
    hedge_linked: np.ndarray  # int[H]: OWN, POOL, LINKED
    hedge_of: np.ndarray  # bool[H, K]
    hedge_inside: np.ndarray  # bool[H]
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


class Record(NamedTuple):
    """What every month left: dollars, month 0 first."""

    tranches: np.ndarray  # [K, T+1, 12]
    steps: np.ndarray  # [S+1, T+1, 4], the last row is what was left over
    costs: np.ndarray  # [C, T+1, 2] due, paid
    hedges: np.ndarray  # [H, T+1, 3] notional, received, paid
    triggers: np.ndarray  # [X, T+1, 3] value, threshold, on
    deal: np.ndarray  # [T+1, 5] residual, bonds, oc, oc target, stepped down


@njit(cache=True, error_model="numpy", nogil=True)
def total_of(values: np.ndarray, mask: np.ndarray) -> float:
    """Sum of the masked values."""
    total = 0.0
    for k in range(values.size):
        if mask[k]:
            total += values[k]
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def debt(deal: Deal, balance: np.ndarray, group: int) -> float:
    """Balance of all notes (no ios), of one group or of all (-1)."""
    total = 0.0
    for k in range(balance.size):
        if deal.is_note[k] and (group < 0 or deal.bond_group[k] == group):
            total += balance[k]
    return total
