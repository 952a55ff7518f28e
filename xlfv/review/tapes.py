"""Two loan tapes of one trust, some months apart, and what became of each loan between them.

A loan's balance here is ``balance + deferred_balance``: a modification that defers principal repays none of it. A loan is
in the pool where its status is one of a living loan and its balance is above 0.

What is taken for granted of a loan that was in the pool and is not there any more:

- its row says ``paid_off`` or ``liquidated``: so it is; but a payoff with a loss above 1% of its balance is a liquidation
  (a short payoff). Smaller ones are fees not to be collected from the borrower, and count as payoffs (Webbs Hill,
  "Beware of False Liquidations", 2016, on trustees who count them as liquidations);
- its row has a balance of 0, or it has no row: a loan last seen current, d30 or d60 was paid off; one last seen d90,
  bankrupt, in foreclosure or REO was liquidated with a loss not known. Such loans are counted and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xlfv.review.actuals import Floats, Ints, scheduled_of
from xlfv.review.tape_table import EARLIER, LATER, STATES, living, pruned
from xlfv.tables import Fault, Table, plain, refuse_if
from xlfv.tables.columns import array_of
from xlfv.tables.faults import resembling
from xlfv.tables.schema import Array, Column, Records

CURRENT, D30, D60, D90, BANKRUPTCY, FORECLOSURE, REO, PAID_OFF, LIQUIDATED = range(len(STATES))
NOWHERE = -1  # in neither the pool nor among those gone from it
ASSUMED = np.array([PAID_OFF] * 3 + [LIQUIDATED] * 4)  # of a loan without a row, by where it was last seen
FEES = 0.01  # share of the balance up to which the loss of a payoff is fees
MOST_LOST = 1.5  # share of the balance above which a loss is doubted: advances and expenses may take it above 1
FAR = 0.1  # share of the balance by which loss and proceeds may miss it
MOST_CUTS = 60
_PAYMENTS_MISSED = np.array([0.0, 1.0, 2.0, 3.0])  # by status, where months_delinquent is not given
_MOST_ARREARS = 36  # payments that a loan is thought to catch up at most
REACH = {D30: 1, D60: 2, D90: 3, FORECLOSURE: 2, REO: 3}  # payments missed before a loan can stand there


@dataclass(frozen=True)
class Pair:
    """Every loan that stands in either tape, in the order of loan_id, whatever the order of the rows.

    Attributes:
        months: months from the earlier tape to the later.
        loan_id: text[loans].
        start, end: place in :data:`STATES`, int64[loans]; NOWHERE where the loan was in neither pool. ``end`` of a loan
            that was in the earlier pool is never NOWHERE.
        before, after: dollars, with what is deferred; 0 outside the pool.
        scheduled: dollars that its terms leave after ``months`` payments, of loans performing at the start; else 0.
        arrears_paid: the same had it made up every payment by which it is less late than it was; at most ``scheduled``.
        loss: dollars realized between the tapes; nan where not known.
        default_balance: dollars; the balance before where not given.
        months_late: months from the last payment made to liquidation, of liquidated loans; nan where not known.
        cut: place in ``cuts``, int64[loans].
        cuts: values of the column to cut by, numbers in order before words; empty where the pool is not cut.
        flags: oddities and events by name, bool[loans].
        notices: what a reader must know, in words.
    """

    months: int
    loan_id: Array
    start: Ints
    end: Ints
    before: Floats
    after: Floats
    scheduled: Floats
    arrears_paid: Floats
    loss: Floats
    default_balance: Floats
    months_late: Floats
    cut: Ints
    cuts: tuple[str, ...]
    flags: dict[str, Array]
    notices: tuple[str, ...]


def pair(earlier: Table, later: Table, months: int = 1, by: str | None = None) -> Pair:
    """Read two tapes and follow each loan from one to the other.

    Args:
        earlier, later: the tapes; their columns stand in :mod:`xlfv.review.tape_table`.
        months: months between them.
        by: a column to cut the pool by, as it stands in the earlier tape (of a new loan, in the later).

    Raises:
        Refused: every fault of both tapes; no loan stands in both; the tapes are exchanged (ages fall, or terms grow).
    """
    faults: list[Fault] = []
    notices: list[str] = []
    was = EARLIER.read(pruned(earlier, EARLIER, by), faults, notices)
    now = LATER.read(pruned(later, LATER, by), faults, notices)
    values = _cut_values(by, earlier, was, later, now, faults)
    refuse_if(faults)
    ids = np.unique(np.concatenate([was["loan_id"], now["loan_id"]]))
    at, to = _rows_of(ids, was["loan_id"]), _rows_of(ids, now["loan_id"])
    faults.extend(_unlike(was, now, at, to, months, earlier, later))
    refuse_if(faults)
    both = _Both(ids, was, now, at, to, months)
    cuts, cut = _cut(values, at, to)
    if by is not None and len(cuts) > MOST_CUTS:
        what = f"the column {plain(by)} takes {len(cuts)} values; the pool is cut into at most {MOST_CUTS}"
        refuse_if([Fault(what, earlier.place.start, "give a column of fewer values, such as bands")])
    return both.followed(cut, cuts, (*_same_notice(both), *notices, *_gap_notice(was, now, at, to, months)))


def pair_of(was: Records, now: Records, months: int = 1) -> Pair:
    """The pair of two tapes that are read already, not cut: every column of :mod:`xlfv.review.tape_table` stands in both."""
    ids = np.unique(np.concatenate([was["loan_id"], now["loan_id"]]))
    both = _Both(ids, was, now, _rows_of(ids, was["loan_id"]), _rows_of(ids, now["loan_id"]), months)
    return both.followed(np.zeros(len(ids), dtype=np.int64), (), ())


def _rows_of(ids: Array, own: Array) -> Ints:
    """Row of each id in a tape, -1 where it has none."""
    rows = np.full(len(ids), -1, dtype=np.int64)
    rows[np.searchsorted(ids, own)] = np.arange(len(own))
    return rows


def _unlike(was: Records, now: Records, at: Ints, to: Ints, months: int, earlier: Table, later: Table) -> list[Fault]:
    """Two tapes that cannot be an earlier and a later one of the same trust."""
    drop = _term_drop(was, now, at, to)
    if not np.any((at >= 0) & (to >= 0)):
        what = f"no loan_id of {earlier.place.label or 'earlier'} stands in {later.place.label or 'later'}"
        return [Fault(what, later.place.start, "give two tapes of the same trust, with loan_id written alike")]
    aged = _ageing(was, now, at, to)
    exchanged = f" in {'most loans' if drop.size > 1 else 'the loan'} of the later tape: the tapes are exchanged"
    # Ages never fall; a modification lengthens terms, but not those of all loans alike.
    longer = drop.size > 0 and (
        np.median(drop) == -months or (drop.size > 1 and drop[0] < 0 and np.all(drop == drop[0]))
    )
    if aged.size and np.median(aged) < 0:
        what = f"age fell by {-np.median(aged):g}{exchanged}"
    elif longer and not (aged.size and np.median(aged) > 0):
        what = f"remaining_term grew by {-np.median(drop):g}{exchanged}"
    else:
        return []
    return [Fault(what, earlier.place.start, "give the two the other way round: the earlier tape comes first")]


def _same_notice(both: _Both) -> list[str]:
    """That nothing at all lies between the tapes: no loan came, went, paid or fell late, and no term passed."""
    alike = both.had & both.has
    for column in ("balance", "deferred_balance", "status", "remaining_term", "rate", "months_delinquent"):
        was, now = both.was[column], both.now[column]
        alike &= (was == now) | ((was != was) & (now != now))
    if not np.all(alike) or not np.any(both.pool & (both.was["remaining_term"] > 0)):
        return []
    return [
        "the two tapes are the same: every loan has the balance, status and remaining_term it had before; give the tape"
        f" {both.months} {'month' if both.months == 1 else 'months'} later as the second"
    ]


def _ageing(was: Records, now: Records, at: Ints, to: Ints) -> Ints:
    """By how much age rose, of loans that give it in both tapes."""
    both = (at >= 0) & (to >= 0)
    old, new = was.take(at[both])["age"], now.take(to[both])["age"]
    return np.asarray((new - old)[(old > 0) & (new > 0)], dtype=np.int64)


def _term_drop(was: Records, now: Records, at: Ints, to: Ints) -> Ints:
    """By how much remaining_term fell, of living loans that give it in both tapes."""
    both = (at >= 0) & (to >= 0)
    old, new = was.take(at[both]), now.take(to[both])
    given = living(old) & living(new) & (old["remaining_term"] > 0) & (new["remaining_term"] > 0)
    return np.asarray((old["remaining_term"] - new["remaining_term"])[given], dtype=np.int64)


def _gap_notice(was: Records, now: Records, at: Ints, to: Ints, months: int) -> list[str]:
    drop = _term_drop(was, now, at, to)
    typical = int(np.median(drop)) if drop.size else 0
    if typical in (0, months):
        return []
    return [
        f"remaining_term fell by {typical} in most loans, but months is {months}: check how far the tapes lie apart"
    ]


def _cut_values(
    by: str | None, earlier: Table, was: Records, later: Table, now: Records, faults: list[Fault]
) -> tuple[Array, Array]:
    """The values to cut by, text[rows] of either tape; all alike where the pool is not cut."""
    empty = np.full(was.count, ""), np.full(now.count, "")
    if by is None:
        return empty
    name = plain(by)
    if name not in earlier.columns and name not in ("group", "curve", "status"):
        near = resembling(name, earlier.columns)
        todo = f"did you mean {near}?" if near else f"its columns: {', '.join(earlier.columns)}"
        faults.append(Fault(f"earlier has no column '{by}' to cut by", earlier.place.start, todo))
        return empty
    return _texts(name, earlier, was), _texts(name, later, now)


def _texts(name: str, table: Table, records: Records) -> Array:
    if name in records and records[name].dtype.kind == "U":
        values = records[name]
    else:
        cells = table.columns.get(name, [None] * records.count)
        values = array_of(Column(name, "cell", name), cells)
    return np.where(values == "", "(blank)", values)


def _cut(values: tuple[Array, Array], at: Ints, to: Ints) -> tuple[tuple[str, ...], Ints]:
    """The distinct values, and each loan's."""
    before, after = values
    own = np.where(at >= 0, before[at], after[to])
    names, which = np.unique(own, return_inverse=True)
    if len(names) == 1 and names[0] == "":
        return (), np.zeros(len(own), dtype=np.int64)
    order = sorted(range(len(names)), key=lambda k: _number_first(str(names[k])))
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    return tuple(str(names[k]) for k in order), place[which.ravel()]


