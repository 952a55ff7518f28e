"""Faults that files of a month come with, each planted into a sound folder; what must be found, how grave, and where."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from tests.months.intake.small import BEFORE, MONTH, ONE, TWO, Rows, at, edit, every, put, swap, to_sender


@dataclass(frozen=True)
class Plant:
    """One fault.

    Attributes:
        do: plants it into the folder.
        level: how grave it must be found.
        what: a piece of the words that say what is wrong.
        where: pieces of the place.
    """

    do: Callable[[Path], object]
    level: str
    what: str
    where: tuple[str, ...] = ()


def of(trust: str, table: str, change: Callable[[Rows], Rows | None]) -> Callable[[Path], None]:
    """A change of a trust's table."""
    return lambda folder: edit(folder / trust / MONTH / f"{table}.csv", change)


def sent(change: Callable[[Rows], Rows | None]) -> Callable[[Path], None]:
    """A change of the servicer's file."""
    return lambda folder: edit(to_sender(folder), change)


def mapped(old: str, new: str) -> Callable[[Path], None]:
    """A change of the servicer's mapping."""

    def do(folder: Path) -> None:
        to_sender(folder)
        file = folder / "mappings" / "alpha.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return do


def raw(trust: str, table: str, data: bytes) -> Callable[[Path], object]:
    """A table's file with other bytes."""
    return lambda folder: (folder / trust / MONTH / f"{table}.csv").write_bytes(data)


def again(trust: str, table: str) -> Callable[[Path], object]:
    """A table's file of the month before, once more."""
    return lambda folder: (folder / trust / MONTH / f"{table}.csv").write_bytes(
        (folder / trust / BEFORE / f"{table}.csv").read_bytes()
    )


def tape(folder: Path) -> Path:
    return folder / ONE / MONTH / "loans.csv"


def recoded(folder: Path) -> None:
    file = to_sender(folder)
    file.write_bytes(file.read_text(encoding="utf-8").encode("cp1252"))


def utf16(folder: Path) -> None:
    file = to_sender(folder)
    file.write_bytes(file.read_text(encoding="utf-8").encode("utf-16"))


def mojibake(folder: Path) -> None:
    edit(
        tape(folder),
        lambda rows: [[*rows[0], "occupancy"]] + [[*row, "própria".encode().decode("cp1252")] for row in rows[1:]],
    )


def long_line(folder: Path) -> None:
    """Two gigabytes without a line break, of which the disk holds nothing."""
    with tape(folder).open("wb") as stream:
        stream.truncate(2 << 30)


def packed_line(folder: Path) -> None:
    file = tape(folder)
    file.unlink()
    with gzip.open(file.with_name("loans.csv.gz"), "wb", compresslevel=1) as stream:
        for _ in range(600):
            stream.write(b"a" * (1 << 20))


def gzip_bomb(folder: Path) -> None:
    file = tape(folder)
    data = file.read_bytes()
    file.unlink()
    with gzip.open(file.with_name("loans.csv.gz"), "wb", compresslevel=9) as stream:
        stream.write(data)
        for _ in range(64):
            stream.write((b"a" * 1023 + b"\n") * 1024)


