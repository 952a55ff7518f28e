"""Jobs on months: the sample, the workbook, fair values, rollforwards and explanations, of files or of the book."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.console import Console

from xlfv.jobs.common import (
    CORE,
    EXPLAINING,
    LONG,
    READ,
    ROLL,
    STAGES,
    VALUE,
    WRITE,
    add_book,
    add_month,
    book_of,
    progress_bar,
    sample_folder,
    say,
    source_of,
)
from xlfv.tables import Fault, Refused
from xlfv.terminal import plainly

DEMO_MONTH = "2009-12"


def refresh(book: Path, month: str, data: Path, console: Console) -> None:
    """Value a month of a data folder, write the workbook and print what came out.

    Raises:
        Refused: anything is wrong with the input; the workbook is then as it was before.
    """
    started = time.perf_counter()
    with progress_bar(console) as tell:
        tell(CORE, LONG)
        # Imported here, so that the bar shows while the numerical core loads.
        from xlfv.excel import report
        from xlfv.excel.book import write_book
        from xlfv.months.source import read_month
        from xlfv.months.valued import roll_month, value_month

        source = read_month(data, month, lambda name: tell(READ, name))
        tell(VALUE, LONG)
        valued = value_month(source, lambda name: tell(VALUE, name))
        rolled = roll_month(valued, data, lambda name: tell(ROLL, name))
        tell(WRITE, "")
        written = write_book(valued, rolled, book, lambda sheet: tell(WRITE, sheet))
    report.show(valued, rolled, console)
    console.print(
        f"\nWorkbook: [bold]{plainly(written.resolve())}[/bold]  ({time.perf_counter() - started:.1f} s)",
        soft_wrap=True,
    )


def _demo(options: argparse.Namespace, console: Console) -> None:
    if options.months:
        _demo_months(options.out, console)
        return
    refresh(options.out / f"valuation-{DEMO_MONTH}.xlsx", DEMO_MONTH, sample_folder(), console)


def _demo_months(folder: Path, console: Console) -> None:
    """The sample's months in a book, and the workbook over it."""
    stages = ("Starting the numerical core", "Loading, valuing and rolling the sample's months", "Writing the workbook")
    with progress_bar(console, stages) as tell:
        tell(0, LONG)
        from xlfv.excel.monthly import write_months
        from xlfv.jobs.sample_book import make_sample_book
        from xlfv.months.book.where import NAME

        if not folder.is_dir():
            raise Refused(Fault(f"there is no folder {folder}", todo="make it, or name another with --out"))
        book = make_sample_book(folder / NAME, sample_folder(), lambda month: tell(1, month))
        tell(2, "")
        written = write_months(folder / "months.xlsm", book)
    say(console, f"Book: {book.resolve()}")
    say(console, f"Workbook: {written.resolve()}. Its cell As of chooses the month.")


def _months(options: argparse.Namespace, console: Console) -> None:
    """The workbook over the book, whose cell As of chooses the month."""
    with progress_bar(console, ("Writing the workbook",)) as tell:
        tell(0, LONG)
        from xlfv.excel.monthly import write_months

        written = write_months(options.workbook, book_of(options), options.month)
    say(console, f"Workbook: {written.resolve()}. Its cell As of chooses the month.")


def _refresh(options: argparse.Namespace, console: Console) -> None:
    book: Path = options.workbook
    if book.suffix.lower() not in (".xlsx", ".xlsm"):
        raise Refused(
            Fault(
                f"{book.name} is not an .xlsx workbook",
                todo="name the workbook to write, ending in .xlsx, or in .xlsm for one with buttons",
            )
        )
    refresh(book, options.month, source_of(options), console)


def _value(options: argparse.Namespace, console: Console) -> None:
    """Fair values of a month, printed; of a month of the book, the run is recorded."""
    with progress_bar(console, STAGES[:ROLL]) as tell:
        tell(CORE, LONG)
        from xlfv.excel.report_value import show_value

        run = 0
        if options.data:
            from xlfv.months.source import read_month
            from xlfv.months.valued import value_month

            source = read_month(source_of(options), options.month, lambda name: tell(READ, name))
            tell(VALUE, LONG)
            valued = value_month(source, lambda name: tell(VALUE, name))
        else:
            from xlfv.months.runs import value_and_record

            done = value_and_record(book_of(options), options.month, progress=lambda name: tell(VALUE, name))
            run, valued = done.run, done.valued
    show_value(valued, console)
    if run:
        say(console, f"Run {run} is in the book.")


def _rollforward(options: argparse.Namespace, console: Console) -> None:
    """The rollforward of a month, or from another month to it, printed."""
    with progress_bar(console, STAGES[:WRITE]) as tell:
        tell(CORE, LONG)
        from xlfv.excel.report_rollforward import show_rollforward
        from xlfv.months.over_time import months_from, read_and_value, roll_over
        from xlfv.months.real_estate import real_estate

        months = months_from(_opening(options), options.month, source_of(options))
        valued = read_and_value(
            months, source_of(options), lambda name: tell(READ, name), lambda name: tell(VALUE, name)
        )
        interest = "gross" if options.form == "gross" else "net"
        rolled = roll_over(valued, interest, options.gains, lambda name: tell(ROLL, name))
        estate = real_estate(valued)
    show_rollforward(rolled, estate, options.form, console)