def _number_first(text: str) -> tuple[int, float, str]:
    try:
        return 0, float(text), text
    except ValueError:
        return 1, 0.0, text


class _Both:
    """The two tapes side by side, an entry a loan of either."""

    def __init__(self, ids: Array, was: Records, now: Records, at: Ints, to: Ints, months: int) -> None:
        self.ids, self.months = ids, months
        self.had, self.has = at >= 0, to >= 0
        self.was, self.now = was.take(at), now.take(to)  # the last row stands in where there is none: always masked
        self.said_before = state_of(self.was)
        self.said_after = state_of(self.now)
        before, after = _whole(self.was), _whole(self.now)
        self.pool = self.had & (self.said_before <= REO) & (before > 0)
        self.stands = self.has & (self.said_after <= REO) & (after > 0)
        self.before = np.where(self.pool, before, 0.0)
        self.after = np.where(self.stands, after, 0.0)

    def followed(self, cut: Ints, cuts: tuple[str, ...], notices: Sequence[str]) -> Pair:
        """What became of each loan."""
        loss = self._loss()
        start = np.where(self.pool, self.said_before, NOWHERE)
        end = np.where(self.stands, self.said_after, np.where(self.pool, self._way_out(loss), NOWHERE))
        scheduled, arrears_paid = self._scheduled(start, end)
        given = self.has & (self.now["default_balance"] > 0)
        flags = self._flags(start, end, loss)
        return Pair(
            self.months, self.ids, start, end, self.before, self.after, scheduled, arrears_paid, loss,
            np.where(given, self.now["default_balance"], self.before),
            np.where(end == LIQUIDATED, self._months_late(), np.nan), cut, cuts, flags,
            (*notices, *_told(self.ids, flags)),
        )  # fmt: skip

    def _loss(self) -> Floats:
        """Loss as given, or what proceeds leave of the balance; of a loan that goes on, 0 where blank."""
        proceeds = np.where(self.said_after == LIQUIDATED, self.now["liquidation_proceeds"], np.nan)
        loss = np.where(np.isnan(self.now["loss"]), self.before - proceeds, self.now["loss"])
        loss = np.where(self.stands & np.isnan(loss), 0.0, loss)
        return np.asarray(np.where(self.has, loss, np.nan))

    def _way_out(self, loss: Floats) -> Ints:
        """How a loan left the pool: as its row says, else as is to be thought of where it was last seen."""
        last = np.where(self.has, self.said_after, self.said_before)
        way = np.where(last >= PAID_OFF, last, ASSUMED[np.minimum(last, REO)])
        short = loss > FEES * self.before
        return np.where((way == PAID_OFF) & short, LIQUIDATED, way)

    def _missed(self, loans: Records, said: Ints) -> Floats:
        """Payments missed: as given, else by status; nan where neither tells."""
        by_status = np.where(said <= D90, _PAYMENTS_MISSED[np.clip(said, 0, D90)], np.nan)
        return np.where(np.isnan(loans["months_delinquent"]), by_status, loans["months_delinquent"])

    def _scheduled(self, start: Ints, end: Ints) -> tuple[Floats, Floats]:
        """Dollars left after the months' payments, and after those and what arrears were made up."""
        performing = (start >= CURRENT) & (start <= BANKRUPTCY)
        rows = np.flatnonzero(performing)
        scheduled = np.zeros(len(start))
        scheduled[rows] = scheduled_of(self.was.take(rows), self.months)
        less_late = self._missed(self.was, self.said_before) - self._missed(self.now, self.said_after)
        extra = np.where(performing & (end <= BANKRUPTCY) & (less_late > 0), less_late, 0.0)
        extra = np.minimum(extra, _MOST_ARREARS).astype(np.int64)
        paid = scheduled.copy()
        for count in np.unique(extra[extra > 0]):
            rows = np.flatnonzero(extra == count)
            paid[rows] = np.minimum(scheduled_of(self.was.take(rows), self.months + int(count)), scheduled[rows])
        return scheduled, paid

    def _months_late(self) -> Floats:
        """Months from the last payment to liquidation: by dates, else as the later tape says, else the earlier."""
        paid = np.where(self.has & ~np.isnat(self.now["last_paid_date"]), self.now["last_paid_date"],
                        self.was["last_paid_date"])  # fmt: skip
        sold = self.now["liquidation_date"]
        dated = self.has & ~np.isnat(paid) & ~np.isnat(sold)
        span = (sold.astype("datetime64[M]") - paid.astype("datetime64[M]")).astype(np.float64)
        late = self.was["months_delinquent"] + self.months
        late = np.where(self.has & (self.now["months_delinquent"] > 0), self.now["months_delinquent"], late)
        return np.where(dated & (span >= 0), span, late)

    def _flags(self, start: Ints, end: Ints, loss: Floats) -> dict[str, Array]:
        """Events and oddities that are reported as counts."""
        gone = self.pool & (end >= PAID_OFF)
        assumed = gone & (~self.has | (self.said_after <= REO))
        repriced = self.pool & self.stands & (np.abs(self.now["rate"] - self.was["rate"]) > 5e-8)
        liquidated = end == LIQUIDATED
        from_good = (start >= CURRENT) & (start <= D60)
        return {
            "new": ~self.pool & self.stands,
            "vanished": self.pool & ~self.has,
            "assumed_paid_off": assumed & (end == PAID_OFF),
            "assumed_liquidated": assumed & liquidated,
            "loss_unknown": liquidated & np.isnan(loss),
            "grown": self.pool & self.stands & (self.after > self.before + 0.005),
            "rate_changed": repriced,
            "cannot_follow": self._cannot_follow(end),
            "false_liquidation": liquidated & from_good & (loss <= FEES * self.before),
            **self._contradictions(liquidated),
            "actual_days": (start >= CURRENT) & (start <= BANKRUPTCY) & _by_actual_days(self.was["accrual_basis"]),
        }

    def _contradictions(self, liquidated: Array) -> dict[str, Array]:
        """Outcomes of which one part denies another."""
        gone = self.pool & self.has & (self.said_after >= PAID_OFF)
        liquidated = liquidated & self.has
        given, loss = self.now["default_balance"], self.now["loss"]
        owed = np.where(given > 0, given, self.before)
        sold, paid = self.now["liquidation_date"], self.now["last_paid_date"]
        paid = np.where(np.isnat(paid), self.was["last_paid_date"], paid)
        off = np.minimum(np.abs(loss + self.now["liquidation_proceeds"] - owed),
                         np.abs(loss + self.now["liquidation_proceeds"] - self.before))  # fmt: skip
        return {
            "still_owes": gone & (_whole(self.now) > 0.005),
            "lost_too_much": liquidated & (loss > MOST_LOST * np.maximum(owed, self.before)),
            "does_not_add_up": liquidated & (off > FAR * owed),
            "sold_too_soon": liquidated & (sold < paid),  # comparisons with a date not given are false
        }

    def _cannot_follow(self, end: Ints) -> Array:
        """Where a loan stands cannot follow from where it stood, in so many months."""
        returned = self.had & (self.said_before >= PAID_OFF) & self.stands
        left_reo = self.pool & (self.said_before == REO) & ((end < REO) | (self.has & (self.said_after == PAID_OFF)))
        reach = np.zeros(len(STATES))
        reach[list(REACH)] = list(REACH.values())
        missed = np.where(self.said_before <= D90, self._missed(self.was, self.said_before), np.inf)
        too_far = self.pool & self.stands & (reach[np.clip(end, 0, LIQUIDATED)] > missed + self.months)
        return returned | left_reo | too_far


