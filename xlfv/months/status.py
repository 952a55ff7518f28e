"""How far a month of the book is: loaded, tied to the trustees' reports, valued, rolled forward, locked; and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlfv.market.indices import NO_INDICES
from xlfv.months.book.file import reading, writing
from xlfv.months.book.months import trust_of
from xlfv.months.book.pieces import Run, Signature
from xlfv.months.book.read import Reader
from xlfv.months.folder import month_end, previous
from xlfv.months.runs import ROLL
from xlfv.review.remittance import read_remittance
from xlfv.review.tieout import DIFFERS, HEADERS, MONTH_ZERO, Row, TieOut, grid, open_items, tie_out, with_month_zero
from xlfv.tables import Fault, Refused

HEADS = ("Trust", "Loaded", "By", "Tied", "Valued", "Rolled", "Locked")
NO_REPORT, SIGNED_FOR, NOT_TIED = "no report", "signed for", "cannot be tied"


@dataclass(frozen=True)
class Standing:
    """One trust of a month.

    Attributes:
        trust: its name.
        loaded: the latest load that brought a table of it, and when.
        by: who loaded it.
        tied: ``tied``, how many differ, or ``no report``.
        valued: the last run of the month, which values it or rolls it forward too; ``stale`` where its inputs changed since; or empty.
        rolled: likewise, of those that roll forward.
        locked: when the month was closed and by whom; empty while it is open.
    """

    trust: str
    loaded: str
    by: str
    tied: str
    valued: str
    rolled: str
    locked: str

    def row(self) -> tuple[str, ...]:
        """As :data:`HEADS` names it."""
        return (self.trust, self.loaded, self.by, self.tied, self.valued, self.rolled, self.locked)


def tie_trust(book: Reader, month: str, trust: str) -> TieOut | None:
    """A trust's month tied to its trustee's report, with what its last valuation starts from; None where there is no report.

    Raises:
        Refused: the book does not have it, or the report cannot be read.
    """
    now = trust_of(book, month, trust)
    if "remittance" not in now.tables:
        return None
    report = read_remittance(now.tables["remittance"], now.trust)
    before, indices = None, NO_INDICES
    name = now.trust.name
    if name in book.trusts(previous(month)):
        earlier = trust_of(book, previous(month), name)
        before, indices = earlier.trust, earlier.indices
    tied = tie_out(now.trust, report, before, indices, now.actuals, now.sales)
    run = book.last_run(month)
    if run is None or not current(book, run):
        return tied
    start = {
        _apart(item): number
        for (whose, item, measure), number in run.results.items()
        if (whose, measure) == (name, MONTH_ZERO)
    }
    return with_month_zero(tied, start, report, f"the projection of run {run.id}")


def _apart(item: str) -> tuple[str, str]:
    """``balance A-1`` as item and what it is about."""
    word, _, about = item.partition(" ")
    return word, about


def tie_grid(book: Reader, month: str, trust: str) -> list[list[object]]:
    """A trust's tie-out as a sheet shows it, with who signed for a difference and why.

    Raises:
        Refused: the book does not have it, or it has no trustee's report (``#N/A``).
    """
    tied = tie_trust(book, month, trust)
    if tied is None:
        what = f"{trust} {month} has no trustee's report"
        raise Refused(Fault(what, todo="load its table remittance"), code="#N/A")
    still = {one.key for one in open_rows(book, month, tied)}
    signed = {one.item: one for one in book.signatures(month) if one.trust == tied.trust}
    cells = grid(tied)
    cells[0] += ["signed by", "why"]
    item, about, status = (HEADERS.index(name) for name in ("item", "tranche", "status"))
    for row in cells[1:]:
        word, comma, of = str(row[item]).partition(", ")
        key = f"{word} {row[about] or ''}".strip() + comma + of
        one = signed.get(key)
        mine = one is not None and row[status] == DIFFERS and key not in still
        row += [one.user, one.why] if one is not None and mine else [None, None]
        if mine:
            row[status] = SIGNED_FOR
    return cells


def open_rows(book: Reader, month: str, tied: TieOut) -> list[Row]:
    """Rows that differ and are not signed for with those very numbers."""
    signed = [(one.item, one.ours, one.theirs) for one in book.signatures(month) if one.trust == tied.trust]
    return list(open_items(tied, signed))


def standing(path: Path, month: str) -> list[Standing]:
    """How far each trust of a month is.

    Raises:
        Refused: the book cannot be read, or has no trust of the month.
    """
    with reading(path) as book:
        return standing_of(book, month)


def standing_of(book: Reader, month: str) -> list[Standing]:
    """As :func:`standing`, of an open book."""
    names = book.trusts(month)
    if not names:
        have = ", ".join(one for one in book.months() if book.trusts(one)) or "none"
        raise Refused(Fault(f"the book has no trust of {month}", str(book.path), f"months there: {have}"), code="#N/A")
    loads = {one.id: one for one in book.loads(month)}
    versions = book.versions(month)
    runs = book.runs(month)
    valued = _last(book, runs)
    rolled = _last(book, [one for one in runs if one.kind == ROLL])
    locked = _locked(book, month)
    found = []
    for name in names:
        load = loads.get(max(one.load for one in versions if one.trust == name))
        when = f"load {load.id}, {load.at:%Y-%m-%d %H:%M}" if load else ""
        found.append(Standing(name, when, load.user if load else "", _tied(book, month, name), valued, rolled, locked))
    return found


def _tied(book: Reader, month: str, name: str) -> str:
    try:
        tied = tie_trust(book, month, name)
    except Refused as refused:
        return f"{NOT_TIED}: {refused.faults[0]}"
    if tied is None:
        return NO_REPORT
    rows = open_rows(book, month, tied)
    return f"{len(rows)} open" if rows else "tied" if not tied.differing else "tied or signed for"


def _last(book: Reader, runs: list[Run]) -> str:
    """The last of some runs, and whether every month that it read is still as it read it."""
    if not runs:
        return ""
    last = runs[-1]
    words = f"run {last.id}, {last.user}"
    return words if current(book, last) else f"stale: {words}"


def current(book: Reader, run: Run) -> bool:
    """Every month that a run read is still as it read it."""
    read = set(run.inputs)
    months = {book.version(one).month for one in read}
    return all(one.id in read for month in months for one in book.versions(month))


@dataclass(frozen=True)
class Points:
    """What is open of a month, in words; and the head of the book's log when that was looked for."""

    words: tuple[str, ...]
    head: str


