"""Jobs that look into the book: how far a month is, tie-outs, what was done, runs compared and made again, the proof."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table as Page

from xlfv.jobs.common import LONG, add_book, add_month, book_of, progress_bar, say
from xlfv.terminal import plainly

_MOST = 60  # differences printed
_WIDE = 150  # characters of a line where nobody's terminal is narrower


def _show(console: Console, heads: Sequence[str], rows: Sequence[Sequence[object]], numbers_from: int) -> None:
    """Print rows under heads; the last column takes what room is left, and no other is cut."""
    page = Page(box=None, pad_edge=False)
    for k, head in enumerate(heads):
        page.add_column(head, justify="right" if k >= numbers_from else "left", no_wrap=k >= numbers_from or k < 2)
    for row in rows:
        page.add_row(*(plainly("" if cell is None else str(cell)) for cell in row))
    wide = console if console.width >= _WIDE or console.is_terminal else Console(file=console.file, width=_WIDE)
    wide.print(page)


def _status(options: argparse.Namespace, console: Console) -> None:
    from xlfv.months.status import HEADS, standing

    with progress_bar(console, ("Looking at the month",)) as tell:
        tell(0, "")
        rows = [one.row() for one in standing(book_of(options), options.month)]
    _show(console, HEADS, rows, len(HEADS))


def _tie(options: argparse.Namespace, console: Console) -> int:
    """Ours beside the trustee's; all rows, or those that differ."""
    from xlfv.months.status import tie_rows

    with progress_bar(console, ("Tying out",)) as tell:
        tell(0, LONG)
        heads, rows, open_ones = tie_rows(book_of(options), options.month, options.trust, all_rows=options.all)
    if rows:
        _show(console, heads, rows, 3)
    say(console, f"{open_ones} open" if open_ones else "Everything reported ties, or is signed for.")
    return 1 if open_ones else 0


def _history(options: argparse.Namespace, console: Console) -> None:
    """The log: what was done, by whom, when."""
    from xlfv.months.book.file import reading

    with reading(book_of(options)) as book:
        lines = [one for one in book.lines() if not options.month or one.month == options.month]
        runs = book.runs(options.month)
    if options.runs:
        found = [
            (one.id, one.month, one.kind, f"{one.at:%Y-%m-%d %H:%M}", one.user, one.engine.get("model", "")[:12], len(one.inputs), one.digest[:12])
            for one in runs
        ]  # fmt: skip
        _show(console, ("Run", "Month", "Kind", "At (UTC)", "By", "Model", "Inputs", "Results"), found, 8)
        return
    rows = [(one.number, f"{one.at:%Y-%m-%d %H:%M}", one.user, one.act, one.month, _short(one.detail)) for one in lines]
    _show(console, ("Line", "At (UTC)", "By", "Act", "Month", "What"), rows, 6)


def _short(detail: str) -> str:
    from xlfv.months.book.log import in_words

    return in_words(detail)


def _number(value: str | float | None) -> str:
    return (
        ""
        if value is None
        else value
        if isinstance(value, str)
        else f"{value:,.6g}"
        if abs(value) < 1
        else f"{value:,.2f}"
    )


def _diff(options: argparse.Namespace, console: Console) -> None:
    from xlfv.months.runs import diff

    found = diff(book_of(options), options.run, options.other)
    if not found:
        say(console, f"Runs {options.run} and {options.other} are alike: inputs, engine and every number.")
        return
    for kind, title in (("engine", "Engine"), ("input", "Inputs"), ("hash", "Made on the way"), ("result", "Results")):
        these = [one for one in found if one.kind == kind]
        if not these:
            continue
        say(console, f"{title}: {len(these)} differ")
        shown = these if kind in ("engine", "input") else these[:_MOST]
        rows = [
            (one.what, *(_number(side)[:60] for side in (one.one, one.other)), _number(one.change)) for one in shown
        ]
        _show(console, ("", f"Run {options.run}", f"Run {options.other}", "Change"), rows, 3 if kind == "input" else 1)
        for one in shown:
            if one.cells:
                say(console, f"  {one.what}: {one.cells}")
        if len(these) > len(shown):
            say(console, f"and {len(these) - len(shown):,} more")


def _reproduce(options: argparse.Namespace, console: Console) -> int:
    from xlfv.months.runs import reproduce

    with progress_bar(console, ("Valuing again from the book",)) as tell:
        tell(0, LONG)
        done = reproduce(book_of(options), options.run, lambda at: tell(0, at))
    for one in done.engine:
        say(console, f"made by {one.what} {one.one}; this is {one.other}")
    if not done.differences:
        say(console, f"Run {options.run} is reproduced: {done.compared:,} numbers and hashes, equal to the last bit.")
        return 0
    for one in done.differences[:_MOST]:
        say(console, f"{one.kind} {one.what}: recorded {one.one}, now {one.other}")
    say(console, f"Run {options.run} is NOT reproduced: {len(done.differences):,} of {done.compared:,} differ.")
    return 1


def _verify(options: argparse.Namespace, console: Console) -> int:
    from xlfv.months.book.verify import verify

    with progress_bar(console, ("Checking the book from its first line to the last",)) as tell:
        tell(0, "")
        done = verify(book_of(options), head=options.head)
    for fault in done.faults:
        say(console, f"fault: {fault}")
    say(console, f"{done.lines:,} lines, {done.versions:,} tables, {done.runs:,} runs; head {done.head}")
    say(
        console,
        "The book is whole."
        if not done.faults
        else "The book was altered or damaged: xlfv restore puts the last backup in its place.",
    )
    return 1 if done.faults else 0


def add_jobs(jobs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the jobs that look into the book."""
    job = jobs.add_parser("status", help="how far a month is: loaded, tied, valued, rolled, locked, by whom")
    add_month(job, "the month")
    add_book(job)
    job.set_defaults(job=_status)
    job = jobs.add_parser("tie", help="tie a month to the trustees' reports: ours, theirs, difference")
    add_month(job, "the month")
    job.add_argument("--trust", default="", help="one only")
    job.add_argument("--all", action="store_true", help="the rows that tie, too")
    add_book(job)
    job.set_defaults(job=_tie)
    job = jobs.add_parser("history", help="what was done to the book, by whom and when; --runs for its valuations")
    job.add_argument("--month", default="", metavar="YYYY-MM", help="one month's only")
    job.add_argument("--runs", action="store_true", help="the valuations")
    add_book(job)
    job.set_defaults(job=_history)
    job = jobs.add_parser("diff", help="what differs between two runs: inputs first, then results")
    job.add_argument("run", type=int, metavar="RUN")
    job.add_argument("other", type=int, metavar="RUN")
    add_book(job)
    job.set_defaults(job=_diff)
    job = jobs.add_parser("reproduce", help="value a run again from the book and compare every number and hash")
    job.add_argument("run", type=int, metavar="RUN")
    add_book(job)
    job.set_defaults(job=_reproduce)
    job = jobs.add_parser("verify", help="prove the book: every line of its log, every table, every run")
    job.add_argument("--head", default="", metavar="HASH", help="a head noted earlier must stand in it still")
    add_book(job)
    job.set_defaults(job=_verify)
