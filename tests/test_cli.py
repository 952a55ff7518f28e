"""The command line: the demo on the sample month, one's own month, and refusals that leave everything as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.months.test_month_folders import write_csv, write_month
from tests.valuation.deals import LOANS
from xlfv import __version__, cli

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
