"""Valuations of the book's months as runs: recorded with all that made them, made again, and compared."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import xlfv
from xlfv.model import MODEL_HASH
from xlfv.months.book.file import reading, writing
from xlfv.months.book.months import month_of
from xlfv.months.book.pieces import Run, Version
from xlfv.months.book.read import Reader
from xlfv.months.book.write import Writer
from xlfv.months.debt import company_debt
from xlfv.months.folder import Month, Progress, month_end
from xlfv.months.intake.against import differences
from xlfv.months.valued import Rolled, ValuedMonth, months_back, roll_back_to, value_month
from xlfv.reporting.rollforward import Rollforward
from xlfv.review.tieout import MONTH_ZERO, month_zero
from xlfv.tables import Fault, Refused
from xlfv.valuation.balance import COLLATERAL

VALUE, ROLL = "value", "roll"
Results = dict[tuple[str, str, str], float]


def engine() -> dict[str, str]:
    """What makes numbers here: versions by name, and the hash of the model."""
    parts = {name: importlib.metadata.version(name) for name in ("numpy", "numba", "pandas", "duckdb")}
    return {"xlfv": xlfv.__version__, "model": MODEL_HASH, "python": platform.python_version(), **parts}


def results_of(valued: ValuedMonth) -> Results:
    """Every number of a valued month, by (trust, item, measure): value, balance and yield of each line, what the projection
    starts from (the measure ``month 0``), and the totals.
    """
    found: Results = {}
    for name, trust in valued.trusts.items():
        for line in trust.value.lines:
            item = line.item if (name, line.item, "value") not in found else f"{line.item} ({line.side})"
            found[name, item, "value"] = line.value
            if line.balance is not None:
                found[name, item, "balance"] = line.balance
            if line.rate is not None:
                found[name, item, "yield"] = line.rate
        if trust.value.collateral_yield == trust.value.collateral_yield:
            found[name, COLLATERAL, "yield"] = trust.value.collateral_yield
        for (item, about), start in month_zero(trust.projection).items():
            found[name, f"{item} {about}".strip(), MONTH_ZERO] = start
    for side in ("asset", "liability", "residual"):
        found["", side, "value"] = sum(trust.value.total(side) for trust in valued.trusts.values())
    for instrument, debt in company_debt(valued.month).items():
        found["", f"debt {instrument}", "value"] = debt.value
    return found


def hashes_of(valued: ValuedMonth) -> dict[str, str]:
    """What the numbers were made from on the way: each trust's projection and its cash."""
    found = {}
    for name, trust in valued.trusts.items():
        found[f"{name}: projection"] = trust.projection.digest
        found[f"{name}: cash"] = trust.projection.cash_hash
    return found


def rolled_results(rolled: Rolled) -> Results:
    """Every number of the rollforwards, over the month and over the year: measure ``month`` or ``year to date``."""
    found: Results = {}
    spans = (("month", rolled.month, 0), ("year to date", rolled.year, 1))
    for measure, by_trust, k in spans:
        parts: dict[str, Rollforward] = dict(by_trust)
        if rolled.debt and by_trust:
            parts[""] = rolled.debt[k]
        for name, one in parts.items():
            rows = {"begin": one.begin, **one.activity, "end": one.end}
            for row, amounts in rows.items():
                for item, amount in amounts.items():
                    found[name, f"{row}: {item}", measure] = amount
    return found


@dataclass(frozen=True)
class Prepared:
    """A month valued, ready to be recorded as a run.

    Attributes:
        month: ``YYYY-MM``.
        kind: ``value``, or ``roll`` where it was rolled forward too.
        valued, rolled: what came out.
        inputs: month, trust, table and digest of every table that was read.
    """

    month: str
    kind: str
    valued: ValuedMonth
    rolled: Rolled | None
    inputs: frozenset[tuple[str, str, str, str]]


