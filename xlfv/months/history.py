"""A trust's months in numbers, one after the other: what its loans and classes did, and what its valuations gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from xlfv.months.book.months import trust_of
from xlfv.months.book.pieces import INDICES
from xlfv.months.book.read import Reader
from xlfv.months.folder import month_end, previous
from xlfv.review.history import HISTORY, measures_of
from xlfv.tables import Fault, Refused
from xlfv.tables.kept import kept
from xlfv.tables.words import near_word

VALUED = ("value", "yield")
"""Measures of the last run of a month, as ``value NAME`` and ``yield NAME`` of each line of its fair value."""
ALL = "all"
_MOST = 2048  # months of trusts that are remembered


def history(book: Reader, trust: str, wanted: Sequence[str]) -> list[list[object]]:
    """A column a month, a row a measure; blank where a month has no such number.

    Args:
        book: the open book.
        trust: its name.
        wanted: measures: names of :data:`xlfv.review.history.HISTORY`, ``balance CLASS``, ``value NAME``, ``yield NAME``; or ``all``.

    Raises:
        Refused: the book has no such trust, or it never had such a measure; ``code`` is ``#N/A``.
    """
    months = [month for month in book.months() if trust.strip().lower() in map(str.lower, book.trusts(month))]
    if not months:
        names = sorted({name for month in book.months() for name in book.trusts(month)})
        raise Refused(Fault(f"the book has no trust {trust}", todo=f"it has {', '.join(names) or 'none'}"), code="#N/A")
    columns = {month: _month(book, month, trust) for month in months}
    names = _named(wanted, _in_order(name for column in columns.values() for name in column))
    head: list[object] = ["measure", *(month_end(month) for month in months)]
    rows: list[list[object]] = [[name, *(columns[month].get(name) for month in months)] for name in names]
    return [head, *rows]


def _in_order(names: Iterable[str]) -> list[str]:
    """Each name once: measures of the pool as they are declared, then classes, then values."""
    place = {name: k for k, name in enumerate(HISTORY)}
    return sorted(dict.fromkeys(names), key=lambda name: (place.get(name, len(place)), name.startswith(VALUED)))


def _named(wanted: Sequence[str], have: Sequence[str]) -> list[str]:
    """The measures that are wanted, as the book spells them."""
    if ALL in [word.strip().lower() for word in wanted]:
        return list(have)
    spelled = {name.lower(): name for name in have}
    faults = []
    for word in wanted:
        if word.strip().lower() not in spelled:
            near = near_word(word.strip(), list(have))
            todo = f"did you mean {near}?" if near else f"one of {', '.join(have)}; or {ALL}"
            faults.append(Fault(f"there is no measure '{word}' in any month", todo=todo))
    if faults:
        raise Refused(faults, code="#N/A")
    return [spelled[word.strip().lower()] for word in wanted]


def _month(book: Reader, month: str, trust: str) -> dict[str, float]:
    """Every measure of a month, those of its last run behind."""
    before = previous(month)
    name = next(one for one in book.trusts(month) if one.lower() == trust.strip().lower())
    made_of = tuple(
        one.digest for each in (before, month) for one in book.versions(each) if one.trust in (name, INDICES)
    )
    return {**_measured(book, before, month, name, made_of), **_valued(book, month, name)}


@kept(_MOST, key=lambda book, before, month, name, made_of: (month, name, made_of))
def _measured(book: Reader, before: str, month: str, name: str, made_of: tuple[str, ...]) -> Mapping[str, float]:
    now = trust_of(book, month, name)
    earlier = trust_of(book, before, name).trust if name in book.trusts(before) else None
    return measures_of(earlier, now.trust, now.actuals)


def _valued(book: Reader, month: str, name: str) -> dict[str, float]:
    run = book.last_run(month)
    if run is None:
        return {}
    return {
        f"{measure} {item}": number
        for (trust, item, measure), number in run.results.items()
        if trust == name and measure in VALUED and number == number
    }


def months_seen(book: Reader) -> list[list[object]]:
    """A row a month: trusts, loans, the last load and run with who made them, and whether it is locked."""
    rows: list[list[object]] = [["month", "trusts", "loans", "loaded", "by", "valued", "rolled", "locked"]]
    closed = {line.month: line for line in book.lines() if line.act == "lock"}
    for month in book.months():
        names, held = book.trusts(month), book.versions(month)
        if not names:
            continue
        load, run = book.loads(month)[-1], book.last_run(month)
        rolled = book.last_run(month, "roll")
        loans = sum(one.rows for one in held if one.table == "loans")
        locked = closed.get(month) if book.locked(month) else None
        rows.append([
            month_end(month), len(names), loans, f"load {load.id}, {_when(load.at)}", load.user,
            f"run {run.id}, {run.user}" if run else "", f"run {rolled.id}, {rolled.user}" if rolled else "",
            f"{_when(locked.at)} {locked.user}" if locked else "",
        ])  # fmt: skip
    return rows


def _when(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