def open_points(path: Path, month: str) -> Points:
    """What is to be done before a month is closed; nothing where it is ready.

    Raises:
        Refused: as :func:`standing`; or the month is locked already.
    """
    with reading(path) as book:
        if book.locked(month):
            raise Refused(Fault(f"{month} is locked already", str(path)))
        first = previous(month) not in [one for one in book.months() if book.trusts(one)]
        trusts, head = standing_of(book, month), book.head()
    found = []
    for one in trusts:
        if one.tied == NO_REPORT:
            found.append(f"{one.trust} has no trustee's report (remittance)")
        elif one.tied.startswith(NOT_TIED):
            found.append(f"{one.trust} {one.tied}")
        elif one.tied.endswith("open"):
            found.append(f"{one.trust}: {one.tied} against the trustee's report; see xlfv tie, and xlfv sign")
    for word, run, job in (("valued", trusts[0].valued, "value"), ("rolled forward", trusts[0].rolled, "roll")):
        if (not run or run.startswith("stale")) and not (job == "roll" and first):
            why = f" since it was loaded anew ({run})" if run else ""
            found.append(f"{month} is not {word}{why}: xlfv {job} --month {month}")
    return Points(tuple(found), head)


def lock(path: Path, month: str, points: Points, why: str = "", user: str = "") -> None:
    """Close a month; with what is still open, why it is closed all the same.

    Args:
        path: the book.
        month: ``YYYY-MM``.
        points: what :func:`open_points` found; kept beside the reason.
        why: the reason; needed where something is open.
        user: who; empty for the user of this machine.

    Raises:
        Refused: something is open and no reason is given, the month is closed or not there, or the book was written to since.
    """
    check_points(points.words, why)
    with writing(path, user) as book:
        if book.head() != points.head:
            what = f"{path.name} was written to while {month} was looked at"
            raise Refused(Fault(what, str(path), "lock it again"))
        book.lock(month, "; ".join(filter(None, [why.strip(), *(f"open: {point}" for point in points.words)])))


