"""Mappings: read with every fault told by its line, written and read back, and guessed without being sure of too much."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.months.intake.small import MONTH, ONE, TWO, Kept, small_folder, staged, to_sender
from xlfv.months.intake.convert import convert, hundredth
from xlfv.months.intake.guess import guess, written
from xlfv.months.intake.mapping import Mapping
from xlfv.months.intake.mapping_read import mapping_of, read_mapping
from xlfv.tables import Refused, from_grid
from xlfv.tables.files import Layout

GOOD = """sender = "A"
file = "a_*.csv"
table = "loans"
[columns]
"Loan" = "loan_id"
"Bal" = "balance"
"""


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        (GOOD.replace('"A"', "A"), "is not TOML", 1),
        (GOOD + "[columns]\n", "is not TOML", 7),
        (GOOD.replace("table", "tabel"), "'tabel' is no key of a mapping", 3),
        (GOOD.replace('"loans"', '"lones"'), "table 'lones' is not known", 3),
        (GOOD.replace("a_*.csv", "sub/a_*.csv"), "names a folder", 2),
        (GOOD.replace("a_*.csv", "..\\\\a.csv"), "names a folder", 2),
        (GOOD.replace("a_*.csv", "a_*_*.csv"), "more than one *", 2),
        (GOOD.replace("a_*.csv", "a.pdf"), "no kind of file that is read", 2),
        (GOOD.replace('"balance"', '"blance"'), "loans has no column 'blance'", 6),
        (GOOD + '"Bal 2" = "balance"\n', "the column 'balance' is given twice", 6),
        (GOOD + '"BAL" = "rate"\n', "the header 'bal' is given twice", 0),
        (GOOD + '[codes.status]\n"C" = "okay"\n', "status 'okay' is not known", 8),
        (GOOD + '[codes.status]\n"X" = ""\n', "nothing says what the code 'X' of status means", 8),
        (GOOD + '[codes]\nstatus = "C"\n', "codes is not a table for each column", 7),
        (GOOD + "[constants]\nrate = 6.25\n", "rate: rate is 6.25, a rate of 100% or more", 8),
        (GOOD.replace("[columns]", 'percent = ["Rate"]\n[columns]'), "percent names the header 'Rate'", 4),
        (GOOD.replace("[columns]", 'percent = "Rate"\n[columns]'), "not a list of headers", 4),
        (GOOD.replace("[columns]", 'dates = "MM/DD"\n[columns]'), "'MM/DD' is no form of a date", 4),
        (GOOD.replace("[columns]", 'dates = "import os"\n[columns]'), "is no form of a date", 4),
        (GOOD.replace("[columns]", 'separator = "ab"\n[columns]'), "is not one sign", 4),
        (GOOD.replace("[columns]", 'encoding = "klingon"\n[columns]'), "encoding 'klingon' is not known", 4),
        (GOOD.replace("[columns]", 'encoding = "zip"\n[columns]'), "encoding 'zip' is not known", 4),
        (GOOD.replace("[columns]", 'decimal = ","\nthousands = ","\n[columns]'), "thousands and decimal are both", 5),
        (GOOD.replace("[columns]", 'since = "2009-13"\n[columns]'), "since: '2009-13' is not a month", 4),
        (GOOD.replace("[columns]", 'since = "2009-10"\nuntil = "2009-08"\n[columns]'), "is before since", 5),
        (GOOD.replace("[columns]", "header_row = -1\n[columns]"), "header_row is -1", 4),
        (GOOD.replace("[columns]", 'sheet = "a/../b"\n[columns]'), "is no name of a sheet", 4),
        (GOOD.replace("[columns]", "sender2 = 1\n[columns]"), "'sender2' is no key", 4),
        (GOOD.replace("[columns]", f"header_row = {'9' * 5000}\n[columns]"), "is not TOML", 0),
        (GOOD + '[codes.status]\n"C" = "current"\n"c" = "d30"\n', "the code or name 'c' is given twice", 0),
        (GOOD + '[trusts]\n"X" = "company"\n', "'company' is no name of a trust", 8),
        (GOOD + '[trusts]\n"X" = "../etc"\n', "'../etc' is no name of a trust", 8),
    ],
)
def test_a_fault_of_a_mapping_is_told_by_its_line(text: str, what: str, line: int) -> None:
    with pytest.raises(Refused) as refused:
        mapping_of(text, "a.toml")
    told = [fault for fault in refused.value.faults if what in fault.what]
    assert told, refused.value
    assert not line or told[0].where == f"a.toml line {line}"
    assert told[0].todo


def test_every_fault_of_a_mapping_is_listed_at_once() -> None:
    with pytest.raises(Refused) as refused:
        mapping_of('sender = 1\nfile = "../x"\ntable = "y"\n', "a.toml")
    assert len(refused.value.faults) >= 4


def test_a_mapping_is_written_and_read_back_the_same() -> None:
    one = Mapping(
        'Alpha "Servicing"\\', "a_*.txt", "loans", "Sh\u00e4et", Layout("\t", "cp1252", 3), ".", ",", "DD.MM.YYYY",
        {"Paid": "YYYYMMDD"}, "*", {"Their's": ONE}, {"Loan\tNo": "loan_id", "Bal": "balance", "Rate": "rate", "Paid": "last_paid_date"},
        ("Rate",), {"status": {"C": "current", "": "current"}}, {"group": "1", "advancing": True, "lien": 1}, ("Name",), "2009-01", "2010-12", "a.toml",
    )  # fmt: skip
    assert mapping_of(written(one), "a.toml") == one


def test_a_link_is_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text(GOOD)
    (tmp_path / "a.toml").symlink_to(tmp_path / "real.toml")
    with pytest.raises(Refused, match="is a link"):
        read_mapping(tmp_path / "a.toml")


def test_a_percent_is_the_decimal_that_its_figures_say() -> None:
    for thousandths in range(1, 20_000):
        assert hundredth(float(f"{thousandths / 1000:.3f}")) == float(
            f"0.{thousandths:05d}" if thousandths < 100_000 else "1"
        )


def test_european_numbers_accounting_signs_and_constants() -> None:
    one = mapping_of(
        GOOD.replace(
            "[columns]",
            'thousands = "."\ndecimal = ","\ntrust = "T"\npercent = ["Rate"]\n[columns]\n"Rate" = "rate"\n"Adv" = "advances_outstanding"',
        )
        + '[constants]\ngroup = "2"\nremaining_term = 300\n',
        "a.toml",
    )
    raw = from_grid(
        "loans",
        [["Loan", "Bal", "Rate", "Adv"], ["007", "1.234.567,89", "6,25 %", "(12,50)"], ["8", "12.34,5", "6.5", "$5"]],
        text=True,
    )
    table = convert(raw, one, "a_1.csv").tables["T"]
    assert table.columns["loan_id"] == ["007", "8"]
    assert table.columns["balance"] == [1234567.89, "12.34,5"]
    assert table.columns["rate"] == [0.0625, "6.5"]
    assert table.columns["advances_outstanding"] == [-12.5, 5.0]
    assert table.columns["group"] == ["2", "2"]
    assert table.columns["remaining_term"] == [300.0, 300.0]


def test_the_star_of_a_name_may_be_the_trust() -> None:
    one = mapping_of(
        GOOD.replace("[columns]", 'trust = "*"\n[columns]') + '[trusts]\n"05A" = "ICMB-2005-A"\n', "a.toml"
    )
    raw = from_grid("loans", [["Loan", "Bal"], ["1", "2"]], text=True)
    assert set(convert(raw, one, "a_05A.csv").tables) == {"ICMB-2005-A"}
    assert "'05B' is not in the mapping" in convert(raw, one, "a_05B.csv").faults[0].what


def test_a_guess_reads_the_servicers_file_as_it_stands(tmp_path: Path) -> None:
    folder = small_folder(tmp_path / "data", "2009-11", MONTH)
    known = Kept(staged(folder, month="2009-11"))
    file = to_sender(folder)
    made = guess(file, sender="Alpha Servicing")
    own = mapping_of((folder / "mappings" / "alpha.toml").read_text(), "alpha.toml")
    assert dict(made.columns) == dict(own.columns)
    assert made.table == "loans"
    assert made.file == "alpha_loans_*.csv"
    assert (made.dates, made.thousands) == ("MM/DD/YYYY", ",")
    assert made.percent == ("Note Rate",)
    assert made.codes["status"] == {
        code: word for code, word in own.codes["status"].items() if code in made.codes["status"]
    }
    # What the guess cannot know is asked: the trusts' names. Mended, it stages without a word.
    text = written(replace(made, trusts={"ICMB 04-F": ONE, "IMFC 06-MF": TWO}))
    (folder / "mappings" / "alpha.toml").write_text(text, encoding="utf-8")
    found = staged(folder, known)
    assert [str(one.fault) for one in (*found.errors, *found.warnings)] == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["01/02/2009", "03/04/2009"], "MM/DD/YYYY or DD/MM/YYYY: choose"),
        (["1st quarter", "2nd quarter"], "QUESTION: in what form"),
    ],
)
def test_dates_that_can_be_read_twice_are_a_question(tmp_path: Path, cells: list[str], said: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(
        "Loan Number,UPB,Note Rate,Rem Term,Paid Through Date\n"
        + "".join(f"{k},1,0.05,9,{c}\n" for k, c in enumerate(cells))
    )
    text = written(guess(file))
    assert said in text
    assert "QUESTION" in text


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["13.01.2009", "01.02.2009"], "DD.MM.YYYY"), (["20090131"], "YYYYMMDD"), (["31-JAN-2009"], "DD-MON-YYYY"),
        (["01/31/2009 00:00:00"], "MM/DD/YYYY"), (["39844"], "excel"),
    ],
)  # fmt: skip
def test_the_form_of_dates_is_told_by_their_values(tmp_path: Path, cells: list[str], form: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(
        "Loan Number,UPB,Note Rate,Rem Term,Paid Through Date\n"
        + "".join(f"{k},1,0.05,9,{c}\n" for k, c in enumerate(cells))
    )
    made = guess(file)
    assert made.dates == form
    raw = from_grid(
        "loans",
        [["Loan Number", "UPB", "Note Rate", "Rem Term", "Paid Through Date"], ["1", "1", "1", "1", cells[0]]],
        text=True,
    )
    table = convert(raw, replace(made, trust="T"), "x.csv").tables["T"]
    assert str(table.columns["last_paid_date"][0]) in ("2009-01-13", "2009-01-31")


def test_a_guess_finds_rows_above_the_headers_separators_and_encodings(tmp_path: Path) -> None:
    file = tmp_path / "b\u00e4r_2009-12.csv"
    rows = "Report;;\n;;\nLoan Number;Current UPB;Current Interest Rate;Months to Maturity;Name\n1;1.234,50;6,5;300;M\u00fcller\n"
    file.write_bytes(rows.encode("cp1252"))
    made = guess(file)
    assert (made.layout, made.thousands, made.decimal) == (Layout(";", "cp1252", 3), ".", ",")
    assert dict(made.columns) == {
        "Loan Number": "loan_id", "Current UPB": "balance", "Current Interest Rate": "rate", "Months to Maturity": "remaining_term",
    }  # fmt: skip
    assert made.leave_out == ("Name",)
    assert made.percent == ("Current Interest Rate",)


def test_a_guess_of_codes_that_it_does_not_know_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("Loan Number,UPB,Note Rate,Rem Term,DLQ Status\n1,1,0.05,9,C\n2,1,0.05,9,QQ\n")
    text = written(guess(file))
    assert '"QQ" = ""  # QUESTION' in text
    with pytest.raises(Refused, match="nothing says what the code 'QQ' of status means"):
        mapping_of(text, "x.toml")


def test_a_file_like_no_table_of_ours_is_not_guessed(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("apples,pears\n1,2\n")
    with pytest.raises(Refused, match=r"no header of x.csv is like a column of"):
        guess(file)
    with pytest.raises(Refused, match="'lones' is no table"):
        guess(file, table="lones")


def test_a_large_file_is_guessed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlfv.months.intake.quick.LARGE", 0)
    monkeypatch.setattr("xlfv.tables.files.MOST_CELLS", 100)
    file = tmp_path / "x.csv"
    file.write_text("Loan Number,UPB,Note Rate,Rem Term\n" + "".join(f"{k},{k}.5,6.5,300\n" for k in range(1000)))
    assert guess(file).percent == ("Note Rate",)