def state_of(loans: Records) -> Ints:
    """Place of each status in :data:`STATES`."""
    order = np.argsort(STATES)
    return np.asarray(order[np.searchsorted(np.array(STATES)[order], loans["status"])], dtype=np.int64)


def _by_actual_days(basis: Array) -> Array:
    """Loans that accrue by the days of the month, as their tape calls it in its own words, bool[loans]."""
    words, which = np.unique(basis, return_inverse=True)
    by_days = [word.strip().lower().startswith(("act", "simple", "daily")) for word in map(str, words)]
    return np.array(by_days, dtype=bool)[which.ravel()]


def _whole(loans: Records) -> Floats:
    return np.nan_to_num(loans["balance"]) + np.nan_to_num(loans["deferred_balance"])


_TOLD = {
    "assumed_paid_off": "in the pool before and gone without a word, last seen current, d30 or d60: taken as paid off",
    "assumed_liquidated": "in the pool before and gone without a word, last seen d90, bankrupt, in foreclosure or REO: taken"
    " as liquidated with a loss not known",
    "cannot_follow": "where the loan stands cannot follow from where it stood; counted as the tapes say",
    "false_liquidation": "said to be liquidated, but last seen current, d30 or d60 and with a loss of at most 1%: perhaps a"
    " payoff with fees",
    "still_owes": "said to be paid off or liquidated, yet with a balance: the status is taken, not the balance",
    "lost_too_much": f"liquidated with a loss above {MOST_LOST:.0%} of the balance: check loss",
    "does_not_add_up": f"liquidated with a loss and liquidation_proceeds that miss the balance by more than {FAR:.0%} of"
    " it: loss is taken, check both",
    "sold_too_soon": "with a liquidation_date before last_paid_date: months_to_liquidation goes by months_delinquent",
    "actual_days": "by actual days (accrual_basis): the schedule is taken as 30/360, so that a part of what actual days"
    " change in principal counts as a curtailment or as behind schedule",
}
_NAMED = 10


def _told(ids: Array, flags: dict[str, Array]) -> list[str]:
    """What a reader must know of single loans, each with their ids."""
    found = []
    for name, words in _TOLD.items():
        who = [str(one) for one in ids[flags[name]]]
        if who:
            more = f" and {len(who) - _NAMED} more" if len(who) > _NAMED else ""
            found.append(f"{len(who)} {'loan' if len(who) == 1 else 'loans'} {words} ({', '.join(who[:_NAMED])}{more})")
    return found