def prepare(
    month: str,
    months: Mapping[str, Month],
    versions: Iterable[Version],
    progress: Progress | None = None,
    *,
    roll: bool = True,
) -> Prepared:
    """Value a month, and roll it forward where months before it are given.

    Args:
        month: ``YYYY-MM``.
        months: it and those before it, in a row.
        versions: of all their tables.
        progress: told what is being valued.
        roll: roll it forward.

    Raises:
        Refused: it cannot be valued or rolled forward.
    """
    valued = value_month(months[month], progress)
    rolled = roll_back_to(valued, months, months.__getitem__, progress) if roll else None
    return Prepared(month, ROLL if rolled else VALUE, valued, rolled, frozenset(map(_input, versions)))


def _input(one: Version) -> tuple[str, str, str, str]:
    return one.month, one.trust, one.table, one.digest


def record(book: Writer, prepared: Prepared) -> int:
    """Record a run of what the book holds now; gives its number.

    Raises:
        Refused: the book holds something else than what was valued, or the month is closed.
    """
    held = [one for month in {one[0] for one in prepared.inputs} for one in book.versions(month)]
    if frozenset(map(_input, held)) != prepared.inputs:
        what = f"{prepared.month} changed in the book while it was valued"
        raise Refused(Fault(what, str(book.path), "value it again"))
    results = results_of(prepared.valued)
    if prepared.rolled is not None:
        results |= rolled_results(prepared.rolled)
    inputs = tuple(sorted(one.id for one in held))
    return book.record(prepared.month, prepared.kind, engine(), {}, inputs, results, hashes_of(prepared.valued))


def standing_run(book: Reader, prepared: Prepared) -> int:
    """The month's last run where it was made of the same by the same model, so that another would say nothing new; else 0."""
    runs = book.runs(prepared.month)
    if not runs or runs[-1].kind != prepared.kind or runs[-1].engine.get("model") != MODEL_HASH:
        return 0
    inputs = frozenset(_input(book.version(one)) for one in runs[-1].inputs)
    return runs[-1].id if inputs == prepared.inputs else 0


@dataclass(frozen=True)
class Recorded:
    """A run that was recorded, with what it valued."""

    run: int
    valued: ValuedMonth
    rolled: Rolled | None


def value_and_record(
    path: Path, month: str, *, kind: str = VALUE, user: str = "", progress: Progress | None = None
) -> Recorded:
    """Value a month of the book (and roll it forward), and record the run.

    Args:
        path: the book.
        month: ``YYYY-MM``.
        kind: ``value``, or ``roll`` for the rollforward too.
        user: who; empty for the user of this machine.
        progress: told what is being read and valued.

    Raises:
        Refused: the month is not there, is closed, or cannot be valued; nothing is recorded then.
    """
    with reading(path) as book:
        if book.locked(month):
            todo = f"look at it with: xlfv history; or open it again: xlfv unlock --month {month} --why ..."
            raise Refused(Fault(f"{month} is locked", str(path), todo))
        walked = months_back(month, [one for one in book.months() if book.trusts(one)]) if kind == ROLL else [month]
        versions = {one: book.versions(one) for one in walked}
        months = {one: month_of(book, one, held, progress) for one, held in versions.items()}
    if kind == ROLL and len(walked) < 2:
        todo = "load the month before, or value this one with: xlfv value"
        raise Refused(Fault(f"the book has no month before {month} to roll forward from", str(path), todo))
    held = [one for each in versions.values() for one in each]
    prepared = prepare(month, months, held, progress, roll=kind == ROLL)
    with writing(path, user) as book:
        return Recorded(record(book, prepared), prepared.valued, prepared.rolled)


@dataclass(frozen=True)
class Difference:
    """Two things that should be equal, or that are compared.

    Attributes:
        kind: ``engine``, ``input``, ``hash`` or ``result``.
        what: its name.
        one, other: as the first and as the second has it; empty where one has none.
        cells: of an input that both have, how many of its rows and cells differ, with the first of them, in words.
    """

    kind: str
    what: str
    one: str | float | None
    other: str | float | None
    cells: str = ""

    @property
    def change(self) -> float | None:
        """Second less first, of numbers."""
        if isinstance(self.one, float) and isinstance(self.other, float):
            return self.other - self.one
        return None


