"""What a pool did between two tapes: prepayment, default, severity, roll rates, delinquency.

Every measure comes from the :class:`~xlfv.review.tapes.Pair` and is stated in words in :data:`MEASURES`; the words are
shown beside the number. Words of the measures: a loan *performs* while it is current, d30, d60, d90 or bankrupt; it
*defaults* when it leaves these for foreclosure, REO or liquidation, which is what the projection calls a default and
liquidates a lag later; it is *liquidated* when it leaves the pool with its loss.

Sources. Bond Market Association, Standard Formulas (1999): SF-4 and SF-5 (scheduled balance, SMM as the shortfall from
it, CPR), SF-11 (average speeds over several months), SF-16 to SF-19 (defaults on the performing balance at the start of
the month, prepayments on what amortization leaves of it). Delinquency: the MBA method counts a loan 30 days late when a
payment is not in by the day before the next falls due, the OTS method when it is not in by that day of the next month,
so that a month's tape says d30 of what the OTS method calls current and d60 of what it calls 30 days. Trustees annualize
what was liquidated over the whole pool at the start, and call that CDR: both are here.

Several months. Let ``d`` be defaults over the performing balance and ``v`` prepayments over the scheduled balance, both
over ``n`` months. At even monthly rates ``m`` and ``s``, with ``k = 1 - m - s`` (SF-19: what a month leaves of a unit),
``d = m (1 + k + ... + k^(n-1))`` and ``v = s (1 + k + ... + k^(n-1))``, so that::

    k = (1 - d - v) ** (1 / n),   m = (1 - k) d / (d + v),   s = (1 - k) v / (d + v)

Fed back, these rates leave the balance that was seen, but for what is behind schedule, made up or forgiven. For one month
they are ``d`` and ``v``. Balances behind their schedule are not set off against the prepayments of other loans.
"""

from __future__ import annotations

import numpy as np

from xlfv.review.actuals import Floats, annual, monthly
from xlfv.review.powers import root
from xlfv.review.tape_table import STATES
from xlfv.review.tapes import (
    BANKRUPTCY,
    CURRENT,
    D60,
    D90,
    FORECLOSURE,
    LIQUIDATED,
    PAID_OFF,
    REO,
    Pair,
)
from xlfv.tables.schema import Array

_LATE = STATES[1 : FORECLOSURE + 1]

