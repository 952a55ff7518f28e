"""Jobs that change the book: take a month in, roll it forward, sign for a difference, close it, keep a copy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from xlfv.jobs.common import LONG, add_book, add_month, add_why, book_of, progress_bar, say
from xlfv.jobs.found import show_findings
from xlfv.tables import Fault, Refused, refuse_if

if TYPE_CHECKING:
    from xlfv.months.intake.stage import Staged


def _staged(options: argparse.Namespace, console: Console) -> tuple[Staged, str]:
    """A month's files read and checked against the book, nothing written; and the head of the log that they were held against."""
    with progress_bar(console, ("Reading the files and checking them against the book",)) as tell:
        from xlfv.months.taking import held_against, mappings_folder

        book = book_of(options)
        mappings = Path(options.mappings) if options.mappings else mappings_folder(options.folder, book)
        gone = _named_words(options.gone, "--gone TRUST=REASON")
        with held_against(book) as against:
            return against.staged(
                options.folder, options.month, mappings, gone, lambda name: tell(0, name)
            ), against.head


def _check(options: argparse.Namespace, console: Console) -> int:
    """Everything that load would check; the book stays as it is."""
    staged, _ = _staged(options, console)
    show_findings(staged, console)
    return 1 if staged.errors else 0


def _load(options: argparse.Namespace, console: Console) -> int:
    """Stage, show what was found, and take all in or nothing."""
    from xlfv.months.book.pieces import COMPANY, INDICES
    from xlfv.months.intake.stage import accept
    from xlfv.months.taking import entering

    book = book_of(options)
    staged, head = _staged(options, console)
    show_findings(staged, console)
    if staged.errors:
        say(console, "Refused: nothing was taken in. Mend what is marked error, and load again.")
        return 1
    accepted = accept(staged, dict(_accepted(options.accept)))
    with entering(book, options.month, head, options.user) as kept:
        before = len(kept.versions(options.month))
        load = kept.commit(options.month, staged.pieces, why=options.why, accepted=accepted)
        held = kept.versions(options.month)
    new = sum(1 for one in held if one.load == load.id)
    if not new:
        say(console, f"{options.month}: the book holds all of it already; nothing was written.")
        return 0
    loans = sum(one.rows for one in held if one.table == "loans")
    trusts = len({one.trust for one in held} - {COMPANY, INDICES})
    kind = f"{new} of them new" if before else "all new"
    say(
        console,
        f"{options.month} is in {book}: {trusts} trusts, {len(held)} tables ({kind}), {loans:,} loans. Load {load.id}.",
    )
    return 0


def _accepted(given: Sequence[str]) -> list[tuple[str, str]]:
    """``KEY=REASON``, or a reason alone for all."""
    found = []
    for words in given:
        key, mark, reason = words.partition("=")
        found.append((key.strip(), reason.strip()) if mark and " " not in key.strip() else ("all", words.strip()))
    return found


def _named_words(given: Sequence[str], form: str) -> dict[str, str]:
    """``NAME=WORDS``, by name."""
    parts = [words.partition("=") for words in given]
    refuse_if(
        [
            Fault(f"'{words}' is not {form}", todo="give the name and the reason, joined by =")
            for words, (name, _, reason) in zip(given, parts, strict=True)
            if not name.strip() or not reason.strip()
        ]
    )
    return {name.strip(): reason.strip() for name, _, reason in parts}


def _roll(options: argparse.Namespace, console: Console) -> None:
    """Value the month and roll it forward, from the book; recorded as a run."""
    with progress_bar(console, ("Reading, valuing and rolling forward",)) as tell:
        tell(0, LONG)
        from xlfv.excel.report_rollforward import show_rollforward
        from xlfv.months.over_time import RolledOver
        from xlfv.months.real_estate import real_estate
        from xlfv.months.runs import ROLL, value_and_record

        done = value_and_record(
            book_of(options), options.month, kind=ROLL, user=options.user, progress=lambda at: tell(0, at)
        )
        rolled = done.rolled
        assert rolled is not None
        assert rolled.before is not None
        estate = real_estate([rolled.before, done.valued])
    before = rolled.before.month.month
    debt = rolled.debt[0] if rolled.debt else None
    show_rollforward(
        RolledOver((before, options.month), rolled.month, debt, (rolled.details,)), estate, "letter", console
    )
    say(console, f"Run {done.run} is in the book.")


def _lock(options: argparse.Namespace, console: Console) -> int:
    """Close a month that is loaded, tied, valued and rolled."""
    from xlfv.months.status import lock, open_points

    path, points = book_of(options), open_points(book_of(options), options.month)
    if points.words and not options.why.strip():
        for point in points.words:
            say(console, f"open: {point}")
        say(
            console,
            f"Refused: {options.month} is not locked. Do what is open, or say why it is closed all the same: --why REASON.",
        )
        return 1
    lock(path, options.month, points, options.why, options.user)
    say(console, f"{options.month} is locked.")
    return 0


def _unlock(options: argparse.Namespace, console: Console) -> None:
    from xlfv.months.book.file import writing

    with writing(book_of(options), options.user) as book:
        book.unlock(options.month, options.why)
    say(console, f"{options.month} is open again; the log says why.")