@dataclass(frozen=True)
class Reproduced:
    """A run made again.

    Attributes:
        run: as recorded.
        compared: numbers and hashes compared.
        engine: what made it that is other now (told; the numbers decide).
        differences: of numbers and hashes, to the last bit; none where it was reproduced.
    """

    run: Run
    compared: int
    engine: tuple[Difference, ...]
    differences: tuple[Difference, ...]


def reproduce(path: Path, number: int, progress: Progress | None = None) -> Reproduced:
    """Value a run's inputs again from the book, and compare every number and hash to the last bit.

    Raises:
        Refused: there is no such run, or its inputs cannot be valued any more.
    """
    with reading(path) as book:
        run = book.run(number)
        by_month: dict[str, list[Version]] = {}
        for version in run.inputs:
            one = book.version(version)
            by_month.setdefault(one.month, []).append(one)
        months: dict[str, Month] = {one: month_of(book, one, held, progress) for one, held in by_month.items()}
    valued = value_month(months[run.month], progress)
    results = results_of(valued)
    if run.kind == ROLL:
        rolled = roll_back_to(valued, months, months.__getitem__, progress)
        results |= rolled_results(rolled) if rolled else {}
    hashes = hashes_of(valued)
    # a projection's own name holds the hash of the model: under another model it must differ, and its cash decides
    same_model = run.engine.get("model") == MODEL_HASH
    named = {key for key in run.hashes if same_model or not key.endswith(": projection")}
    differences = [
        *_unlike("hash", {k: run.hashes[k] for k in named}, {k: v for k, v in hashes.items() if k in named or k not in run.hashes}),
        *_unlike("result", _spelled(run.results), _spelled(results)),
    ]  # fmt: skip
    return Reproduced(
        run, len(run.results) + len(named), tuple(_unlike("engine", run.engine, engine())), tuple(differences)
    )


def diff(path: Path, one: int, other: int) -> list[Difference]:
    """What differs between two runs: engine and options, then inputs, then hashes and results.

    Raises:
        Refused: there is no such run.
    """
    with reading(path) as book:
        first, second = book.run(one), book.run(other)
        inputs = [_inputs(book, run) for run in (first, second)]
        changed = _unlike("input", *({place: _brief(one) for place, one in each.items()} for each in inputs))
        changed = [replace(each, cells=_cells(book, *(one.get(each.what) for one in inputs))) for each in changed]
    return [
        *_unlike("engine", {**first.engine, **first.options}, {**second.engine, **second.options}),
        *changed,
        *_unlike("hash", first.hashes, second.hashes),
        *_unlike("result", _spelled(first.results), _spelled(second.results)),
    ]


def _inputs(book: Reader, run: Run) -> dict[str, Version]:
    """The run's inputs by place. Months are counted from the run's own, so that runs of two months compare."""
    found = {}
    for number in run.inputs:
        one = book.version(number)
        back = _months_back(run.month, one.month)
        place = f"{one.trust} {one.table}" + (f", {back} before" if back else "")
        found[place] = one
    return found


def _brief(one: Version) -> str:
    return f"v{one.number} {one.digest[:12]} ({one.rows:,} rows, {one.source})"


def _cells(book: Reader, one: Version | None, other: Version | None) -> str:
    """What of a table differs between two versions; empty where one run does not have it, or both hold the same."""
    if one is None or other is None or one.digest == other.digest:
        return ""
    return differences(book.table(other), book.table(one))


def _months_back(month: str, earlier: str) -> int:
    last, first = month_end(month), month_end(earlier)
    return 12 * (last.year - first.year) + last.month - first.month


def _spelled(results: Mapping[tuple[str, str, str], float]) -> dict[str, float]:
    return {" | ".join(filter(None, key)): value for key, value in results.items()}


def _unlike(
    kind: str, one: Mapping[str, str] | Mapping[str, float], other: Mapping[str, str] | Mapping[str, float]
) -> list[Difference]:
    names = list(dict.fromkeys([*one, *other]))
    return [
        Difference(kind, name, one.get(name), other.get(name))
        for name in names
        if not _equal(one.get(name), other.get(name))
    ]


def _equal(one: str | float | None, other: str | float | None) -> bool:
    """Equal to the last bit; two that are not numbers are equal."""
    return one == other or (one is not None and other is not None and one != one and other != other)
