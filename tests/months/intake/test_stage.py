"""Staging against the book: what may come, what is known already, what a person must take on."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path

import pytest

from tests.months.intake.small import (
    BEFORE,
    MONTH,
    ONE,
    SAMPLE,
    TWO,
    Kept,
    edit,
    every,
    put,
    small_folder,
    staged,
    to_sender,
)
from xlfv.months.folder import months_of, read_month
from xlfv.months.intake.dated import months_named
from xlfv.months.intake.stage import accept
from xlfv.months.intake.values import alike
from xlfv.tables import Refused
from xlfv.tables.files import read_file


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_folder(tmp_path_factory.mktemp("sound") / "data", "2009-10", BEFORE, MONTH)


@pytest.fixture(scope="module")
def known(sound: Path) -> Kept:
    return Kept(staged(sound, month="2009-10"), staged(sound, month=BEFORE))


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "data"))


def words(found: tuple) -> list[str]:
    return [one.fault.what for one in found]


def test_the_month_staged_is_the_month_read(sound: Path) -> None:
    one, read = staged(sound).month_read, read_month(sound, MONTH)
    assert one is not None
    assert {n: t.trust.digest for n, t in one.trusts.items()} == {n: t.trust.digest for n, t in read.trusts.items()}
    assert {n: t.curves.digest for n, t in one.trusts.items()} == {n: t.curves.digest for n, t in read.trusts.items()}
    assert one.company.decisions == read.company.decisions


def test_a_senders_file_makes_the_same_trusts(folder: Path, sound: Path) -> None:
    to_sender(folder)
    one, house = staged(folder).month_read, staged(sound).month_read
    assert one is not None
    assert house is not None
    assert {n: t.trust.digest for n, t in one.trusts.items()} == {n: t.trust.digest for n, t in house.trusts.items()}


def test_rows_of_one_file_keep_their_numbers_in_both_trusts(folder: Path) -> None:
    file = to_sender(folder)
    pieces = {p.trust: p for p in staged(folder).pieces if p.table == "loans"}
    lines = file.read_text(encoding="utf-8").splitlines()
    for trust in (ONE, TWO):
        content = pieces[trust].content
        for row in (0, len(content) - 1):
            number = int(content.where(row, "loan_id").split("row ")[1].split(",")[0])
            assert content.columns["loan_id"][row] in lines[number - 1]
    assert pieces[ONE].source_hash == pieces[TWO].source_hash


def test_the_same_files_again_are_noted_and_nothing_else(sound: Path, known: Kept) -> None:
    again = Kept()
    again.all, again.cells = list(known.all), dict(known.cells)
    again.take(staged(sound, known))
    found = staged(sound, again)
    assert not found.errors
    assert not found.warnings
    assert sum("is already taken" in what for what in words(found.notes)) == len(found.pieces)


def test_a_correction_says_how_much_it_changes_and_needs_a_word(folder: Path, known: Kept) -> None:
    again = Kept()
    again.all, again.cells = list(known.all), dict(known.cells)
    again.take(staged(folder, known))
    edit(folder / ONE / MONTH / "bonds.csv", put(2, "interest_shortfall", "12.5"))
    found = staged(folder, again)
    (one,) = found.warnings
    assert "1 rows with 1 cells differ; the first: interest_shortfall 0.00 -> 12.5" in one.fault.what
    assert "bonds.csv row 3" in one.fault.what
    assert found.month_read is not None
    with pytest.raises(Refused, match="a warning without a word"):
        accept(found, {})
    assert accept(found, {one.key: "the trustee's own correction"}) == {one.words: "the trustee's own correction"}
    assert accept(found, {"all": "seen"}) == {one.words: "seen"}


@pytest.mark.parametrize(
    ("reasons", "said"), [({"all": " "}, "is blank"), ({"abcdefgh": "why"}, "no warning has the key")]
)
def test_words_that_are_none_are_refused(folder: Path, known: Kept, reasons: dict[str, str], said: str) -> None:
    edit(folder / ONE / MONTH / "loans.csv", put(4, "fico", "72"))
    with pytest.raises(Refused, match=said):
        accept(staged(folder, known), reasons)


def test_a_month_with_errors_cannot_be_accepted(folder: Path, known: Kept) -> None:
    edit(folder / ONE / MONTH / "loans.csv", put(4, "balance", "-1"))
    found = staged(folder, known)
    with pytest.raises(Refused, match="balance is -1"):
        found.refuse()
    with pytest.raises(Refused, match="balance is -1"):
        accept(found, {"all": "never mind"})


def test_a_locked_month_is_refused(sound: Path, known: Kept) -> None:
    closed = Kept()
    closed.all, closed.cells, closed.closed = known.all, known.cells, {MONTH}
    assert f"{MONTH} is locked" in words(staged(sound, closed).errors)


def test_a_month_left_out_and_a_month_too_old_are_refused(sound: Path) -> None:
    first = Kept(staged(sound, month="2009-10"))
    assert "the book ends with 2009-10, and 2009-11 is not there" in words(staged(sound, first).errors)
    last = Kept(staged(sound, month=MONTH))
    assert "2009-11 is older than what the book holds, up to 2009-12" in words(staged(sound, last, BEFORE).errors)


def test_a_trust_that_ended_is_gone_by_a_word(folder: Path, known: Kept) -> None:
    shutil.rmtree(folder / TWO)
    edit(folder / "company" / MONTH / "facts.csv", lambda rows: [r for r in rows if r[0] != TWO])
    assert f"{TWO} was in the book in {BEFORE} and is missing" in words(staged(folder, known).errors)
    found = staged(folder, known, gone={TWO: "called on the 25th"})
    assert not found.errors
    assert f"{TWO} is gone: called on the 25th" in words(found.notes)
    assert "was not in the book" in str(words(staged(folder, known, gone={"X": "y", TWO: "z"}).errors))
    assert "its files are here" in str(words(staged(folder, known, gone={ONE: "y", TWO: "z"}).errors))


def test_keys_are_the_same_each_time(folder: Path, known: Kept) -> None:
    edit(folder / ONE / MONTH / "loans.csv", put(4, "fico", "72"))
    edit(folder / ONE / MONTH / "loans.csv", put(5, "fico", "73"))
    one, two = staged(folder, known), staged(folder, known)
    assert [f.key for f in one.findings] == [f.key for f in two.findings]
    assert len({f.key for f in one.findings}) == len(one.findings)


def test_a_workbook_with_a_sheet_a_table_and_parquet_are_read_as_csv_is(folder: Path, sound: Path) -> None:
    import duckdb
    import openpyxl

    home = folder / ONE / MONTH
    book = openpyxl.Workbook()
    for name in ("costs", "curves", "bonds"):
        page = book.create_sheet(name)
        table = read_file(home / f"{name}.csv", name)
        page.append(list(table.columns))
        for row in table.rows():
            page.append([_value(cell) for cell in row.values()])
        (home / f"{name}.csv").unlink()
    book.save(home / "trustee.xlsx")
    loans = home / "loans.csv"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{loans}')) TO '{home / 'loans.parquet'}' (FORMAT parquet)")
    loans.unlink()
    one, house = staged(folder).month_read, staged(sound).month_read
    assert one is not None
    assert house is not None
    assert one.trusts[ONE].trust.digest == house.trusts[ONE].trust.digest
    assert one.trusts[ONE].curves.digest == house.trusts[ONE].curves.digest
    assert one.trusts[ONE].sources["bonds"] == f"{ONE}/{MONTH}/trustee.xlsx!bonds"


def _value(cell: object) -> object:
    try:
        return float(str(cell))
    except ValueError:
        return cell


def test_one_workbook_of_many_sheets_is_read_by_a_mapping_each(folder: Path, known: Kept) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("costs", "bonds"):
        page = book.create_sheet(f"{name} Dec")
        page.append(["Report of the trustee"])
        rows = list(csv.reader((folder / ONE / MONTH / f"{name}.csv").read_text().splitlines()))
        for row in rows:
            page.append([_value(cell) if cell else None for cell in row])
        (folder / ONE / MONTH / f"{name}.csv").unlink()
        columns = "\n".join(f'"{header}" = "{header}"' for header in rows[0])
        (folder / "mappings").mkdir(exist_ok=True)
        (folder / "mappings" / f"{name}.toml").write_text(
            f'sender = "Trustee"\nfile = "report_*.xlsx"\ntable = "{name}"\nsheet = "{name} Dec"\nheader_row = 2\n'
            f'trust = "{ONE}"\n[columns]\n{columns}\n'
        )
    (folder / "trustee").mkdir()
    book.save(folder / "trustee" / "report_2009-12.xlsx")
    found = staged(folder, known)
    assert [str(one.fault) for one in (*found.errors, *found.warnings)] == []
    sources = {p.table: p.source for p in found.pieces if p.trust == ONE}
    assert sources["bonds"] == "trustee/report_2009-12.xlsx!bonds Dec"


def test_nothing_that_was_sent_is_run(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    text = f'=__import__("pathlib").Path({str(mark)!r}).touch()'
    edit(folder / ONE / MONTH / "loans.csv", put(3, "state", text))
    edit(folder / ONE / MONTH / "terms.csv", put(3, "value", text))
    found = staged(folder)
    assert found.errors
    assert not mark.exists()


def test_a_file_older_than_the_one_in_the_book_is_refused(folder: Path, known: Kept) -> None:
    again = Kept()
    again.all, again.cells = list(known.all), dict(known.cells)
    again.take(staged(folder, known))
    bonds = folder / ONE / MONTH / "bonds.csv"
    first = bonds.read_bytes()
    edit(bonds, put(2, "interest_shortfall", "12.5"))
    again.take(staged(folder, again))
    bonds.write_bytes(first)
    found = staged(folder, again)
    assert any("is an older file of bonds than the one that the book holds" in what for what in words(found.errors))


def test_the_companys_tables_may_come_by_a_mapping(folder: Path, known: Kept) -> None:
    facts = folder / "company" / MONTH / "facts.csv"
    facts.rename(folder / "facts_2009-12.csv")
    (folder / "words").mkdir()
    (folder / "words" / "facts.toml").write_text(
        'sender = "Counsel"\nfile = "facts_*.csv"\ntable = "facts"\n[columns]\n'
        + "".join(f'"{name}" = "{name}"\n' for name in ("trust", "date", "fact", "value", "source"))
    )
    found = staged(folder, known, mappings=folder / "words")
    assert [str(one.fault) for one in (*found.errors, *found.warnings)] == []
    assert found.month_read is not None
    assert set(found.month_read.company.decisions) == {ONE, TWO}


def test_a_fault_of_a_large_tape_stands_in_its_row(folder: Path, known: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlfv.months.intake.quick.LARGE", 0)
    file = to_sender(folder)
    edit(file, put(500, "UPB", "12x"))
    found = staged(folder, known)
    (one,) = [e for e in found.errors if "12x" in e.fault.what]
    assert "alpha_loans_200912.csv row 501, column balance, loan_id 04F" in one.fault.where


def test_progress_names_the_trusts(sound: Path) -> None:
    told: list[str] = []
    staged(sound, progress=told.append)
    assert {ONE, TWO} <= set(told)


def test_an_empty_folder_and_no_folder_are_refused(tmp_path: Path) -> None:
    assert "holds nothing of 2009-12" in staged(tmp_path).errors[0].fault.what
    with pytest.raises(Refused, match="there is no folder"):
        staged(tmp_path / "none")
    with pytest.raises(Refused, match="is not a month"):
        staged(tmp_path, month="2009-13")


def test_the_samples_thirteen_months_stage_one_after_the_other() -> None:
    """Nothing is found but what is so: loans that were reinstated, and tables that begin with the second month."""
    kept = Kept()
    for month in months_of(SAMPLE):
        found = staged(SAMPLE, kept, month)
        assert [str(one.fault) for one in found.errors] == []
        said = [one.fault.what for one in found.warnings]
        assert all("back from foreclosure" in what or "was not there in 2008-12" in what for what in said), said
        kept.take(found)
    assert len(kept.months()) == 13


@pytest.mark.parametrize(
    ("name", "months"),
    [
        ("tape_200912.csv", {"2009-12"}), ("tape_20091231.csv", {"2009-12"}), ("tape 12-31-2009.xlsx", {"2009-12"}),
        ("122009_tape.csv", {"2009-12"}), ("Dec_2009.csv", {"2009-12"}), ("2009 November report.csv", {"2009-11"}),
        ("ICMB-2004-F_2009-12.csv", {"2009-12"}), ("tape_91231.csv", set()), ("loans_1234567.csv", set()), ("decent_2009.csv", set()),
    ],
)  # fmt: skip
def test_the_months_that_a_name_speaks_of(name: str, months: set[str]) -> None:
    assert months_named(name, [ONE]) == months


def test_places_are_told_from_the_folder_on(folder: Path, known: Kept) -> None:
    (folder / ONE / MONTH / "loans.csv").rename(folder / ONE / MONTH / "laons.csv")
    found = staged(folder, known)
    assert any(one.fault.where == f"{ONE}/{MONTH}/laons.csv" for one in found.errors)
    assert not any(str(folder) in one.fault.where for one in found.findings)


def test_a_trust_that_nobody_mapped_is_one_fault(folder: Path, known: Kept) -> None:
    edit(to_sender(folder), put(5, "Deal", "ICMB 04-X"))
    found = staged(folder, known)
    assert [what for what in words(found.errors) if "04-X" in what] == ["the trust 'ICMB 04-X' is not in the mapping"]
    assert not any("is missing" in what for what in words(found.errors))


def test_an_encoding_is_said_in_the_mapping(folder: Path, known: Kept) -> None:
    file = to_sender(folder)
    mapping = folder / "mappings" / "alpha.toml"
    for encoding in ("cp1252", "utf-16"):
        file.write_bytes(file.read_text(encoding="utf-8").encode(encoding))
        (refused,) = [one for one in staged(folder, known).errors if "not UTF-8" in one.fault.what]
        assert "say its encoding in alpha.toml" in refused.fault.todo
        text = mapping.read_text(encoding="utf-8")
        mapping.write_text(text.replace("dates = ", f'encoding = "{encoding}"\ndates = '), encoding="utf-8")
        assert not staged(folder, known).errors
        file.write_bytes(file.read_bytes().decode(encoding).encode("utf-8"))
        mapping.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["company", "Indices"])
def test_no_trust_is_named_as_what_belongs_to_none(folder: Path, known: Kept, name: str) -> None:
    """Its tables would enter the book under a name where nobody checks them."""
    file = to_sender(folder)
    mapping = folder / "mappings" / "alpha.toml"
    mapping.write_text(mapping.read_text(encoding="utf-8").split("[trusts]")[0], encoding="utf-8")
    edit(file, every("Deal", lambda deal: ONE if "04-F" in deal else name))
    found = staged(folder, known)
    assert any("is no name of a trust" in what for what in words(found.errors))
    assert not any(p.table == "loans" and p.trust.lower() == name.lower() for p in found.pieces)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.50", 1.5, True), (2, 2.0, True), ("007", "7", False), ("a ", "a", True), (None, "x", False), (None, None, True),
        ("yes", True, True), (False, "N", True), (True, "no", False), (True, "maybe", False),
        (dt.date(2009, 12, 31), "12/31/2009", True), (dt.date(2009, 12, 31), "2009-12-30", False), (dt.date(2009, 12, 31), "x", False),
    ],
)  # fmt: skip
def test_cells_that_say_the_same(one: object, other: object, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same