MEASURES: dict[str, tuple[str, str]] = {
    "months": ("months", "from the earlier tape to the later"),
    "loans_earlier": ("loans", "living, with a balance, in the earlier tape"),
    "loans_later": ("loans", "living, with a balance, in the later tape"),
    "balance_earlier": ("$", "pool balance with deferred principal, foreclosure and REO included"),
    "scheduled_principal": ("$", "what performing loans' terms repay, except of those that default"),
    "payoffs": ("$", "scheduled balance of performing loans that were paid off"),
    "curtailments": ("$", "paid beyond the schedule and beyond arrears, of performing loans that go on"),
    "arrears_paid": ("$", "principal of missed payments made up by loans less late than before; no prepayment"),
    "forgiven": ("$", "balance of performing loans cut by a loss while they go on"),
    "behind_schedule": ("$", "by which performing loans owe more than their terms say: not paid, or capitalized"),
    "liquidated": ("$", "balance before, of all loans liquidated"),
    "paid_off_from_default": ("$", "balance before, of loans paid off out of foreclosure or REO"),
    "default_change": ("$", "change of balance while in foreclosure or REO, or on the way there"),
    "new_balance": ("$", "balance of loans not in the earlier pool"),
    "balance_later": ("$", "pool balance later: the ten amounts above lead here"),
    "performing_balance": ("$", "current to bankruptcy, in the earlier tape"),
    "scheduled_balance": ("$", "what the terms of all performing loans leave at the later tape (SF-4)"),
    "defaults": ("$", "balance before, of performing loans now in foreclosure, REO or liquidated"),
    "smm": ("a month", "payoffs and curtailments over scheduled_balance (SF-5), voluntary only"),
    "cpr": ("a year", "1 - (1 - smm)^12: cpr of the curves where they have no curtailment"),
    "payoff_cpr": ("a year", "annual rate of payoffs alone: cpr of the curves beside their curtailment"),
    "curtailment_cpr": ("a year", "annual rate of curtailments alone: curtailment of the curves"),
    "mdr": ("a month", "defaults over performing_balance (SF-17): what the curves call mdr"),
    "cdr": ("a year", "1 - (1 - mdr)^12: cdr of the curves"),
    "liquidation_mdr": ("a month", "liquidated over balance_earlier, as trustees print it"),
    "liquidation_cdr": ("a year", "1 - (1 - liquidation_mdr)^12: the CDR that trustees print"),
    "total_smm": ("a month", "all that left or was curtailed, liquidations too, over the pool's scheduled balance"),
    "total_cpr": ("a year", "1 - (1 - total_smm)^12: the CPR that trustees print, involuntary included"),
    "losses": ("$", "losses of liquidated loans, where known"),
    "severity": ("share", "losses over balance at default of the loans whose loss is known, weighted by it: basis all_in"),
    "severity_liquidation": ("share", "losses over the balance before of the same loans: basis liquidation_balance"),
    "loss_known_balance": ("$", "balance before of liquidated loans whose loss is known"),
    "loss_unknown_balance": ("$", "balance before of liquidated loans whose loss is not known: in no severity"),
    "other_losses": ("$", "losses of loans that go on (modified) or were paid off (fees): in no severity"),
    "months_to_liquidation": ("months", "last payment made to liquidation, of liquidated loans where known, by balance at"
                              " default"),
    "sixty_plus_earlier": ("share", "d60, d90, bankruptcy, foreclosure and REO of balance_earlier (MBA)"),
    "sixty_plus_later": ("share", "d60, d90, bankruptcy, foreclosure and REO of balance_later (MBA)"),
    "sixty_plus_ots_earlier": ("share", "OTS: d90, bankruptcy, foreclosure and REO of balance_earlier, the tape being MBA"),
    "sixty_plus_ots_later": ("share", "OTS: d90, bankruptcy, foreclosure and REO of balance_later, the tape being MBA"),
    **{f"cure_{s}": ("a month", f"share that is current now, of the balance that was {s}: cure_{s} of the curves")
       for s in _LATE},
    "paid_off_loans": ("loans", "paid off, assumed ones included"),
    "defaulted_loans": ("loans", "whose balance is in defaults"),
    "liquidated_loans": ("loans", "liquidated, assumed ones included"),
    "loss_unknown_loans": ("loans", "liquidated with a loss not known"),
    "new_loans": ("loans", "in the later pool, not in the earlier"),
    "vanished_loans": ("loans", "in the earlier pool, without a row in the later tape"),
    "assumed_paid_off_loans": ("loans", "gone without a word, last seen current, d30 or d60"),
    "assumed_liquidated_loans": ("loans", "gone without a word, last seen d90 or worse"),
    "grown_loans": ("loans", "with a higher balance than before"),
    "rate_changed_loans": ("loans", "with another note rate than before"),
    "cannot_follow_loans": ("loans", "whose status cannot follow from the one before"),
}  # fmt: skip
"""Name -> unit and definition, in the order shown."""


def measure(pair: Pair) -> dict[str, Floats]:
    """The measures, float64[1 + cuts] each: the whole pool, then each cut; nan where there is none to measure."""
    flows = _flows(pair)
    found = {name: _sums(pair, values) for name, values in flows.items()}
    found["months"] = np.full(1 + len(pair.cuts), float(pair.months))
    found |= _rates(found, pair.months)
    found |= _severities(pair)
    found |= _delinquency(pair)
    found |= {name: _sums(pair, rows.astype(np.float64)) for name, rows in _counted(pair).items()}
    return {name: found[name] for name in MEASURES}


def rolls(pair: Pair) -> tuple[Floats, Floats]:
    """Dollars before, and number, of loans by status before and after.

    Returns:
        float64[1 + cuts, 7, 9] each: whole pool, then cuts; statuses before (:data:`STATES` of living loans), and after.
    """
    shape = (1 + len(pair.cuts), REO + 1, len(STATES))
    dollars, loans = np.zeros(shape), np.zeros(shape)
    for before in range(REO + 1):
        for after in range(len(STATES)):
            rows = (pair.start == before) & (pair.end == after)
            dollars[:, before, after] = _sums(pair, np.where(rows, pair.before, 0.0))
            loans[:, before, after] = _sums(pair, rows.astype(np.float64))
    return dollars, loans


