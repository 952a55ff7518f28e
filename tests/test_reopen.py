"""Tables by range, path or handle; saved, the store deleted, reopened in a new process: equal values or a stated error."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter

from tests.bad_input import as_csv, as_xlsx, good
from tests.excel.helpers import fails, one
from xlfv.excel import call, handles

NAMES = ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo", "schedules")
ALL = (*NAMES, "curves", "indices", "yields")
FORMULAS = [
    "=XLFV_TRUST({name},DATE(2009,12,31)," + ",".join(f"{{{name}}}" for name in NAMES) + ")",
    "=XLFV_PROJECT(A1,{curves},{indices})",
    '=XLFV_TRANCHE_PV(A2,"A",0.08)',
    '=XLFV_TRANCHE_PRICE(A2,"M",0.18)',
    '=XLFV_TRANCHE_LOSS(A2,"B")',
    "=XLFV_RESIDUAL_VALUE(A2,0.25)",
    "=XLFV_COLLATERAL_YIELD(A2,{yields})",
    "=XLFV_COLLATERAL_VALUE(A2,{yields})",
    "=XLFV_REO_VALUE(A1)",
    "=XLFV_HEDGE_VALUE(A2)",
    "=SUM(A3:A6,A8:A10)",
    "=XLFV_WHY(A2)",
]
FORMS = ("range", "csv", "xlsx", "handle")


def write_book(
    path: Path, references: dict[str, str], tables: dict[str, list[list[Any]]], extra: dict[str, str]
) -> None:
    """A workbook whose sheet Values holds the formulas; tables stand in sheets, further formulas in Handles."""
    with xlsxwriter.Workbook(path) as book:
        for name, grid in tables.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(grid):
                sheet.write_row(r, 0, row)
        for cell, formula in extra.items():
            (book.get_worksheet_by_name("Handles") or book.add_worksheet("Handles")).write_formula(cell, formula)
        values = book.add_worksheet("Values")
        for row, formula in enumerate(FORMULAS):
            values.write_formula(row, 0, formula.format(name=f'"{path.stem}"', **references))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one workbook for each way in which a table can be given."""
    folder = tmp_path_factory.mktemp("desk")
    tables = good()
    as_csv(tables, ALL, folder)
    as_xlsx(tables, ALL, folder)
    (folder / "deal.xlsx").rename(folder / "tables.xlsx")
    corners = {name: f"{chr(64 + len(grid[0]))}{len(grid)}" for name, grid in tables.items()}
    ranges = {name: f"{name}!A1:{corner}" for name, corner in corners.items()}
    write_book(folder / "range.xlsx", ranges, tables, {})
    write_book(folder / "csv.xlsx", {name: f'"{name}.csv"' for name in ALL}, {}, {})
    write_book(folder / "xlsx.xlsx", {name: f'"tables.xlsx!The {name}"' for name in ALL}, {}, {})
    made = {f"A{k}": f'=XLFV_TABLE("{name}.csv","{name}")' for k, name in enumerate(ALL, 1)}
    write_book(folder / "handle.xlsx", {name: f"Handles!A{k}" for k, name in enumerate(ALL, 1)}, {}, made)
    return folder


