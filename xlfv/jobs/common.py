"""What the jobs of the command line share: the sample, the bar over a job's stages, where a month is read from."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from xlfv.tables import Fault, Refused
from xlfv.tables.paths import visible
from xlfv.terminal import plainly

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
    in_clone = Path(__file__).resolve().parents[2] / "workbooks" / "sample"
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


def book_of(options: argparse.Namespace) -> Path:
    """The book of ``--book``, or the one that is meant when none is said."""
    from xlfv.months.book.where import find_book

    return find_book(options.book)


def source_of(options: argparse.Namespace) -> Path:
    """Where months are read from: the folder of ``--data``, or the book."""
    return Path(options.data) if options.data else book_of(options)


def say(console: Console, words: str) -> None:
    """Print words as they are."""
    console.print(visible(words), markup=False, highlight=False, soft_wrap=True)


def add_month(job: argparse.ArgumentParser, what: str = "the month to close") -> None:
    """The option ``--month``."""
    job.add_argument("--month", required=True, metavar="YYYY-MM", help=what)


def add_book(job: argparse.ArgumentParser) -> None:
    """The option ``--book``."""
    job.add_argument(
        "--book", default="", metavar="FILE",
        help="the book of months (default: XLFV_BOOK, months.duckdb here, or the one noted with xlfv book)",
    )  # fmt: skip


def add_why(job: argparse.ArgumentParser, what: str, *, required: bool = False) -> None:
    """The option ``--why``."""
    job.add_argument("--why", default="", required=required, metavar="REASON", help=what)
