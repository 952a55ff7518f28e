"""The same jobs without a spreadsheet open (``xlfv demo``, ``refresh``, ``value``, ``rollforward``, ``explain-change``,
``about``), and the add-in on this machine (``xlfv install``, ``uninstall``, ``doctor``, ``warm``)."""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from xlfv import __version__
from xlfv.tables import Fault, Refused
from xlfv.tables.paths import visible
from xlfv.terminal import plainly

DEMO_MONTH = "2009-12"
CORE, READ, VALUE, ROLL, WRITE = range(5)
STAGES = ("Starting the numerical core", "Reading the month", "Valuing", "Rolling forward", "Writing the workbook")
EXPLAINING = (*STAGES[:ROLL], "Explaining the change")
LONG = "compiles on the first run, some two minutes"


def sample_folder() -> Path:
    """The sample months that ship with xlfv.

    Raises:
        Refused: they were not installed.
    """
    installed = Path(str(resources.files("xlfv"))) / "sample"
    in_clone = Path(__file__).resolve().parent.parent / "workbooks" / "sample"
    for folder in (installed, in_clone):
        if (folder / "indices").is_dir():
            return folder
    raise Refused(Fault("the sample months are not installed", str(installed), "install xlfv again"))


@contextmanager
def progress_bar(console: Console, stages: Sequence[str] = STAGES) -> Iterator[Callable[[int, str], None]]:
    """A bar over the stages of a job; gives a function that is told the stage and what it is at."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        TimeElapsedColumn(),
        TextColumn("{task.fields[at]}"),
    )
    with Progress(*columns, console=console, transient=not console.is_terminal) as bar:
        task = bar.add_task(stages[0], total=len(stages), at="")

        def tell(stage: int, at: str = "") -> None:
            bar.update(task, completed=stage, description=stages[stage], at=plainly(at))

        yield tell
        bar.update(task, completed=len(stages), description="Done", at="")


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
        from xlfv.months.folder import read_month
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
    refresh(options.out / f"valuation-{DEMO_MONTH}.xlsx", DEMO_MONTH, sample_folder(), console)


def _refresh(options: argparse.Namespace, console: Console) -> None:
    book: Path = options.book
    if book.suffix.lower() not in (".xlsx", ".xlsm"):
        raise Refused(
            Fault(
                f"{book.name} is not an .xlsx workbook",
                todo="name the workbook to write, ending in .xlsx, or in .xlsm for one with buttons",
            )
        )
    refresh(book, options.month, options.data, console)


def _value(options: argparse.Namespace, console: Console) -> None:
    """Fair values of a month, printed."""
    with progress_bar(console, STAGES[:ROLL]) as tell:
        tell(CORE, LONG)
        from xlfv.excel.report_value import show_value
        from xlfv.months.folder import read_month
        from xlfv.months.valued import value_month

        source = read_month(options.data, options.month, lambda name: tell(READ, name))
        tell(VALUE, LONG)
        valued = value_month(source, lambda name: tell(VALUE, name))
    show_value(valued, console)


def _rollforward(options: argparse.Namespace, console: Console) -> None:
    """The rollforward of a month, or from another month to it, printed."""
    with progress_bar(console, STAGES[:WRITE]) as tell:
        tell(CORE, LONG)
        from xlfv.excel.report_rollforward import show_rollforward
        from xlfv.months.over_time import months_from, read_and_value, roll_over
        from xlfv.months.real_estate import real_estate

        months = months_from(_opening(options), options.month, options.data)
        valued = read_and_value(months, options.data, lambda name: tell(READ, name), lambda name: tell(VALUE, name))
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
        opening, *between, closing = months_from(_opening(options), options.month, options.data)
        before, after = read_and_value(
            (opening, closing), options.data, lambda name: tell(READ, name), lambda name: tell(VALUE, name)
        )
        states = read_months(between, options.data, lambda name: tell(READ, name))
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


def _about(options: argparse.Namespace, console: Console) -> None:
    from xlfv.excel import call

    for name, value in call("XLFV_ABOUT"):
        console.print(f"{name}: {plainly(value)}", highlight=False, soft_wrap=True)


def _install(options: argparse.Namespace, console: Console) -> int:
    from xlfv.excel.install.here import this_machine
    from xlfv.excel.install.install import install

    return install(this_machine(), console, compiling=not options.later)


def _uninstall(options: argparse.Namespace, console: Console) -> int:
    from xlfv.excel.install.here import this_machine
    from xlfv.excel.install.uninstall import uninstall

    return uninstall(this_machine(), console, everything=options.everything)


def _doctor(options: argparse.Namespace, console: Console) -> int:
    from xlfv.excel.install.doctor import doctor
    from xlfv.excel.install.here import this_machine

    return doctor(this_machine(), console)


def _warm(options: argparse.Namespace, console: Console) -> None:
    from xlfv.excel.install.install import compile_kernels, words_of

    warmed = compile_kernels(console)
    words = f"Kernels {words_of(warmed)}. They are kept in\n{warmed.folder}"
    console.print(words, highlight=False, markup=False, soft_wrap=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xlfv", description="Fair value of mortgage securitization trusts.")
    parser.add_argument("--version", action="version", version=f"xlfv {__version__}")
    jobs = parser.add_subparsers(title="jobs", required=True, metavar="JOB")
    demo = jobs.add_parser("demo", help=f"value the sample month {DEMO_MONTH} and write valuation-{DEMO_MONTH}.xlsx")
    demo.add_argument("--out", type=Path, default=Path(), metavar="FOLDER", help="where to write it (default: here)")
    demo.set_defaults(job=_demo)
    job = jobs.add_parser("refresh", help="value a month of your own files and write the workbook")
    job.add_argument(
        "book",
        type=Path,
        metavar="BOOK",
        help="the workbook to write (.xlsx, or .xlsm with buttons); a draft of ours that stands there is replaced",
    )
    job.add_argument("--month", required=True, metavar="YYYY-MM", help="the month to value")
    job.add_argument(
        "--data", required=True, type=Path, metavar="FOLDER", help="one folder a trust, one folder a month in each"
    )
    job.set_defaults(job=_refresh)
    _add_month_end_jobs(jobs)
    about = jobs.add_parser("about", help="versions, and the hash of the model that makes the numbers")
    about.set_defaults(job=_about)
    _add_machine_jobs(jobs)
    return parser


def _add_month_end_jobs(jobs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    job = jobs.add_parser("value", help="print a month's fair values by trust, their blended yields and checks")
    _add_month(job)
    job.set_defaults(job=_value)
    job = jobs.add_parser("rollforward", help="print the level 3 rollforward of a month, by trust and in total")
    _add_month(job)
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
    _add_month(job)
    _add_time(job)
    job.add_argument("--method", choices=("sequential", "shapley"), default="sequential", help="default: sequential")
    job.add_argument("--order", default="", metavar="FACTOR,...", help="in which order the factors change")
    job.add_argument("--trust", default="", metavar="TRUST", help="one trust only")
    job.set_defaults(job=_explain_change)


def _add_month(job: argparse.ArgumentParser) -> None:
    job.add_argument("--month", required=True, metavar="YYYY-MM", help="the month to close")
    job.add_argument(
        "--data", required=True, type=Path, metavar="FOLDER", help="one folder a trust, one folder a month in each"
    )


def _add_time(job: argparse.ArgumentParser) -> None:
    since = job.add_mutually_exclusive_group()
    since.add_argument("--to-date", action="store_true", help="from last December, over the year to date")
    since.add_argument(
        "--since", default="", metavar="YYYY-MM", help="from the end of that month (default: the one before)"
    )


def _add_machine_jobs(jobs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    job = jobs.add_parser("install", help="put the add-in into Excel, for this user (no admin rights needed)")
    job.add_argument(
        "--later", action="store_true", help="compile the numerical core at the first calculation, not now"
    )
    job.set_defaults(job=_install)
    job = jobs.add_parser("uninstall", help="take the add-in, its settings and compiled code away again")
    job.add_argument("--all", action="store_true", dest="everything", help="the kept handles too")
    job.set_defaults(job=_uninstall)
    job = jobs.add_parser("doctor", help="check this machine: what is wrong, and what to do, one line each")
    job.set_defaults(job=_doctor)
    job = jobs.add_parser("warm", help="compile the numerical core now, so that no cell waits for it")
    job.set_defaults(job=_warm)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    The exit code is 0, or 1 when the input was refused (every fault is printed) or the job found something wrong.
    """
    options = _parser().parse_args(arguments)
    _print_any_letter()
    try:
        return options.job(options, Console()) or 0
    except Refused as refusal:
        console = Console(stderr=True)
        console.print("[bold red]Refused.[/bold red] Nothing was written.")
        for number, fault in enumerate(refusal.faults, 1):
            console.print(f"{number}. {visible(str(fault))}", markup=False, highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped; nothing was written.")
        return 130
    except ImportError as problem:
        words = f"xlfv cannot start: {problem} -> install it again: pip install --force-reinstall xlfv"
        Console(stderr=True).print(words, markup=False, highlight=False, soft_wrap=True)
        return 1


def _print_any_letter() -> None:
    """A terminal or pipe that lacks a letter of a path shows a question mark; nothing fails for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(main())