def check_points(
    points: Sequence[str], why: str, todo: str = "do what is open, or say why the month is closed all the same"
) -> None:
    """A month with something open is closed for a reason.

    Raises:
        Refused: naming all that is open, where there is no reason.
    """
    if points and not why.strip():
        raise Refused([Fault(f"open: {point}", todo=todo) for point in points])


def lock_words(path: Path, month: str) -> str:
    """When a month was closed and by whom, in words; empty while it is open, or is not in the book."""
    if not path.exists():
        return ""
    with reading(path) as book:
        return _locked(book, month)


def _locked(book: Reader, month: str) -> str:
    closed = next((one for one in reversed(book.lines()) if one.month == month and one.act == "lock"), None)
    return f"{closed.at:%Y-%m-%d %H:%M} {closed.user}" if closed is not None and book.locked(month) else ""


def sign(path: Path, month: str, trust: str, item: str, why: str, user: str = "") -> Signature:
    """Take responsibility for a difference to the trustee's report.

    Raises:
        Refused: there is no such open difference, or no reason is given.
    """
    if not why.strip():
        raise Refused(Fault("a signature needs a reason", todo="say why the difference may stand"))
    with reading(path) as book:
        at = book.loads(month)[-1].at  # the book sets its own
        tied = tie_trust(book, month, trust)
        rows = open_rows(book, month, tied) if tied else []
    row = next((one for one in rows if one.key.lower() == item.strip().lower()), None)
    if tied is None or row is None:
        open_ones = ", ".join(one.key for one in rows) or "none"
        raise Refused(Fault(f"{trust} {month} has no open difference '{item}'", todo=f"open: {open_ones}"), code="#N/A")
    ours, theirs = row.ours, row.theirs
    if ours is None or theirs is None:
        raise Refused(Fault(f"{row.key} is not given on both sides", todo="there is nothing to sign for"))
    with writing(path, user) as kept:
        return kept.sign(Signature(month, tied.trust, row.key, float(ours), float(theirs), user, at, why))


def tie_rows(
    path: Path, month: str, trust: str = "", *, all_rows: bool = False
) -> tuple[tuple[str, ...], list[tuple[str, ...]], int]:
    """Tie-outs of a month as lines to print, and how many are open.

    Raises:
        Refused: the book has no such trust or month.
    """
    month_end(month)
    heads = ("Trust", "Item", "How", "Ours", "Theirs", "Difference", "Status")
    rows: list[tuple[str, ...]] = []
    count = 0
    with reading(path) as book:
        names = [trust_of(book, month, trust).trust.name] if trust else book.trusts(month)
        if not names:
            raise Refused(Fault(f"the book has no trust of {month}", str(path)), code="#N/A")
        for name in names:
            tied = tie_trust(book, month, name)
            if tied is None:
                rows.append((name, NO_REPORT, "", "", "", "", "load its remittance table"))
                count += 1
                continue
            still = {one.key for one in open_rows(book, month, tied)}
            count += len(still)
            for one in tied.rows if all_rows else tied.differing:
                numbers = ("" if each is None else f"{each:,.2f}" for each in (one.ours, one.theirs, one.difference))
                status = one.status if one.key in still or one not in tied.differing else SIGNED_FOR
                rows.append((name, one.key, one.where_ours, *numbers, status))
    return heads, rows, count