def start(store: Path, *args: str) -> subprocess.Popen[str]:
    runner = str(Path(__file__).with_name("reopen_run.py"))
    environment = {**os.environ, "XLFV_CACHE": str(store)}
    return subprocess.Popen(
        [sys.executable, runner, *args], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def result(process: subprocess.Popen[str]) -> Any:
    out, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors
    return json.loads(out.partition("RESULT")[2])


@pytest.fixture(scope="module")
def sessions(desk: Path) -> dict[str, Any]:
    """A first session; its store deleted; then two sessions at the same time on one new store."""
    store = desk / "store"
    (first,) = result(start(store, "books", str(desk)))
    kept = sorted(path.name for path in store.iterdir())
    shutil.rmtree(store)
    both = [start(store, "books", str(desk), "2") for _ in range(2)]
    again = [values for process in both for values in result(process)]
    return {"first": first, "again": again, "kept": kept, "kept again": sorted(path.name for path in store.iterdir())}


def test_every_cell_has_a_value_and_the_forms_agree(sessions: dict[str, Any]) -> None:
    first = sessions["first"]
    assert sorted(first) == sorted(FORMS)
    for form in FORMS:
        assert first[form][0].startswith(f"trust:{form}:2009-12:")
        assert first[form][1].startswith(f"projection:{form}:2009-12:")
        assert first[form][11] == "no error"
        assert first[form][2:11] == first["range"][2:11], form
    assert float.fromhex(first["range"][2]) > 500_000


def test_reopened_without_the_store_every_cell_is_the_same_to_the_last_bit(sessions: dict[str, Any]) -> None:
    assert all(values == sessions["first"] for values in sessions["again"])


def test_two_sessions_that_write_one_store_leave_it_whole(sessions: dict[str, Any]) -> None:
    assert len(sessions["again"]) == 4
    assert sessions["kept again"] == sessions["kept"]
    assert all(name.endswith(".npz") and not name.startswith(".") for name in sessions["kept again"])


def test_a_bare_handle_is_found_while_the_store_is_there_and_a_stated_error_once_it_is_gone(
    sessions: dict[str, Any], desk: Path, tmp_path: Path
) -> None:
    """As Excel keeps handles in cells that it does not recalculate on opening."""
    trust, projection, value = sessions["first"]["handle"][:3]
    calls = [f"XLFV_TRANCHE_PV|{projection}|A|0.08", f"XLFV_REO_VALUE|{trust}"]
    found = start(desk / "store", "bare", *calls)
    gone = start(tmp_path / "empty", "bare", *calls)
    assert result(found) == [value, sessions["first"]["handle"][8]]
    (no_projection, why_projection), (no_trust, why_trust) = result(gone)
    assert no_projection == no_trust == "#REF!"
    assert f"the projection behind {projection} is gone" in why_projection
    assert (
        "recalculate the cell that makes it, =XLFV_PROJECT, XLFV_ATTRIBUTION_STEP or XLFV_DISTRIBUTE(...)"
        in why_projection
    )
    assert "recalculate the cell that makes it, =XLFV_TRUST(...)" in why_trust


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    handles.configure(tmp_path / "store")
    yield tmp_path / "store"
    handles.configure(None)


def big_tape(path: Path) -> float:
    """A tape of 20,000 loans by 40 columns; gives its balance."""
    rng = np.random.default_rng(7)
    size = 20_000
    columns: dict[str, Any] = {
        "loan_id": [f"L{k:05d}" for k in range(size)],
        "balance": np.round(rng.uniform(50_000, 400_000, size), 2),
        "rate": np.round(rng.uniform(0.04, 0.09, size), 5),
        "remaining_term": rng.integers(60, 361, size),
        "age": rng.integers(0, 60, size),
        "status": rng.choice(["current", "d30", "foreclosure"], size),
        "state": rng.choice(["CA", "FL", "NV", "São Paulo"], size),
        "fico": rng.integers(560, 820, size),
        "ltv": np.round(rng.uniform(0.4, 1.3, size), 4),
        "last_paid_date": ["2009-12-01"] * size,
    }
    columns.update({f"seller_field_{k}": rng.choice(["x", "y", ""], size) for k in range(30)})
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return float(columns["balance"].sum())


def test_a_tape_of_20000_loans_by_40_columns_travels_by_path_and_by_handle(store: Path, tmp_path: Path) -> None:
    balance = big_tape(tmp_path / "tape.csv")
    bonds = [["tranche", "balance", "coupon"], ["A", balance, 0.04]]
    waterfall = [["step", "from", "pay", "to"], [1, "interest", "interest", "A"], [2, "principal", "principal", "A"]]

    def trust(loans: Any) -> str:
        return str(one(call("XLFV_TRUST", "BIG", "2009-12-31", loans, bonds, waterfall, folder=tmp_path)))

    by_path = trust("tape.csv")
    tape = str(one(call("XLFV_TABLE", str(tmp_path / "tape.csv"), "tape")))
    assert tape.startswith("table:tape:")
    assert trust(tape) == by_path
    summary = dict(call("XLFV_TRUST_SUMMARY", by_path)[:6])  # type: ignore[arg-type]
    assert summary["loans"] == 20_000.0
    assert summary["pool balance ($)"] == pytest.approx(balance, abs=0.01)
    handles.forget_memory()
    (tmp_path / "tape.csv").unlink()
    assert trust(tape) == by_path  # from the store alone
    assert sorted(path.name.partition("~")[0] for path in store.iterdir()) == ["table", "trust"]
    assert "no file" in fails("XLFV_TABLE", "tape.csv", code="#N/A", folder=tmp_path)
