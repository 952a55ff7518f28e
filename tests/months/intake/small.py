"""Two trusts of the sample in a folder of their own, the month before in a stand-in for the book, and ways to plant faults."""

from __future__ import annotations

import csv
import gzip
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xlfv.months.book.pieces import COMPANY, INDICES, Nothing, Version
from xlfv.months.intake.stage import Staged, stage

SAMPLE = Path(__file__).parents[3] / "workbooks" / "sample"
ONE, TWO = "ICMB-2004-F", "IMFC-2006-MF"
BEFORE, MONTH = "2009-11", "2009-12"
Rows = list[list[str]]


class Kept(Nothing):
    """What a book says of the months that it was given."""

    def __init__(self, *staged: Staged) -> None:
        self.all: list[Version] = []
        self.cells: dict[int, Any] = {}
        self.closed: set[str] = set()
        for one in staged:
            self.take(one)

    def take(self, staged: Staged) -> None:
        for p in staged.pieces:
            number = len(self.all) + 1
            self.all.append(
                Version(number, p.trust, staged.month, p.table, 1, 1, len(p.content), "", p.source, p.source_hash)
            )
            self.cells[number] = p.content

    def months(self) -> list[str]:
        return sorted({one.month for one in self.all})

    def trusts(self, month: str) -> list[str]:
        return sorted({one.trust for one in self.all if one.month == month} - {COMPANY, INDICES})

    def versions(self, month: str) -> list[Version]:
        return list({(one.trust, one.table): one for one in self.all if one.month == month}.values())

    def table(self, version: Version) -> Any:
        return self.cells[version.id]

    def taken(self, source_hash: str) -> list[Version]:
        return [one for one in self.all if one.source_hash == source_hash]

    def locked(self, month: str) -> bool:
        return month in self.closed


def small_folder(home: Path, *months: str) -> Path:
    """The data folder of two trusts, tapes unpacked, and the company's tables of these two."""
    for month in months:
        for trust in (ONE, TWO):
            shutil.copytree(SAMPLE / trust / month, home / trust / month)
            tape = home / trust / month / "loans.csv.gz"
            tape.with_suffix("").write_bytes(gzip.decompress(tape.read_bytes()))
            tape.unlink()
        shutil.copytree(SAMPLE / COMPANY / month, home / COMPANY / month)
        (home / INDICES).mkdir(exist_ok=True)
        shutil.copy(SAMPLE / INDICES / f"{month}.csv", home / INDICES)
        edit(home / COMPANY / month / "facts.csv", lambda rows: rows[:1] + [r for r in rows[1:] if r[0] in (ONE, TWO)])
    return home


def edit(file: Path, change: Callable[[Rows], Rows | None]) -> None:
    """Change the rows of a CSV, header first."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    rows = change(rows) or rows
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def at(rows: Rows, column: str) -> int:
    """Number of a column."""
    return rows[0].index(column)


def put(row: int, column: str, value: str) -> Callable[[Rows], None]:
    """Put a value into a cell; rows count from 1."""

    def change(rows: Rows) -> None:
        rows[row][at(rows, column)] = value

    return change


def every(column: str, change: Callable[[str], str]) -> Callable[[Rows], None]:
    """Change every filled cell of a column."""

    def do(rows: Rows) -> None:
        k = at(rows, column)
        for row in rows[1:]:
            row[k] = change(row[k]) if row[k] else row[k]

    return do


def swap(one: str, other: str) -> Callable[[Rows], None]:
    """Swap two headers."""

    def do(rows: Rows) -> None:
        a, b = at(rows, one), at(rows, other)
        rows[0][a], rows[0][b] = other, one

    return do


def fingerprint(folder: Path) -> str:
    """Of every name, time and byte below a folder."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        status = file.lstat()
        whole.update(f"{file.relative_to(folder)}:{status.st_mtime_ns}:{status.st_size}".encode())
        if file.is_file() and not file.is_symlink() and status.st_size < 1 << 20:
            whole.update(file.read_bytes())
    return whole.hexdigest()


ALPHA = """
sender = "Alpha Servicing"
file = "alpha_loans_*.csv"
table = "loans"
dates = "MM/DD/YYYY"
thousands = ","
percent = ["Note Rate"]
leave_out = ["Borrower"]

[columns]
"Deal" = "trust"
"Cutoff Date" = "as_of"
"Loan No" = "loan_id"
"UPB" = "balance"
"Note Rate" = "rate"
"Orig Bal" = "original_balance"
"Type" = "rate_type"
"Status" = "status"
SAME
[codes.status]
"C" = "current"
"30" = "d30"
"60" = "d60"
"90" = "d90"
"BK" = "bankruptcy"
"FC" = "foreclosure"
"R" = "reo"

[codes.rate_type]
"F" = "fixed"
"A" = "arm"

[trusts]
"ICMB 04-F" = "ICMB-2004-F"
"IMFC 06-MF" = "IMFC-2006-MF"
"""
_CODES = {"current": "C", "d30": "30", "d60": "60", "d90": "90", "bankruptcy": "BK", "foreclosure": "FC", "reo": "R"}
_TURNED: dict[str, tuple[str, Callable[[str], str]]] = {
    "loan_id": ("Loan No", str),
    "balance": ("UPB", lambda text: f"{float(text):,.2f}"),
    "rate": ("Note Rate", lambda text: f"{float(text) * 100:.8g}%"),
    "original_balance": ("Orig Bal", lambda text: f"{float(text):,.2f}"),
    "rate_type": ("Type", lambda text: "A" if text == "arm" else "F"),
    "status": ("Status", lambda text: _CODES[text]),
}
THEIRS = {ONE: "ICMB 04-F", TWO: "IMFC 06-MF"}


def to_sender(folder: Path, month: str = MONTH) -> Path:
    """Both tapes as one servicer's file with its own words; the house's tapes are taken away. Returns the file."""
    out = folder / f"alpha_loans_{month.replace('-', '')}.csv"
    tapes: dict[str, list[dict[str, str]]] = {}
    for trust in (ONE, TWO):
        with (folder / trust / month / "loans.csv").open(encoding="utf-8", newline="") as stream:
            tapes[trust] = list(csv.DictReader(stream))
        (folder / trust / month / "loans.csv").unlink()
    names = list(dict.fromkeys(name for rows in tapes.values() for name in rows[0]))
    same = [name for name in names if name not in _TURNED]
    grid: Rows = [["Deal", "Cutoff Date", *(_TURNED[n][0] if n in _TURNED else n for n in names), "Borrower"]]
    for trust, rows in tapes.items():
        for row in rows:
            cells = [_TURNED[n][1](row[n]) if n in _TURNED and row.get(n) else row.get(n, "") for n in names]
            grid.append([THEIRS[trust], f"{month[5:]}/{30 if month == BEFORE else 31}/2009", *cells, "Müller"])
    with out.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(grid)
    (folder / "mappings").mkdir(exist_ok=True)
    text = ALPHA.replace("SAME", "".join(f'"{name}" = "{name}"\n' for name in same))
    (folder / "mappings" / "alpha.toml").write_text(text, encoding="utf-8")
    return out


def staged(folder: Path, known: Any = None, month: str = MONTH, **options: Any) -> Staged:
    """Stage a month of the folder."""
    return stage(folder, month, known or Nothing(), **options)
