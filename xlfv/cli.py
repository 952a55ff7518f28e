"""The same jobs without a spreadsheet open: the month end on the book (``xlfv load``, ``check``, ``value``, ``roll``, ``lock`` ...),
valuations of plain folders, and the add-in on this machine."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from rich.console import Console

from xlfv import __version__
from xlfv.jobs import book_acts, book_views, machine, months
from xlfv.jobs.common import sample_folder
from xlfv.tables import Refused
from xlfv.tables.paths import visible

__all__ = ["main", "sample_folder"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xlfv", description="Fair value of mortgage securitization trusts.")
    parser.add_argument("--version", action="version", version=f"xlfv {__version__}")
    jobs = parser.add_subparsers(title="jobs", required=True, metavar="JOB")
    for family in (months, book_acts, book_views, machine):
        family.add_jobs(jobs)
    return parser


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