def _explain_change(options: argparse.Namespace, console: Console) -> None:
    """The change in fair value from one month to another, explained and printed."""
    with progress_bar(console, EXPLAINING) as tell:
        tell(CORE, LONG)
        from xlfv.excel.report_change import show_change
        from xlfv.months.over_time import explain_months, months_from, read_and_value, read_months
        from xlfv.reporting.reprojection import FACTORS, check_order

        order = check_order(options.order.split(",") if options.order else FACTORS)
        opening, *between, closing = months_from(_opening(options), options.month, source_of(options))
        before, after = read_and_value(
            (opening, closing), source_of(options), lambda name: tell(READ, name), lambda name: tell(VALUE, name)
        )
        states = read_months(between, source_of(options), lambda name: tell(READ, name))
        changes = explain_months(
            before, after, order, options.method, options.trust, lambda name: tell(ROLL, name), states
        )
    show_change(changes, f"{before.month.as_of} to {after.month.as_of}", console)


def _opening(options: argparse.Namespace) -> str:
    """The month at whose end the books open: the one named, last December, or the month before."""
    from xlfv.months.folder import month_end, previous

    if options.since:
        return str(options.since)
    before = previous(options.month)
    return f"{month_end(before).year - (0 if before.endswith('-12') else 1)}-12" if options.to_date else before


def add_jobs(jobs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``demo``, ``refresh``, ``value``, ``rollforward`` and ``explain-change``."""
    demo = jobs.add_parser("demo", help=f"value the sample month {DEMO_MONTH} and write valuation-{DEMO_MONTH}.xlsx")
    demo.add_argument("--out", type=Path, default=Path(), metavar="FOLDER", help="where to write it (default: here)")
    demo.add_argument("--months", action="store_true", help="all of the sample's months instead: a book of them (months.duckdb)"
                      " and the workbook over it (months.xlsm)")  # fmt: skip
    demo.set_defaults(job=_demo)
    job = jobs.add_parser("months", help="write a workbook over the book: one cell of it chooses the month")
    job.add_argument(
        "workbook", type=Path, metavar="WORKBOOK", help="the workbook to write, .xlsm; one of ours there is replaced"
    )
    job.add_argument("--month", default="", metavar="YYYY-MM", help="the month that it shows first (default: the last)")
    add_book(job)
    job.set_defaults(job=_months)
    job = jobs.add_parser("refresh", help="value a month of your own files and write the workbook")
    job.add_argument(
        "workbook",
        type=Path,
        metavar="WORKBOOK",
        help="the workbook to write (.xlsx, or .xlsm with buttons); a draft of ours that stands there is replaced",
    )
    job.add_argument("--month", required=True, metavar="YYYY-MM", help="the month to value")
    job.add_argument(
        "--data",
        default="",
        metavar="FOLDER",
        help="one folder a trust, one folder a month in each (default: the book)",
    )
    add_book(job)
    job.set_defaults(job=_refresh)
    job = jobs.add_parser("value", help="print a month's fair values by trust, their blended yields and checks")
    _add_months(job)
    job.set_defaults(job=_value)
    job = jobs.add_parser("rollforward", help="print the level 3 rollforward of a month, by trust and in total")
    _add_months(job)
    _add_time(job)
    job.add_argument(
        "--form", choices=("letter", "gross", "later"), default="letter",
        help="interest net of the contractual (letter), settlements of all cash (gross), or later years' rows",
    )  # fmt: skip
    job.add_argument(
        "--gains", choices=("earnings", "oci"), default="earnings",
        help="where those of a residual held as a security go (oci: with --form later)",
    )  # fmt: skip
    job.set_defaults(job=_rollforward)
    job = jobs.add_parser("explain-change", help="explain the change in fair value factor by factor, and in words")
    _add_months(job)
    _add_time(job)
    job.add_argument("--method", choices=("sequential", "shapley"), default="sequential", help="default: sequential")
    job.add_argument("--order", default="", metavar="FACTOR,...", help="in which order the factors change")
    job.add_argument("--trust", default="", metavar="TRUST", help="one trust only")
    job.set_defaults(job=_explain_change)


def _add_months(job: argparse.ArgumentParser) -> None:
    add_month(job)
    job.add_argument(
        "--data", default="", metavar="FOLDER",
        help="one folder a trust, one folder a month in each (default: the book)",
    )  # fmt: skip
    add_book(job)


def _add_time(job: argparse.ArgumentParser) -> None:
    since = job.add_mutually_exclusive_group()
    since.add_argument("--to-date", action="store_true", help="from last December, over the year to date")
    since.add_argument(
        "--since", default="", metavar="YYYY-MM", help="from the end of that month (default: the one before)"
    )