def _sums(pair: Pair, values: Floats) -> Floats:
    """The sum over all loans, then that of each cut."""
    if not pair.cuts:
        return np.array([values.sum()])
    return np.append(values.sum(), np.bincount(pair.cut, weights=values, minlength=len(pair.cuts)))


def _over(part: Floats, whole: Floats) -> Floats:
    """A quotient; nan where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)


def _performing(place: Array) -> Array:
    return (place >= CURRENT) & (place <= BANKRUPTCY)


def _flows(pair: Pair) -> dict[str, Floats]:
    """Dollars of each loan by where they went, float64[loans] each; they lead from the balance before to that after."""
    start, end, before, after, scheduled = pair.start, pair.end, pair.before, pair.after, pair.scheduled
    performed, pooled = _performing(start), start >= CURRENT
    stays, paid = performed & _performing(end), performed & (end == PAID_OFF)
    fell = performed & np.isin(end, (FORECLOSURE, REO, LIQUIDATED))
    short = np.where(stays, scheduled - after, 0.0)
    forgiven = np.clip(np.minimum(np.nan_to_num(pair.loss), short), 0.0, None)
    beyond = np.maximum(short - forgiven, 0.0)
    arrears = np.minimum(beyond, np.where(stays, scheduled - pair.arrears_paid, 0.0))
    in_default = ((pooled & ~performed) | fell) & (end <= REO)
    amounts = {
        "balance_earlier": before,
        "scheduled_principal": np.where(stays | paid, before - scheduled, 0.0),
        "payoffs": np.where(paid, scheduled, 0.0),
        "curtailments": beyond - arrears,
        "arrears_paid": arrears,
        "forgiven": np.where(stays, forgiven, 0.0),
        "behind_schedule": np.maximum(-short, 0.0),
        "liquidated": np.where(end == LIQUIDATED, before, 0.0),
        "paid_off_from_default": np.where(pooled & ~performed & (end == PAID_OFF), before, 0.0),
        "default_change": np.where(in_default, after - before, 0.0),
        "new_balance": np.where(pair.flags["new"], after, 0.0),
        "balance_later": after,
        "performing_balance": np.where(performed, before, 0.0),
        "scheduled_balance": np.where(performed, scheduled, 0.0),
        "defaults": np.where(fell, before, 0.0),
    }
    return {name: np.asarray(values, dtype=np.float64) for name, values in amounts.items()}


def _rates(sums: dict[str, Floats], months: int) -> dict[str, Floats]:
    """Monthly and annual rates out of the sums; see the head of this module."""
    defaulted = _over(sums["defaults"], sums["performing_balance"])
    payoff = _over(sums["payoffs"], sums["scheduled_balance"])
    curtailed = _over(sums["curtailments"], sums["scheduled_balance"])
    mdr, (out, more) = _even(defaulted, (payoff, curtailed), months)
    pool = sums["scheduled_balance"] + sums["balance_earlier"] - sums["performing_balance"]
    left = sums["payoffs"] + sums["curtailments"] + sums["liquidated"] + sums["paid_off_from_default"]
    liquidated = monthly(_over(sums["liquidated"], sums["balance_earlier"]), months)
    total = monthly(np.minimum(_over(left, pool), 1.0), months)
    return {
        "smm": out + more, "cpr": annual(out + more), "payoff_cpr": annual(out), "curtailment_cpr": annual(more),
        "mdr": mdr, "cdr": annual(mdr), "liquidation_mdr": liquidated, "liquidation_cdr": annual(liquidated),
        "total_smm": total, "total_cpr": annual(total),
    }  # fmt: skip


def _even(default: Floats, prepaid: tuple[Floats, Floats], months: int) -> tuple[Floats, tuple[Floats, Floats]]:
    """Even monthly rates of shares over several months that compete for the same loans.

    Prepayment is held to what default leaves, as in the projection. Where all loans mature between the tapes nothing is
    scheduled to stand: the default rate is then taken alone.
    """
    lost = np.nan_to_num(default)
    paid = np.nan_to_num(prepaid[0]) + np.nan_to_num(prepaid[1])
    room = np.maximum(1.0 - lost, 0.0)
    held = np.where(paid > room, room / np.where(paid > 0, paid, 1.0), 1.0)
    gone = lost + paid * held
    # For one month the shares are the rates.
    scale = np.ones_like(gone)
    if months > 1:
        even = 1.0 - root(np.maximum(1.0 - gone, 0.0), months)
        scale = np.where(gone > 0, even / np.where(gone > 0, gone, 1.0), 1.0)
    out, more = (share * held * scale for share in prepaid)
    return default * scale, (out, more)


def _severities(pair: Pair) -> dict[str, Floats]:
    """Losses, severity on both bases, and months to liquidation."""
    liquidated = pair.end == LIQUIDATED
    known = liquidated & np.isfinite(pair.loss)
    timed = liquidated & np.isfinite(pair.months_late)
    loss = np.where(known, pair.loss, 0.0)
    losses = _sums(pair, loss)
    weight = np.where(timed, pair.default_balance, 0.0)
    late = _sums(pair, weight * np.where(timed, pair.months_late, 0.0))
    before = _sums(pair, np.where(known, pair.before, 0.0))
    others = (pair.start >= CURRENT) & ~liquidated
    return {
        "losses": losses,
        "severity": _over(losses, _sums(pair, np.where(known, pair.default_balance, 0.0))),
        "severity_liquidation": _over(losses, before),
        "loss_known_balance": before,
        "loss_unknown_balance": _sums(pair, np.where(liquidated & ~known, pair.before, 0.0)),
        "other_losses": _sums(pair, np.where(others, np.nan_to_num(pair.loss), 0.0)),
        "months_to_liquidation": _over(late, _sums(pair, weight)),
    }


def _delinquency(pair: Pair) -> dict[str, Floats]:
    """Shares 60 days late or worse, before and after, and what of each late status is current again."""
    found = {}
    for name, worse in (("sixty_plus", D60), ("sixty_plus_ots", D90)):
        for when, place, balance in (("earlier", pair.start, pair.before), ("later", pair.end, pair.after)):
            late = _sums(pair, np.where((place >= worse) & (place <= REO), balance, 0.0))
            found[f"{name}_{when}"] = _over(late, _sums(pair, balance))
    for one, status in enumerate(_LATE, 1):
        stood = np.where(pair.start == one, pair.before, 0.0)
        cured = _sums(pair, np.where(pair.end == CURRENT, stood, 0.0))
        found[f"cure_{status}"] = monthly(_over(cured, _sums(pair, stood)), pair.months)
    return found


def _counted(pair: Pair) -> dict[str, Array]:
    """Which loans each number of loans counts."""
    pooled = pair.start >= CURRENT
    fell = _performing(pair.start) & np.isin(pair.end, (FORECLOSURE, REO, LIQUIDATED))
    named = ("new", "vanished", "assumed_paid_off", "assumed_liquidated", "loss_unknown", "grown", "rate_changed",
             "cannot_follow")  # fmt: skip
    return {
        "loans_earlier": pooled,
        "loans_later": (pair.end >= CURRENT) & (pair.end <= REO),
        "paid_off_loans": pooled & (pair.end == PAID_OFF),
        "defaulted_loans": fell,
        "liquidated_loans": pair.end == LIQUIDATED,
        **{f"{name}_loans": pair.flags[name] for name in named},
    }


def grid(pair: Pair, by: str = "") -> list[list[object]]:
    """The measures as a sheet shows them: a row a measure, then notices, then roll rates by balance and by number.

    Columns of the measures: name, unit, the whole pool, one a cut, and the definition last. Roll rates: a row a status
    before, with what stood in it, and the share of that in each status after; a blank where nothing stood.
    """
    heads = ["all", *[f"{by} {value}" for value in pair.cuts]]
    found = measure(pair)
    rows: list[list[object]] = [["measure", "unit", *heads, "definition"]]
    for name, (unit, words) in MEASURES.items():
        rows.append([name, unit, *map(_cell, found[name].tolist()), words])
    blanks: list[object] = [None] * len(heads)
    rows += [["notice", None, *blanks, notice] for notice in pair.notices]
    dollars, loans = rolls(pair)
    for title, unit, matrix in (("roll by balance", "$", dollars), ("roll by number", "loans", loans)):
        for head, one in zip(heads, matrix, strict=True):
            rows += [[None], [f"{title}, {head}", unit, *STATES]]
            rows += [_roll_row(status, moved) for status, moved in zip(STATES, one, strict=False)]
    return rows


def _roll_row(status: str, moved: Floats) -> list[object]:
    whole = float(moved.sum())
    return [status, whole, *((moved / whole).tolist() if whole > 0 else [None] * len(moved))]


def _cell(value: float) -> float | None:
    return value if np.isfinite(value) else None
