"""What is checked of each loan that stands in two month-ends: balance, rate, terms, status."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xlfv.review.actuals import Floats
from xlfv.review.follow import whole_balance
from xlfv.review.powers import power
from xlfv.review.roll_findings import CENT, ERROR, NOTE, WARNING, Findings
from xlfv.review.tapes import BANKRUPTCY, CURRENT, D60, D90, FORECLOSURE, REACH, REO
from xlfv.tables.schema import Array

SAME_RATE = 5e-8  # rates are written to six or seven decimals
CHECKS: dict[str, str] = {
    "order": "the month before comes before",
    "other_pool": "the two months share loans",
    "same_tape": "the tape is not that of the month before again",
    "new_loans": "no loan joins a closed pool",
    "vanished": "loans that are gone, counted",
    "vanished_sum": "loans that are gone are no more than was paid and liquidated",
    "pool_roll": "the pool falls by what was paid, liquidated and sold",
    "balance_up": "a balance grows only by negative amortization or what is deferred",
    "balance_up_too_far": "negative amortization adds no more than the interest",
    "reo_balance": "the balance of REO stands until it is sold",
    "fixed_rate": "a fixed rate does not change",
    "not_due": "an adjustable rate changes on its reset date only",
    "beyond_cap": "a reset moves the rate by no more than its cap",
    "beyond_life": "a rate stays between its life floor and life cap",
    "reset_date": "months_to_reset counts down, and starts again at a reset",
    "term": "remaining_term falls by the months",
    "age": "age grows by the months",
    "cannot_follow": "a loan misses no more payments than months passed",
    "reo_left": "what is REO stays REO until it is sold",
    "reo_without_foreclosure": "REO was in foreclosure before",
    "foreclosure_cured": "a loan leaves foreclosure by sale, payoff or cure",
    "missed_jump": "months_delinquent grows by no more than the months",
    "missed_status": "months_delinquent and status say the same",
    "last_paid": "last_paid_date never goes back",
    "reo_not_listed": "a loan in REO stands in the table reo",
    "reo_listed_alive": "a loan in the table reo is in status reo",
    "reo_vanished": "REO that is gone was sold",
    "sold_stands": "what was sold is gone",
    **{f"{name}_changed": f"{name} never changes" for name in ("original_balance", "margin", "index", "lien", "group")},
    **{f"{name}_changed": f"{name} changes by a modification only"
       for name in ("rate_type", "periodic_cap", "life_cap", "life_floor", "servicing_fee")},
}  # fmt: skip
"""Each check and what it holds to be true."""
_MODIFIED = "mend it, or say that the loan was modified"


def same_tape(found: Findings) -> None:
    """The tape of the month before, sent again."""
    t = found.tapes
    if t.new.size or t.gone.size or not t.row.size or not np.any(t.was["remaining_term"] > 1):
        return
    columns = ("balance", "rate", "remaining_term", "age", "status", "months_delinquent")
    if all(np.array_equal(t.was[name], t.is_now[name]) for name in columns):
        what = "every loan has the balance, rate, remaining_term, age and status of the month before"
        found.pool(ERROR, "same_tape", what, "give this month's tape")


def new_and_gone(found: Findings) -> None:
    """Loans that came and that went."""
    t = found.tapes
    found.here(WARNING, "new_loans", t.new, "balance", "not there a month before (a pool is closed)",
               "take them out, or say how they came in: substituted, or a loan_id written anew")  # fmt: skip
    left = t.gone[t.before["status"][t.gone] != "reo"]
    if left.size:
        total = whole_balance(t.before.take(left)).sum()
        found.there(NOTE, "vanished", left, "balance", f"of {total:,.2f} together gone: paid in full or liquidated",
                    "see that prepayments and liquidations are as many")  # fmt: skip


def balances(found: Findings) -> None:
    """A balance falls, or grows as its terms allow."""
    t = found.tapes
    old, new = whole_balance(t.was), whole_balance(t.is_now)
    grew = new > old + CENT
    may = np.isfinite(t.was["payment_cap"]) | np.isfinite(t.was["negam_limit"])
    owned = (t.state_before == REO) & (t.state == REO)
    good = (t.state_before == CURRENT) & (t.state == CURRENT)
    told = {"was": old, "now": new}
    todo = "mend the balance, or give payment_cap or negam_limit"
    found.both(ERROR, "balance_up", grew & ~may & ~owned & good, "balance",
               "current, with no negative amortization, owing more than a month before", todo, **told)  # fmt: skip
    found.both(WARNING, "balance_up", grew & ~may & ~owned & ~good, "balance",
               "late and owing more than a month before", "mend it, or say what was added (arrears of a modification)", **told)  # fmt: skip
    rate = np.maximum(t.was["rate"], t.is_now["rate"]) / 12.0
    most = old + np.nan_to_num(t.was["balance"]) * (power(1.0 + rate, t.months) - 1.0)
    found.both(ERROR, "balance_up_too_far", grew & may & ~owned & (new > most + 2 * CENT), "balance",
               "grown by more than the interest", "mend the balance", **told)  # fmt: skip
    found.both(WARNING, "reo_balance", owned & (np.abs(new - old) > CENT), "balance",
               "in REO with another balance than before", "mend it, or say what changed it", **told)  # fmt: skip


def rates(found: Findings) -> None:
    """A rate changes on its reset dates, inside its caps; of a late loan by a modification too."""
    t = found.tapes
    old, new = t.was["rate"], t.is_now["rate"]
    changed = np.abs(new - old) > SAME_RATE
    late = t.state_before != CURRENT
    arm = t.was["rate_type"] == "arm"
    fixed = changed & ~arm & (t.is_now["rate_type"] == "fixed")
    words, todo = "of a fixed rate that changed", "mend the rate or rate_type"
    found.both(ERROR, "fixed_rate", fixed & ~late, "rate", words, todo)
    found.both(WARNING, "fixed_rate", fixed & late, "rate", f"late and {words}", _MODIFIED)
    due = t.was["months_to_reset"] < t.months
    outside = changed & arm & ~due
    words, todo = "with another rate and no reset due", "mend the rate, or months_to_reset of the month before"
    found.both(ERROR, "not_due", outside & ~late, "rate", words, todo)
    found.both(WARNING, "not_due", outside & late, "rate", f"late, {words}", _MODIFIED)
    reset = changed & arm & due
    found.both(ERROR, "beyond_cap", reset & (np.abs(new - old) > _most_change(found) + SAME_RATE), "rate",
               "whose rate moved by more than the cap of the reset", "mend the rate, or the caps")  # fmt: skip
    with np.errstate(invalid="ignore"):
        beyond = (new > t.is_now["life_cap"] + SAME_RATE) | (new < t.is_now["life_floor"] - SAME_RATE)
    found.both(ERROR, "beyond_life", changed & arm & beyond, "rate",
               "whose rate moved above life_cap or below life_floor", "mend the rate, or the bounds")  # fmt: skip


def _most_change(found: Findings) -> Floats:
    """The most by which caps let each rate move over its resets of the months, float64[loans]; infinity for no cap."""
    w, months = found.tapes.was, found.tapes.months
    periodic = np.where(np.isnan(w["periodic_cap"]), np.inf, w["periodic_cap"])
    past = (w["first_reset_age"] > 0) & (w["age"] >= w["first_reset_age"])
    first = np.where(np.isnan(w["initial_cap"]) | past, periodic, w["initial_cap"])
    later = np.maximum(months - 1 - w["months_to_reset"], 0) // w["reset_frequency"]
    return np.asarray(first + np.where(later > 0, later * np.where(later > 0, periodic, 0.0), 0.0))


def reset_dates(found: Findings) -> None:
    """Months to the next reset count down."""
    t = found.tapes
    left = t.was["months_to_reset"] - t.months
    every = t.was["reset_frequency"]
    expected = np.where(left >= 0, left, left % every)
    arm = (t.was["rate_type"] == "arm") & (t.is_now["rate_type"] == "arm") & (t.state != REO) & (t.state_before != REO)
    found.both(WARNING, "reset_date", arm & (t.is_now["months_to_reset"] != expected), "months_to_reset",
               "whose months_to_reset does not count down", "mend it: the next reset decides the rate")  # fmt: skip


def ageing(found: Findings) -> None:
    """Terms fall and ages grow by the months."""
    t = found.tapes
    old, new = t.was["remaining_term"], t.is_now["remaining_term"]
    expected = np.maximum(old - t.months, 1)
    fallen = f"with another remaining_term than {t.months} less"
    good = (t.state_before == CURRENT) & (t.state == CURRENT)
    found.both(ERROR, "term", (new < expected) & good, "remaining_term", fallen, _MODIFIED)
    found.both(WARNING, "term", (new > expected) | ((new < expected) & ~good), "remaining_term", fallen, _MODIFIED)
    age, given = t.is_now["age"], (t.was["age"] > 0) & (t.is_now["age"] > 0)
    found.both(ERROR, "age", given & (age != t.was["age"] + t.months), "age",
               f"with another age than {t.months} more", "mend the age")  # fmt: skip


def fixed_facts(found: Findings) -> None:
    """What a loan was made with never changes; its caps and fees only by a modification."""
    t = found.tapes
    never = {"original_balance": CENT, "margin": SAME_RATE, "index": None, "lien": None, "group": None}
    modified = {"rate_type": None, "periodic_cap": SAME_RATE, "life_cap": SAME_RATE, "life_floor": SAME_RATE,
                "servicing_fee": SAME_RATE}  # fmt: skip
    for level, columns, todo in (
        (ERROR, never, "mend it: it never changes"),
        (WARNING, modified, _MODIFIED),
    ):
        for name, near in columns.items():
            if name not in t.before.given or name not in t.now.given:
                continue  # a column that one tape leaves out says nothing
            rows = _other(t.was[name], t.is_now[name], near)
            found.both(level, f"{name}_changed", rows, name, f"with another {name} than before", todo)  # type: ignore[arg-type]


def _other(old: Array, new: Array, near: float | None) -> Array:
    """Cells that differ, bool[loans]; a number that one side does not give is no other one."""
    if near is None:
        return np.asarray(old != new)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(new - old) > near)


def statuses(found: Findings) -> None:
    """Where a loan stands can follow from where it stood."""
    t = found.tapes
    old, new = t.state_before, t.state
    reach = np.zeros(REO + 1, dtype=np.int64)
    reach[list(REACH)] = list(REACH.values())
    # The fewest payments that a status stands for, where the loan does not say how many it missed.
    by_status = np.array([0, 1, 2, 3, 3, 3, 3])[old]
    missed = np.where(t.was["months_delinquent"] > 0, t.was["months_delinquent"], by_status)
    far = (reach[new] > missed + t.months) & (old <= D90)
    found.both(ERROR, "cannot_follow", far & (new != REO), "status",
               f"whose status cannot follow in {t.months} {'month' if t.months == 1 else 'months'}", "mend the status")  # fmt: skip
    found.both(ERROR, "reo_left", (old == REO) & (new != REO), "status", "in REO before and a living loan now",
               "mend the status: REO leaves by a sale")  # fmt: skip
    owned = (new == REO) & (old != REO) & (old != FORECLOSURE)
    quick = owned & (old <= D60) if t.months < 3 else owned & (old < CURRENT)
    found.both(ERROR, "reo_without_foreclosure", quick, "status", "in REO that were at most d60 before",
               "mend the status")  # fmt: skip
    found.both(WARNING, "reo_without_foreclosure", owned & ~quick, "status", "in REO without a foreclosure before",
               "mend the status, or say that the deed was given in lieu")  # fmt: skip
    cured = (old == FORECLOSURE) & (new < D90)
    found.both(WARNING, "foreclosure_cured", cured, "status", "back from foreclosure",
               "mend the status, or say that the loan was reinstated or modified")  # fmt: skip


def payments_missed(found: Findings) -> None:
    """Payments missed grow by a month a month, and are those of the status."""
    t = found.tapes
    old, new = t.was["months_delinquent"], t.is_now["months_delinquent"]
    fewest = np.array([0, 1, 2, 3, 0, 0, 0])[t.state_before]
    told = (old > 0) | (t.state_before < D90)  # of a later status 0 means that it was not given
    found.both(ERROR, "missed_jump", told & (new > np.maximum(old, fewest) + t.months), "months_delinquent",
               "whose months_delinquent grew by more than the months", "mend it")  # fmt: skip
    state, missed = t.state, new
    least, most = np.array([0, 1, 2, 3, 0, 0, 0]), np.array([1, 2, 3, 600, 600, 600, 600])
    wrong = ((missed > 0) & (missed < least[state])) | (missed > most[state])
    found.both(WARNING, "missed_status", wrong & (state <= BANKRUPTCY), "months_delinquent",
               "whose months_delinquent contradicts the status", "mend one of them", was=t.is_now["status"])  # fmt: skip


def last_paid(found: Findings) -> None:
    """The last payment made is never one of longer ago."""
    t = found.tapes
    back = t.is_now["last_paid_date"] < t.was["last_paid_date"]  # false where a date is not given
    found.both(ERROR, "last_paid", back, "last_paid_date", "whose last_paid_date went back", "mend the date")


RULES: tuple[Callable[[Findings], None], ...] = (
    same_tape, new_and_gone, balances, rates, reset_dates, ageing, fixed_facts, statuses, payments_missed, last_paid,
)  # fmt: skip