def zip_bomb(folder: Path) -> None:
    file = tape(folder)
    file.unlink()
    packed = zipfile.ZipFile(file.with_suffix(".xlsx"), "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packed as parts, parts.open("xl/worksheets/sheet1.xml", "w") as stream:
        for _ in range(64):
            stream.write(b" " * (1 << 20))


def sheet(folder: Path, change: Callable[[openpyxl.worksheet.worksheet.Worksheet], object]) -> None:
    """The costs as a workbook, changed."""
    book = openpyxl.Workbook()
    page = book.active
    file = folder / ONE / MONTH / "costs.csv"
    for line in file.read_text().splitlines():
        page.append([float(c) if c.replace(".", "").isdigit() else c or None for c in line.split(",")])
    file.unlink()
    change(page)
    book.save(file.with_suffix(".xlsx"))


def link_out(folder: Path) -> None:
    outside = folder.parent / "outside.csv"
    outside.write_bytes(tape(folder).read_bytes())
    tape(folder).unlink()
    os.symlink(outside, tape(folder))


def loose_link(folder: Path) -> None:
    file = to_sender(folder)
    outside = folder.parent / "outside.csv"
    file.rename(outside)
    os.symlink(outside, file)


def folder_out(folder: Path) -> None:
    (folder.parent / "outside").mkdir()
    os.symlink(folder.parent / "outside", folder / "inbox", target_is_directory=True)


def two_tables(folder: Path) -> None:
    (tape(folder).with_name("loans.csv.gz")).write_bytes(gzip.compress(tape(folder).read_bytes()))


def twice_sent(folder: Path) -> None:
    loans = tape(folder).read_bytes()
    to_sender(folder)
    tape(folder).write_bytes(loans)


def gone(folder: Path) -> None:
    for file in (folder / TWO / MONTH).iterdir():
        file.unlink()
    (folder / TWO / MONTH).rmdir()
    edit(folder / "company" / MONTH / "facts.csv", lambda rows: rows)


def new_trust(folder: Path) -> None:
    (folder / TWO).rename(folder / "IMFC-2006-MG")
    edit(folder / "IMFC-2006-MG" / MONTH / "yields.csv", every("trust", lambda _: "IMFC-2006-MG"))
    edit(folder / "company" / MONTH / "facts.csv", every("trust", lambda name: name.replace(TWO, "IMFC-2006-MG")))


def cap_trust(folder: Path) -> None:
    (folder / TWO).rename(folder / TWO.lower())


def stray(rows: Rows) -> Rows:
    return [*rows, rows[5]]


def total(rows: Rows) -> Rows:
    row = [""] * len(rows[0])
    row[at(rows, "loan_id")], row[at(rows, "balance")], row[at(rows, "rate")] = "Total", "1000000", "0.06"
    return [*rows, row]


def other_tape(folder: Path) -> None:
    rows: Rows = []
    edit(tape(folder), lambda found: rows.extend([found[0], found[9]]))

    def add(own: Rows) -> Rows:
        row = [""] * len(own[0])
        for name in ("loan_id", "balance", "rate", "remaining_term"):
            row[at(own, name)] = rows[1][at(rows, name)]
        return [*own, row]

    edit(folder / TWO / MONTH / "loans.csv", add)


def no_zeros(folder: Path) -> None:
    """The tape as a sheet would save it: figures without their zeros. The month before had them."""
    edit(tape(folder), every("loan_id", lambda name: name.lstrip("0")))


def unmapped(folder: Path) -> None:
    (folder / "beta_tape.csv").write_text("a,b\n1,2\n")


def fewer(rows: Rows) -> Rows:
    return rows[: len(rows) // 2]


def without(column: str) -> Callable[[Rows], Rows]:
    def do(rows: Rows) -> Rows:
        k = at(rows, column)
        return [row[:k] + row[k + 1 :] for row in rows]

    return do


def term(name: str, value: str) -> Callable[[Rows], None]:
    def do(rows: Rows) -> None:
        for row in rows:
            if row[0] == name:
                row[1] = value

    return do


def earlier_curves(rows: Rows) -> None:
    every("curve_date", lambda _: "2009-10-20")(rows)


def percent(text: str) -> str:
    return f"{float(text) * 100:g}"


LOANS = {
    "a balance below 0": Plant(of(ONE, "loans", put(7, "balance", "-217564.42")), "error", "balance is -217564", ("loans.csv row 8", "column balance", "loan_id 04F")),
    "a balance beyond all money": Plant(of(ONE, "loans", put(7, "balance", "1e15")), "error", "above 1e+12", ("row 8", "column balance", "loan_id 04F")),
    "a loan larger than the pool": Plant(of(ONE, "loans", put(7, "balance", "900000000")), "warning", "times the median", ("row 8", "column balance", "loan_id 04F")),
    "thousands separators": Plant(of(ONE, "loans", put(3, "balance", "217,564.42")), "error", "'217,564.42' is not a number", ("row 4", "column balance", "loan_id 04F")),
    "a currency sign": Plant(of(ONE, "loans", put(3, "balance", "$217564")), "error", "'$217564' is not a number", ("row 4", "column balance")),
    "a word for a number": Plant(of(ONE, "loans", put(3, "rate", "n/a")), "error", "'n/a' is not a number", ("row 4", "column rate", "loan_id 04F")),
    "an error for a number": Plant(of(ONE, "loans", put(3, "rate", "#REF!")), "error", "#REF!", ("row 4", "column rate", "loan_id 04F")),
    "percent for decimal": Plant(of(ONE, "loans", every("rate", percent)), "error", "a rate of 100% or more", ("row 2", "column rate", "loan_id 04F")),
    "a hundredth of a decimal": Plant(of(ONE, "loans", every("rate", lambda t: f"{float(t) / 100:.8f}")), "warning", "the median of rate is 0.000", ("loans.csv row 1", "column rate")),
    "cents for dollars": Plant(of(ONE, "loans", every("balance", percent)), "error", "the columns look swapped", ("column balance",)),
    "balance and original balance swapped": Plant(of(ONE, "loans", swap("balance", "original_balance")), "error", "look swapped", ("column balance", "loan_id 04F")),
    "rate and ltv swapped": Plant(of(ONE, "loans", swap("rate", "ltv")), "error", "they look swapped", ("row 1", "column rate")),
    "term and age swapped": Plant(of(ONE, "loans", swap("remaining_term", "age")), "warning", "remaining_term and age", ("row 1",)),
    "a loan twice": Plant(of(ONE, "loans", stray), "error", "stands twice", ("column loan_id",)),
    "a row of totals": Plant(of(ONE, "loans", total), "error", "looks like a total", ("column loan_id",)),
    "a loan in two trusts": Plant(other_tape, "error", f"stands in {ONE} too", (TWO, "column loan_id", "loan_id 04F")),
    "a code that is none of ours": Plant(of(ONE, "loans", put(4, "status", "F/C")), "error", "'F/C' is not known", ("row 5", "column status", "loan_id 04F")),
    "a blank balance": Plant(of(ONE, "loans", put(4, "balance", "")), "error", "balance is blank", ("row 5", "column balance", "loan_id 04F")),
    "a column that is missing": Plant(of(ONE, "loans", without("rate")), "error", "the column rate is missing", ("loans.csv",)),
    "a column nearly named": Plant(of(ONE, "loans", lambda rows: rows[0].__setitem__(at(rows, "rate"), "raet")), "error", "no column raet", ("column raet",)),
    "a column that went blank": Plant(of(ONE, "loans", every("fico", lambda _: "")), "warning", "the column fico is blank", ("column fico",)),
    "a column that went away": Plant(of(ONE, "loans", without("ltv")), "warning", "the column ltv is not there", ("loans.csv",)),
    "a term that is over": Plant(of(ONE, "loans", put(4, "remaining_term", "0")), "error", "remaining_term is 0", ("row 5", "loan_id 04F")),
    "half a month of a term": Plant(of(ONE, "loans", put(4, "remaining_term", "100.5")), "error", "not a whole number", ("row 5", "loan_id 04F")),
    "a score that is none": Plant(of(ONE, "loans", put(4, "fico", "72")), "warning", "fico is 72", ("row 5", "column fico", "loan_id 04F")),
    "a state that is none": Plant(of(ONE, "loans", put(4, "state", "XX")), "warning", "state 'XX'", ("row 5", "column state", "loan_id 04F")),
    "ltv in percent": Plant(of(ONE, "loans", every("ltv", percent)), "error", "ltv is", ("column ltv", "loan_id 04F")),
    "a balance above its original": Plant(of(ONE, "loans", put(9, "balance", "9999999")), "warning", "above what it began with", ("row 10", "column balance", "loan_id 04F")),
    "an id that a sheet rounded": Plant(of(ONE, "loans", put(9, "loan_id", "4.01E+11")), "error", "a number that a sheet has rounded", ("row 10", "column loan_id")),
    "ids without their zeros": Plant(no_zeros, "error", "named otherwise", ("column loan_id", "loan_id 4F")),
    "half of the tape": Plant(of(ONE, "loans", fewer), "warning", "loans and had", ("loans.csv",)),
    "no loans": Plant(of(ONE, "loans", lambda rows: rows[:1]), "warning", "the table has 0 loans", ("loans.csv",)),
    "no header": Plant(of(ONE, "loans", lambda rows: rows[1:]), "error", "the column fixed stands twice", ("loans.csv row 1",)),
    "a formula for a text": Plant(of(ONE, "loans", put(6, "state", '=cmd|"/c calc"!A1')), "error", "begins like a formula", ("row 7", "column state", "loan_id 04F")),
    "a formula with a plus": Plant(of(ONE, "loans", put(6, "curve", "+SUM(A1:A9)")), "error", "begins like a formula", ("row 7", "column curve")),
    "a formula with an at": Plant(of(ONE, "loans", put(6, "state", "@SUM(A1)")), "error", "begins like a formula", ("row 7", "column state")),
    "a row too long": Plant(of(ONE, "loans", lambda rows: rows[6].append("1")), "error", "cells and the header", ("row 7",)),
    "last month's tape": Plant(again(ONE, "loans"), "error", "the same file as that of 2009-11", (f"{ONE}/{MONTH}/loans.csv",)),
    "read in a wrong encoding": Plant(mojibake, "warning", "wrong encoding", ("row 2", "column occupancy", "loan_id 04F")),
    "a reinstated REO": Plant(of(ONE, "loans", every("status", lambda _: "current")), "error", "reo", (ONE,)),
}  # fmt: skip

FILES = {
    "a file of other bytes": Plant(raw(ONE, "loans", b"\xff\xfe\x00bin"), "error", "not UTF-8", ("loans.csv",)),
    "an empty file": Plant(raw(ONE, "loans", b""), "error", "the table loans is empty", ("loans.csv",)),
    "a line of 2 GB": Plant(long_line, "error", "2,048 MB", ("loans.csv",)),
    "a packed line of 600 MB": Plant(packed_line, "error", "has a line of over 4,194,304 characters", ("loans.csv.gz",)),
    "a gzip bomb": Plant(gzip_bomb, "error", "times its size", ("loans.csv.gz",)),
    "a zip bomb": Plant(zip_bomb, "error", "times its size", ()),
    "a link out of the folder": Plant(link_out, "error", "leads out of the data folder", ("loans.csv",)),
    "a sender's link out of the folder": Plant(loose_link, "error", "leads out of the data folder", ("alpha_loans",)),
    "a table twice": Plant(two_tables, "error", "the table loans stands twice", ("loans.csv and", "loans.csv.gz")),
    "a trust twice": Plant(twice_sent, "error", f"the table loans of {ONE} stands twice", ("alpha_loans_200912.csv",)),
    "a trust missing": Plant(gone, "error", f"{TWO} was in the book in 2009-11 and is missing", (MONTH,)),
    "a trust of another name": Plant(new_trust, "warning", "IMFC-2006-MG was not in the book", (MONTH,)),
    "a trust in small letters": Plant(cap_trust, "error", f"is {TWO} in the book", (MONTH,)),
    "a table missing": Plant(lambda f: (f / ONE / MONTH / "waterfall.csv").unlink(), "error", "the table waterfall is missing", (ONE,)),
    "a table that vanished": Plant(lambda f: (f / ONE / MONTH / "costs.csv").unlink(), "warning", "the table costs of", (MONTH,)),
    "a table nearly named": Plant(lambda f: tape(f).rename(tape(f).with_name("laons.csv")), "error", "laons.csv is not the name of a table", ("laons.csv",)),
    "a formula without a value": Plant(lambda f: sheet(f, lambda page: page.cell(2, 3, "=1/4")), "error", "has no value", ("costs.xlsx", "C2")),
    "an error in a workbook": Plant(lambda f: sheet(f, lambda page: page.cell(2, 3, "#N/A")), "error", "#N/A", ("costs.xlsx", "C2")),
    "a workbook named for another month": Plant(lambda f: (sheet(f, lambda page: setattr(page, "title", "costs")), (f / ONE / MONTH / "costs.xlsx").rename(f / ONE / MONTH / "trustee_nov_2009.xlsx")), "error", "is named for 2009-11", ("trustee_nov_2009.xlsx",)),
    "a folder that leads out": Plant(folder_out, "error", "leads out of the data folder", ("inbox",)),
    "no workbook": Plant(lambda f: (f / ONE / MONTH / "costs.csv").rename(f / ONE / MONTH / "costs.xlsx"), "error", "costs.xlsx is not a workbook", ("costs.xlsx",)),
}  # fmt: skip

TABLES = {
    "bonds swapped": Plant(of(ONE, "bonds", swap("balance", "original_balance")), "error", "look swapped", ("bonds.csv", "column balance", "tranche")),
    "a class above its issue": Plant(of(ONE, "bonds", put(1, "balance", "99000000000")), "warning", "above what it began with", ("bonds.csv row 2", "tranche")),
    "a class twice": Plant(of(ONE, "bonds", lambda rows: [*rows, rows[1]]), "error", "stands twice", ("bonds.csv", "column tranche")),
    "a coupon in percent": Plant(of(ONE, "bonds", every("coupon", percent)), "error", "a rate of 100% or more", ("bonds.csv", "column coupon", "tranche")),
    "a text date 31.12.2009": Plant(of(ONE, "bonds", lambda rows: put(1, "accrual_start", "01.12.2009")(rows)), "error", "'01.12.2009' is not a date", ("bonds.csv row 2", "accrual_start")),
    "a text date December 1, 2009": Plant(of(ONE, "bonds", put(1, "accrual_start", "December 1, 2009")), "error", "is not a date", ("bonds.csv row 2",)),
    "a text date of two readings": Plant(of(ONE, "bonds", put(1, "accrual_start", "01/12/2009")), "error", "can be read as two dates", ("bonds.csv row 2",)),
    "an accrual of another month": Plant(of(ONE, "bonds", put(1, "accrual_start", "2009-01-01")), "error", "accrual_start", ("bonds.csv row 2",)),
    "a step that pays nobody": Plant(of(ONE, "waterfall", put(3, "to", "A-99")), "error", "A-99", ("waterfall.csv row 4",)),
    "a trigger of no measure": Plant(of(ONE, "triggers", lambda rows: [*rows, ["T", "losses?", ">", "5"]]), "error", "losses?", ("triggers.csv row 2", "column measure")),
    "a cut-off of another month": Plant(of(ONE, "terms", term("cutoff_date", "2009-11-30")), "error", "it is of 2009-11", ("terms.csv", "cutoff_date")),
    "a term that is none": Plant(of(ONE, "terms", lambda rows: rows[1].__setitem__(0, "closingdate!")), "error", "closingdate!", ("terms.csv row 2",)),
    "curves in percent": Plant(of(ONE, "curves", every("cpr", percent)), "error", "cpr", ("curves.csv row 2",)),
    "severity in percent": Plant(of(ONE, "curves", every("severity", percent)), "error", "severity", ("curves.csv row 2",)),
    "curves of the month before": Plant(again(ONE, "curves"), "warning", "the same file as that of 2009-11", ("curves.csv",)),
    "curves older than the book's": Plant(of(ONE, "curves", earlier_curves), "error", "before those of 2009-11", ("curves.csv row 2", "curve_date")),
    "a month of the curves left out": Plant(of(ONE, "curves", lambda rows: rows[:4] + rows[6:] + rows[4:5]), "error", "months out of order", ("curves.csv",)),
    "indices in percent": Plant(lambda f: edit(f / "indices" / f"{MONTH}.csv", every("LIBOR_1M", percent)), "error", "LIBOR_1M", (f"{MONTH}.csv",)),
    "indices of the month before": Plant(lambda f: (f / "indices" / f"{MONTH}.csv").write_bytes((f / "indices" / f"{BEFORE}.csv").read_bytes()), "warning", "the same file as that of 2009-11", (f"indices/{MONTH}.csv",)),
    "a yield of no class": Plant(of(ONE, "yields", put(1, "item", "Z-9")), "error", "Z-9", ("yields.csv row 2",)),
    "a yield in percent": Plant(of(ONE, "yields", every("yield", percent)), "error", "yield", ("yields.csv row 2",)),
    "a yield of another trust": Plant(of(ONE, "yields", put(1, "trust", "OTHER-2006")), "error", "A-1 of ICMB-2004-F has no yield", ("yields.csv",)),
    "a quote of the next month": Plant(of(ONE, "quotes", put(1, "date", "2010-01-15")), "error", "2010-01-15", ("quotes.csv row 2",)),
    "a sale of another month": Plant(of(ONE, "sales", put(1, "date", "2009-10-05")), "error", "2009-10-05", ("sales.csv row 2",)),
    "a sale that is still owned": Plant(lambda f: edit(f / ONE / MONTH / "sales.csv", lambda rows: [*rows, [_owned(f), "2009-12-10", "1000"]]), "error", "still stands in reo", ("sales.csv", "column loan_id")),
    "an REO without a value": Plant(of(ONE, "reo", put(1, "value", "")), "error", "value is blank", ("reo.csv row 2", "loan_id")),
    "a foreclosure to come": Plant(of(ONE, "reo", put(1, "foreclosure_date", "2019-11-15")), "warning", "foreclosure_date is 2019-11-15", ("reo.csv row 2", "loan_id")),
    "a posting of no kind": Plant(of(ONE, "activity", put(1, "item", "intrest")), "error", "intrest", ("activity.csv row 2",)),
    "a hedge of no index": Plant(of(ONE, "hedges", lambda rows: [*rows, ["H9", "swap", *[""] * (len(rows[0]) - 2)]]), "error", "receive_index", ("hedges.csv",)),
    "a schedule without an amount": Plant(of(ONE, "schedules", lambda rows: [*rows, ["S", "1", ""]]), "error", "amount is blank", ("schedules.csv",)),
    "a cost in percent": Plant(of(ONE, "costs", put(1, "rate", "25")), "error", "a rate of 100% or more", ("costs.csv row 2", "cost ")),
    "a trustee's report of another month": Plant(of(ONE, "remittance", lambda rows: rows[2].__setitem__(3, "2009-11-30")), "error", "2009-11", ("remittance.csv row 3",)),
    "a trustee's report of no class": Plant(of(ONE, "remittance", lambda rows: [*rows, ["balance", "Z-9", "1.00", ""]]), "error", "Z-9", ("remittance.csv",)),
    "a trustee's figure that is none": Plant(of(ONE, "remittance", put(3, "amount", "184,121,690.19")), "error", "'184,121,690.19' is not a number", ("remittance.csv row 4", "column amount", "item pool_balance")),
    "a trustee's item of no kind": Plant(of(ONE, "remittance", put(3, "item", "pool_balanse")), "error", "pool_balanse", ("remittance.csv row 4",)),
    "an account twice": Plant(lambda f: (f / ONE / MONTH / "accounts.csv").write_text("account,balance\nRESERVE,5\nRESERVE,6\n"), "error", "RESERVE stands twice", ("accounts.csv row 3", "column account")),
    "an account below 0": Plant(lambda f: (f / ONE / MONTH / "accounts.csv").write_text("account,balance\nRESERVE,-5\n"), "error", "balance is -5", ("accounts.csv row 2", "account RESERVE")),
    "a ledger beside an activity": Plant(lambda f: (f / ONE / MONTH / "ledger.csv").write_text("item,amount\ninterest_collected,5\n"), "error", "both a ledger and an activity", (ONE,)),
    "a range the wrong way round": Plant(lambda f: edit(f / "company" / MONTH / "ranges.csv", put(1, "risk_premium_low", "0.9")), "error", "the range of premiums runs from 0.9 down", ("ranges.csv row 2",)),
    "payments on no debt": Plant(lambda f: edit(f / "company" / MONTH / "debt_activity.csv", put(1, "interest_paid", "-x")), "error", "-x", ("debt_activity.csv row 2",)),
    "facts of no trust": Plant(lambda f: edit(f / "company" / MONTH / "facts.csv", put(1, "trust", "ICMB-2004-G")), "error", "which has no folder", ("facts.csv row 2",)),
    "debt without a balance": Plant(lambda f: edit(f / "company" / MONTH / "debt.csv", put(1, "balance", "")), "error", "balance is blank", ("debt.csv row 2",)),
    "weights that are not whole": Plant(lambda f: edit(f / "company" / MONTH / "scenarios.csv", put(1, "weight", "0.9")), "error", "the weights sum to 1.4", ("scenarios.csv",)),
}  # fmt: skip


def _owned(folder: Path) -> str:
    return (folder / ONE / MONTH / "reo.csv").read_text().splitlines()[1].split(",")[0]


SENT = {
    "a file of another month": Plant(sent(every("Cutoff Date", lambda _: "11/30/2009")), "error", "it is of 2009-11", ("alpha_loans_200912.csv row 2",)),
    "a file of two months": Plant(sent(put(20, "Cutoff Date", "11/30/2009")), "error", "it is of 2009-11", ("alpha_loans_200912.csv row 21",)),
    "a file named for another month": Plant(lambda f: to_sender(f).rename(f / "alpha_loans_200910.csv"), "error", "is named for 2009-10", ("alpha_loans_200910.csv",)),
    "a file named for the month after": Plant(lambda f: to_sender(f).rename(f / "alpha_loans_20100115.csv"), "warning", "is named for 2010-01", ("alpha_loans_20100115.csv",)),
    "a date in another form": Plant(sent(put(5, "Cutoff Date", "31.12.2009")), "error", "'31.12.2009' is not a date like MM/DD/YYYY", ("row 6", "loan_id 04F")),
    "a code that is not mapped": Plant(sent(put(5, "Status", "BPO")), "error", "the code 'BPO' of status is not in the mapping", ("row 6", "loan_id 04F")),
    "a trust that is not mapped": Plant(sent(put(5, "Deal", "ICMB 04-X")), "error", "the trust 'ICMB 04-X' is not in the mapping", ("row 6",)),
    "a row of nobody": Plant(sent(put(5, "Deal", "")), "error", "does not say whose it is", ("row 6",)),
    "thousands in the wrong places": Plant(sent(put(5, "UPB", "1,23,456.00")), "error", "'1,23,456.00' is not a number", ("row 6", "loan_id 04F")),
    "a header that changed": Plant(sent(lambda rows: rows[0].__setitem__(at(rows, "UPB"), "UPBs")), "error", "has no column 'upb'", ("alpha_loans_200912.csv",)),
    "a column that nobody mapped": Plant(sent(lambda rows: [[*rows[0], "Mod Flag"], *[[*r, "N"] for r in rows[1:]]]), "warning", "'mod_flag' is not in the mapping", ("row 1",)),
    "a header twice": Plant(sent(lambda rows: [[*rows[0], "UPB"], *[[*r, "1"] for r in rows[1:]]]), "error", "the column upb stands twice", ("row 1",)),
    "another encoding": Plant(recoded, "error", "not UTF-8", ("alpha_loans_200912.csv",)),
    "UTF-16": Plant(utf16, "error", "not UTF-8", ("alpha_loans_200912.csv",)),
    "a decimal taken for percent": Plant(sent(every("Note Rate", lambda t: f"{float(t[:-1]) / 100:g}")), "warning", "the median of rate is", (TWO, "row 1, column rate")),
    "a file that nobody maps": Plant(lambda f: (to_sender(f), unmapped(f)), "error", "no mapping reads beta_tape.csv", ("beta_tape.csv",)),
    "a sender who sent nothing": Plant(lambda f: to_sender(f).unlink(), "warning", "no file of Alpha Servicing is there", ("alpha.toml",)),
    "a mapping that climbs out": Plant(mapped('file = "alpha_loans_*.csv"', 'file = "../alpha_loans_*.csv"'), "error", "names a folder", ("alpha.toml line 3",)),
    "a mapping of a wrong sheet": Plant(mapped('table = "loans"', 'table = "loans"\nsheet = "..\\\\..\\\\x"'), "error", "is no name of a sheet", ("alpha.toml line 5",)),
    "a mapping that is no TOML": Plant(mapped('table = "loans"', "table = loans"), "error", "is not TOML", ("alpha.toml line 4",)),
    "a mapping to no column of ours": Plant(mapped('"UPB" = "balance"', '"UPB" = "balanse"'), "error", "loans has no column 'balanse'", ("alpha.toml line",)),
    "a mapping to no word of ours": Plant(mapped('"C" = "current"', '"C" = "curent"'), "error", "status 'curent' is not known", ("alpha.toml line",)),
    "a mapping that has ended": Plant(mapped('table = "loans"', 'table = "loans"\nuntil = "2009-10"'), "error", "which holds from the first to 2009-10", ("alpha_loans_200912.csv",)),
}  # fmt: skip
PLANTS = {**LOANS, **FILES, **TABLES, **SENT}
