"""A month end on the command line, from the first file to the lock, on two months of the sample."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from xlfv import cli
from xlfv.jobs.common import sample_folder
from xlfv.months.book.file import reading

NOVEMBER, DECEMBER = "2009-11", "2009-12"
TRUST = "IMFC-2006-MF"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One trust of the sample, two months of it, with what is the company's."""
    folder = tmp_path_factory.mktemp("data")
    for month in (NOVEMBER, DECEMBER):
        shutil.copytree(sample_folder() / TRUST / month, folder / TRUST / month)
        (folder / "indices").mkdir(exist_ok=True)
        shutil.copy(sample_folder() / "indices" / f"{month}.csv", folder / "indices")
    return folder


@pytest.fixture
def do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a job on a book of its own; gives the exit code and all that was printed."""
    monkeypatch.setenv("XLFV_BOOK", str(tmp_path / "kept.duckdb"))

    def run(*words: str) -> tuple[int, str]:
        code = cli.main(list(words))
        said = capsys.readouterr()
        return code, " ".join((said.out + said.err).split())

    return run


def test_a_month_goes_from_its_files_to_the_lock(do, data: Path, tmp_path: Path) -> None:
    assert do("load", str(data), "--month", NOVEMBER, "--accept", "seen")[0] == 0
    code, said = do("lock", "--month", DECEMBER)
    assert code == 1
    assert f"no trust of {DECEMBER}" in said
    assert do("load", str(data), "--month", DECEMBER, "--accept", "seen")[0] == 0
    assert "nothing was written" in do("load", str(data), "--month", DECEMBER, "--accept", "seen")[1]
    assert do("tie", "--month", DECEMBER)[0] == 0
    code, said = do("lock", "--month", DECEMBER)
    assert code == 1
    assert f"xlfv value --month {DECEMBER}" in said
    assert f"xlfv roll --month {DECEMBER}" in said
    assert "Run 1 is in the book." in do("value", "--month", DECEMBER)[1]
    assert "Run 2 is in the book." in do("roll", "--month", DECEMBER)[1]
    assert do("lock", "--month", DECEMBER)[0] == 0
    assert "is locked" in do("value", "--month", DECEMBER)[1]
    assert "equal to the last bit" in do("reproduce", "2")[1]
    code, said = do("verify")
    assert (code, "The book is whole." in said) == (0, True)
    with reading(tmp_path / "kept.duckdb") as book:
        assert [one.act for one in book.lines()] == ["create", "load", "load", "run", "roll", "lock"]
        assert book.locked(DECEMBER)
    assert do("unlock", "--month", DECEMBER, "--why", "a late report")[0] == 0
    assert "a late report" in do("history")[1]


def test_a_correction_makes_a_run_stale_and_the_difference_of_two_runs_names_the_table(
    do, data: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "data"
    shutil.copytree(data, mine)
    do("load", str(mine), "--month", DECEMBER, "--accept", "seen")
    do("value", "--month", DECEMBER)
    yields = mine / TRUST / DECEMBER / "yields.csv"
    head, first, *rest = yields.read_text(encoding="utf-8").splitlines()
    at = head.split(",").index("yield")
    cells = first.split(",")
    cells[at] = repr(float(cells[at]) + 0.0001)
    yields.write_text("\n".join([head, ",".join(cells), *rest]) + "\n", encoding="utf-8")
    code, said = do("load", str(mine), "--month", DECEMBER)
    assert code == 1
    assert "yields" in said
    assert do("load", str(mine), "--month", DECEMBER, "--accept", "mended", "--why", "a late quote")[0] == 0
    assert "stale" in do("status", "--month", DECEMBER)[1]
    do("value", "--month", DECEMBER)
    said = do("diff", "1", "2")[1]
    assert f"Inputs: 1 differ {TRUST}" in said.replace("Run 1 Run 2 Change ", "")
    assert "1 rows with 1 cells differ; the first: yield" in said
    assert said.index("Inputs") < said.index("Results")
    assert "alike" in do("diff", "2", "2")[1]


def test_a_difference_to_the_report_stays_open_until_it_is_signed_for(do, data: Path, tmp_path: Path) -> None:
    mine = tmp_path / "data"
    shutil.copytree(data, mine)
    report = mine / TRUST / DECEMBER / "remittance.csv"
    lines = report.read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index("amount")
    row = next(k for k, line in enumerate(lines) if line.startswith("pool_balance"))
    cells = lines[row].split(",")
    cells[at] = f"{float(cells[at]) + 1000.0:.2f}"
    lines[row] = ",".join(cells)
    report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    do("load", str(mine), "--month", DECEMBER, "--accept", "seen")
    code, said = do("tie", "--month", DECEMBER)
    assert (code, "pool_balance" in said, "1 open" in said) == (1, True, True)
    assert do("sign", "--month", DECEMBER, TRUST, "pool_balances", "--why", "x")[0] == 1
    assert do("sign", "--month", DECEMBER, TRUST, "pool_balance", "--why", "a loan posted twice by the trustee")[0] == 0
    assert do("tie", "--month", DECEMBER)[0] == 0


def test_what_is_refused_leaves_no_book(do, data: Path, tmp_path: Path) -> None:
    mine = tmp_path / "data"
    shutil.copytree(data, mine)
    (mine / TRUST / DECEMBER / "bonds.csv").write_text("tranche,balance\nA-1,much\n", encoding="utf-8")
    code, said = do("load", str(mine), "--month", DECEMBER, "--accept", "seen")
    assert code == 1
    assert "bonds.csv row 2" in said
    assert not (tmp_path / "kept.duckdb").exists()


def test_a_name_that_the_database_keeps_for_itself_is_refused_in_words(do, data: Path, tmp_path: Path) -> None:
    code, said = do("load", str(data), "--month", NOVEMBER, "--accept", "seen", "--book", str(tmp_path / "Book.duckdb"))
    assert code == 1
    assert "name it otherwise" in said
    assert not (tmp_path / "Book.duckdb").exists()


def test_a_month_corrected_before_makes_the_rollforward_stale_and_a_roll_values_too(
    do, data: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "data"
    shutil.copytree(data, mine)
    for month in (NOVEMBER, DECEMBER):
        do("load", str(mine), "--month", month, "--accept", "seen")
    do("value", "--month", DECEMBER)
    costs = mine / TRUST / NOVEMBER / "activity.csv"
    text = costs.read_text(encoding="utf-8")
    do("roll", "--month", DECEMBER)
    assert "stale" not in do("status", "--month", DECEMBER)[1]
    item, amount = text.splitlines()[1].split(",")[:2]
    costs.write_text(text.replace(f"{item},{amount}", f"{item},{float(amount) + 1.0:.2f}"), encoding="utf-8")
    assert do("load", str(mine), "--month", NOVEMBER, "--accept", "mended", "--why", "posted late")[0] == 0
    assert "stale: run 2" in do("status", "--month", DECEMBER)[1]
    assert f"{DECEMBER} is not rolled forward since" in do("lock", "--month", DECEMBER)[1]