def _sign(options: argparse.Namespace, console: Console) -> None:
    """Take responsibility for a difference to the trustee's report."""
    from xlfv.months.status import sign

    one = sign(book_of(options), options.month, options.trust, options.item, options.why, options.user)
    say(console, f"Signed: {one.trust} {one.month} {one.item}: ours {one.ours:,.2f}, theirs {one.theirs:,.2f}.")


def _backup(options: argparse.Namespace, console: Console) -> None:
    from xlfv.months.book.backup import backup

    say(console, f"Kept: {backup(book_of(options), Path(options.to) if options.to else None)}")


def _restore(options: argparse.Namespace, console: Console) -> None:
    from xlfv.months.book.backup import restore

    say(console, str(restore(book_of(options), Path(options.backup) if options.backup else None, options.user)))


def _book(options: argparse.Namespace, console: Console) -> None:
    """Say which book is meant, or note one for this user."""
    from xlfv.months.book.where import find_book, keep_book

    if options.path:
        say(console, f"Noted in {keep_book(Path(options.path))}")
    meant = find_book()
    say(
        console,
        f"The book: {meant.absolute()}" + ("" if meant.exists() else " (not there yet: the first xlfv load makes it)"),
    )


def _map(options: argparse.Namespace, console: Console) -> None:
    """Propose a mapping for a sender's file, and print or keep it."""
    from xlfv.months.intake.guess import guess, written

    proposed = written(guess(options.file, table=options.table, sheet=options.sheet))
    if not options.out:
        print(proposed, end="")
        return
    out = Path(options.out)
    if out.exists():
        raise Refused(Fault(f"{out} is there already", todo="name another file, or take that one away"))
    try:
        out.write_text(proposed, encoding="utf-8")
    except OSError as problem:
        raise Refused(Fault(f"{out} cannot be written: {problem.strerror}", todo="name another file")) from None
    say(
        console,
        f"{out} holds the guess: read it, mend what is marked, and put it into the folder mappings beside the files.",
    )


def add_jobs(jobs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the jobs of the month end that write to the book."""
    for name, do, words in (
        ("load", _load, "take a month's files into the book: all checked first, then all or none"),
        ("check", _check, "all that load checks, without loading"),
    ):
        job = jobs.add_parser(name, help=words)
        job.add_argument(
            "folder", type=Path, metavar="FOLDER", help="the month's files: folders of trusts, or senders' files"
        )
        add_month(job, "the month they are for")
        _add_user(job)
        job.add_argument(
            "--mappings",
            default="",
            metavar="FOLDER",
            help="mappings of senders (default: mappings in FOLDER, or beside the book)",
        )
        job.add_argument(
            "--gone", action="append", default=[], metavar="TRUST=REASON", help="a trust of last month that ended"
        )
        job.set_defaults(job=do)
        if name == "load":
            job.add_argument(
                "--accept",
                action="append",
                default=[],
                metavar="[KEY=]REASON",
                help="your word on a warning, or on all",
            )
            add_why(job, "why a month that is in the book is corrected")
    job = jobs.add_parser("map", help="propose a mapping for a sender's file: a guess to read, mend and keep")
    job.add_argument("file", type=Path, metavar="FILE", help="the file as it was sent")
    job.add_argument("--table", default="", help="what it holds: loans, bonds ... (default: guessed too)")
    job.add_argument("--sheet", default="", help="of a workbook (default: the first)")
    job.add_argument("--out", default="", metavar="FILE.toml", help="keep it there (default: print it)")
    job.set_defaults(job=_map)
    job = jobs.add_parser(
        "roll", help="value a month of the book, roll it forward from the month before, record the run"
    )
    add_month(job)
    _add_user(job)
    job.set_defaults(job=_roll)
    job = jobs.add_parser("sign", help="sign for a difference to the trustee's report")
    add_month(job)
    job.add_argument("trust", metavar="TRUST")
    job.add_argument("item", metavar="ITEM", help="as xlfv tie names it")
    add_why(job, "the reason", required=True)
    _add_user(job)
    job.set_defaults(job=_sign)
    job = jobs.add_parser("lock", help="close a month that is loaded, tied, valued and rolled")
    add_month(job)
    add_why(job, "why it is closed although something is open")
    _add_user(job)
    job.set_defaults(job=_lock)
    job = jobs.add_parser("unlock", help="open a closed month again; the log keeps the reason")
    add_month(job, "the month to open")
    add_why(job, "the reason", required=True)
    _add_user(job)
    job.set_defaults(job=_unlock)
    job = jobs.add_parser("backup", help="keep a checked copy of the book")
    job.add_argument("--to", default="", metavar="FOLDER", help="where (default: beside the book)")
    add_book(job)
    job.set_defaults(job=_backup)
    job = jobs.add_parser("restore", help="put a backup in the book's place; the book that stood there is kept aside")
    job.add_argument("backup", nargs="?", default="", metavar="FILE", help="which (default: the last that is whole)")
    _add_user(job)
    job.set_defaults(job=_restore)
    job = jobs.add_parser("book", help="say which book is meant, or note one for this user")
    job.add_argument("path", nargs="?", default="", metavar="FILE")
    job.set_defaults(job=_book)


def _add_user(job: argparse.ArgumentParser) -> None:
    add_book(job)
    job.add_argument("--user", default="", help="who does it (default: the user of this machine)")
