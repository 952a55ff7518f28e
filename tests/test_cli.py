"""The command line: the demo on the sample month, one's own month, and refusals that leave everything as it was."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.months.test_company_folder import FACTS, QUOTES, write_company
from tests.months.test_month_folders import write_csv, write_month
from tests.valuation.deals import LOANS
from xlfv import __version__, cli
from xlfv.excel.report import thousands
from xlfv.months.folder import read_month
from xlfv.months.over_time import explain_months, read_and_value, roll_over
from xlfv.months.valued import value_month
from xlfv.reporting.net_gain import net_gain

ROOT = Path(__file__).resolve().parents[1]


def files_under(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def run(*arguments: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """xlfv in a process of its own, with a home of its own to see what it leaves there."""
    away = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "LOCALAPPDATA": str(home), "COLUMNS": "200"}
    env = {**os.environ, **away, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "xlfv.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=env, timeout=300, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    here, home = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("home")
    return run("demo", cwd=here, home=home), here, home


def test_the_demo_writes_one_workbook_and_says_where(demo):
    result, here, _ = demo
    assert result.returncode == 0, result.stderr
    book = here / "valuation-2009-12.xlsx"
    assert files_under(here) == {book}
    assert str(book) in result.stdout
    assert book.stat().st_size > 50_000


def test_the_demo_leaves_no_trace_elsewhere(demo):
    _, _, home = demo
    assert files_under(home) == set()


def test_the_demo_prints_values_residuals_and_the_rollforward(demo):
    text = demo[0].stdout
    for words in (
        "ICMB-2004-F", "ICMB-2005-A", "IMFC-2006-MF", "Mortgage collateral", "Residual interest",
        "a month before", "Collateral yield", "Rollforward of level 3 and REO, 2009-12", "Settlements",
        "Book value, closing", "year to 2009-12-31",
    ):  # fmt: skip
        assert words in text, words


@pytest.fixture
def data(tmp_path):
    write_month(tmp_path / "data", "T1", "2009-12")
    return tmp_path / "data"


def test_a_month_of_ones_own_is_valued(data, tmp_path, capsys):
    assert cli.main(["refresh", str(tmp_path / "mine.xlsx"), "--month", "2009-12", "--data", str(data)]) == 0
    assert (tmp_path / "mine.xlsx").stat().st_size > 10_000
    assert "No rollforward" in capsys.readouterr().out


@pytest.mark.parametrize("bad_month", ["2009-11", "12/2009"])
def test_a_refusal_prints_every_fault_and_leaves_the_book_as_it_was(data, tmp_path, capsys, bad_month):
    book = tmp_path / "mine.xlsx"
    book.write_bytes(b"what was there before")
    write_csv(data / "T1" / "2009-12" / "loans.csv", [LOANS[0], ["L1", -1, 7, 300, 0], ["L1", 1, 0.07, 0, 0]])
    for month in (bad_month, "2009-12"):
        assert cli.main(["refresh", str(book), "--month", month, "--data", str(data)]) == 1
    told = capsys.readouterr().err
    assert "Nothing was written" in told
    for words in ("-1", "loan_id L1", "rate is 7", "0.07", "remaining_term is 0", "stands twice", "loans.csv row 3"):
        assert words in told
    assert book.read_bytes() == b"what was there before"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "mine.xlsx"}


def test_only_a_workbook_is_written(data, tmp_path, capsys):
    assert cli.main(["refresh", str(tmp_path / "mine.csv"), "--month", "2009-12", "--data", str(data)]) == 1
    assert "not an .xlsx workbook" in capsys.readouterr().err


def test_about_and_version(capsys):
    assert cli.main(["about"]) == 0
    assert "model hash" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert __version__ in capsys.readouterr().out


def test_the_sample_is_found_where_it_was_not_installed_too():
    assert (cli.sample_folder() / "ICMB-2005-A" / "2009-12" / "loans.csv.gz").is_file()


def printed(capsys, *arguments: str) -> str:
    """What a job on the sample prints, without its line ends."""
    assert cli.main([*arguments, "--data", str(cli.sample_folder())]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_values_are_printed_by_trust_with_their_parts_and_checks(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    text = printed(capsys, "value", "--month", "2009-12")
    value = value_month(read_month(cli.sample_folder(), "2009-12")).trusts
    for name, one in value.items():
        assert f"{name}, 2009-12-31" in text
        for line in one.value.lines:
            if line.side == "liability" and line.balance:
                row = f"{thousands(line.balance)} {thousands(line.value)} {line.price:.2f} {line.rate:.2%}"
                assert f"{line.item}{' *' if one.yields[line.item].outside else ''} {row}" in text
    rates = " ".join(f"{one.value.collateral_yield:.4%}" for one in value.values())
    assert f"Blended yield {rates}" in text
    for words in (
        "B-3 (24.3800%) lies outside its range 22.0500% to 23.8000%: above the range", "22 of 23 yields lie inside",
        "8.01% trust preferred 2035 4,500", "IMFC-2006-MF is not consolidated", "27 of 27 checks hold", "REO at NRV (613)",
    ):  # fmt: skip
        assert words in text, words
    assert files_under(tmp_path) == set()


def test_a_rollforward_is_printed_by_trust_and_in_total(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    text = printed(capsys, "rollforward", "--month", "2009-12")
    months = read_and_value(("2009-11", "2009-12"), cli.sample_folder())
    rolled = roll_over(months)
    for title in (*rolled.trusts, "All trusts and long-term debt"):
        assert f"{title}, 2009-11 to 2009-12, $ thousands" in text
    total = rolled.total
    for item in ("securitized_mortgage_borrowings", "long_term_debt"):
        assert thousands(total.begin[item]) in text
        assert thousands(total.end[item]) in text
    told = re.search(r"a net gain from trust assets and liabilities of \$([0-9,]+) ", text)
    assert told is not None
    assert int(told[1].replace(",", "")) == pytest.approx(net_gain(total).net / 1000.0, abs=2.0)  # of rounded parts
    assert " unexplained" not in text
    gross = printed(capsys, "rollforward", "--month", "2009-12", "--form", "gross")
    settled = roll_over(months, "gross").total.activity["settlements"]["securitized_mortgage_borrowings"]
    assert thousands(settled) in gross
    assert thousands(settled) not in text
    later = printed(capsys, "rollforward", "--month", "2009-12", "--form", "later", "--gains", "oci")
    for words in ("Gains in OCI", "Unrealized gains held", "Settlements"):
        assert words in later
        assert words not in text
    assert files_under(tmp_path) == set()


def test_a_rollforward_to_date_opens_with_december(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    text = printed(capsys, "rollforward", "--month", "2009-02", "--to-date")
    assert "2008-12 to 2009-02" in text
    assert printed(capsys, "rollforward", "--month", "2009-02", "--since", "2008-12") == text


def test_tables_fit_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for job in (("value",), ("rollforward",), ("explain-change", "--trust", "ICMB-2005-A")):
        assert cli.main([*job, "--month", "2009-12", "--data", str(cli.sample_folder())]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert all(len(line) <= 90 for line in lines if line.startswith((" ", "─"))), job
        assert not any("…" in line for line in lines), job


@pytest.mark.parametrize("method", ["sequential", "shapley"])
def test_a_change_is_explained_by_trust_in_total_and_in_words(capsys, monkeypatch, method):
    monkeypatch.setenv("COLUMNS", "120")
    text = printed(capsys, "explain-change", "--month", "2009-12", "--method", method)
    months = read_and_value(("2009-11", "2009-12"), cli.sample_folder())
    changes = explain_months(*months, method=method)
    for name, one in changes.items():
        assert f"{name}{'' if one.consolidated else ' (not consolidated)'}, 2009-11-30 to 2009-12-31" in text
        moved = one.explained.effects["yield"]["Residual interest"]
        assert f"{thousands(moved)} Closing" in text
    assert "Trusts consolidated, 2009-11-30 to 2009-12-31" in text
    paid = changes["ICMB-2004-F"].paid
    assert f"Cash paid {thousands(-paid['Securitized mortgage collateral'])}" in text
    assert "Cash expected" not in text
    assert "all changes: The borrowings lost" in text
    assert ("Shapley" in text) == (method == "shapley")
    assert "\\n" not in text


def test_one_trust_is_explained_over_several_months_in_an_order_of_ones_own(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    order = "yield,index,performance,default,severity,prepayment"
    text = printed(
        capsys, "explain-change", "--month", "2009-12", "--since", "2009-09", "--trust", "ICMB-2004-F", "--order", order
    )
    assert "2009-09-30 to 2009-12-31" in text
    assert "Cash paid" in text  # of the months between too
    assert "The ledger posted the same." in text
    assert "ICMB-2005-A" not in text
    assert "in the order time, yield, index, performance, default, severity, prepayment, model" in text


REFUSED = {
    "a month that is not one": (("value", "--month", "12/2009"), ("'12/2009' is not a month",)),
    "a month that is not there": (("value", "--month", "2010-01"), ("no trust in", "2010-01")),
    "no month before": (
        ("rollforward", "--month", "2008-12"),
        ("no trust has a folder 2008-11", "do not follow each other"),
    ),
    "a year that has no December": (
        ("rollforward", "--month", "2008-12", "--to-date"),
        ("no trust has a folder 2007-12", "no trust has a folder 2008-11"),
    ),
    "an opening after the closing": (
        ("explain-change", "--month", "2009-06", "--since", "2009-09"),
        ("2009-09 does not lie before 2009-06",),
    ),
    "a trust that is not there": (
        ("explain-change", "--month", "2009-12", "--trust", "ICMB-1"),
        ("no trust 'ICMB-1'", "known: ICMB-2004-F"),
    ),
    "a factor that is not known": (
        ("explain-change", "--month", "2009-12", "--order", "yields,index"),
        ("'yields' is no factor", "performance, prepayment, default, severity, yield is missing"),
    ),
    "gains that the form has no row for": (
        ("rollforward", "--month", "2009-12", "--gains", "oci"),
        ("the letter's form has no row", "later"),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_printed_is_refused_with_every_fault(capsys, name):
    arguments, words = REFUSED[name]
    assert cli.main([*arguments, "--data", str(cli.sample_folder())]) == 1
    told = capsys.readouterr()
    assert "Refused." in told.err
    for word in words:
        assert word in told.err, told.err
    assert "thousands" not in told.out


@pytest.mark.parametrize("job", ["value", "rollforward", "explain-change"])
def test_bad_files_are_refused_by_every_job_with_file_and_row(tmp_path, capsys, job):
    for month in ("2009-11", "2009-12"):
        write_month(tmp_path, "T1", month)
        write_company(tmp_path, month, facts=FACTS[:3])
    write_csv(tmp_path / "T1" / "2009-12" / "quotes.csv", [QUOTES[0], ["A", "dealer", "2010-02-01", 7.0, "yield"]])
    write_csv(tmp_path / "company" / "2009-12" / "facts.csv", [*FACTS[:3], ["T9", "2006-01-31", "qspe", "no", ""]])
    assert cli.main([job, "--month", "2009-12", "--data", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    for words in (
        "quote from the future: 2010-02-01",
        "quotes.csv row 2",
        "0.07",
        "facts are given of T9",
        "facts.csv row 4",
    ):
        assert words in told, told
