"""A large text read at once has the cells, places and faults that the careful reader gives."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from tests.months.intake.small import SAMPLE
from xlfv.months.intake import quick
from xlfv.months.intake.found import numbers_of
from xlfv.months.intake.quick import read_large
from xlfv.months.intake.values import alike
from xlfv.tables import Refused
from xlfv.tables.files import Layout, read_file
from xlfv.trust.loans import LOANS


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "LARGE", 0)


def _same(file: Path, layout: Layout | None = None, *, at_once: bool = True) -> None:
    numbers = numbers_of("loans")
    one, other = read_large(file, "loans", layout, numbers), read_file(file, "loans", layout)
    assert (one.order, one.place, one.lines, one.text) == (other.order, other.place, other.lines, other.text)
    assert list(one.columns) == list(other.columns)
    for name, cells in one.columns.items():
        assert len(cells) == len(other.columns[name])
        assert all(map(alike, cells, other.columns[name])), name
    if at_once and "balance" in one.columns:
        assert {type(cell) for cell in one.columns["balance"]} <= {float, type(None)}


@pytest.mark.parametrize("trust", ["ICMB-2005-A", "ICMB-2004-F", "IMFC-2006-MF"])
def test_the_samples_tapes_make_the_same_loans(trust: str) -> None:
    file = SAMPLE / trust / "2009-12" / "loans.csv.gz"
    _same(file)
    one, other = read_large(file, "loans", None, numbers_of("loans")), read_file(file, "loans")
    assert LOANS.read(one, []).digest() == LOANS.read(other, []).digest()


AWKWARD = [
    'loan_id,balance,state\n007,1.5,"CA, the state"\n8, 2e3 ,\n9,,NY\n',
    'loan_id,balance,state\n1,0.1,"say ""CA"""\n2,0.30000000000000004,x\n',
    "\ufeffloan_id,balance\r\n1,2\r\n2,3\r\n",
    "loan_id,balance\n1,2\n2,3",
    "\n\nloan_id,balance\n1,2\n",
    "loan_id,balance,state\n1,2\n2\n",
    "loan_id,balance\n#N/A,2\n1,#REF!\n",
    "loan_id,balance\n1,1_000\n2,inf\n3,nan\n4,0x10\n5,1e400\n",
    "loan_id,balance\n1,+5\n2,-0\n3,.5\n4,5.\n",
    "loan_id,balance,\n1,2,\n3,4,5\n",
    "loan_id,balance\n 1 ,\t2\n\u00a03,4\n",
    "loan_id,balance\n1,2\n\n3,4\n",
    'loan_id,balance\n"1\n2",2\n3,4\n',
    "loan_id,balance\nM\u00fcller,2\n\u65e5\u672c,4\n",
    "loan_id,balance\nNULL,2\nnull,NULL\n",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_are_read_alike(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(text.encode())
    _same(file, at_once=False)
    file.write_bytes(text.replace(",", ";").encode("utf-16"))
    _same(file, Layout(";", "utf-16"), at_once=False)


@pytest.mark.parametrize(
    "text",
    [
        "loan_id,balance\n1,2\n1,2,3\n", "loan_id,balance,balance\n1,2,3\n", "loan_id,balance\n1,\x002\n", "", "\n\n",
        'loan_id,balance\n1,"2\n3,4\n', 'loan_id,balance\n1,"2"x\n', "#REF!,balance\n1,2\n",
    ],
)  # fmt: skip
def test_bad_texts_are_refused_alike(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(text.encode())
    with pytest.raises(Refused) as one:
        read_file(file, "loans")
    with pytest.raises(Refused) as other:
        read_large(file, "loans", None, numbers_of("loans"))
    assert [f.what for f in one.value.faults] == [f.what for f in other.value.faults]


def test_random_numbers_have_the_same_bits(tmp_path: Path) -> None:
    draw = random.Random(7)
    words = [f"{draw.uniform(-1, 1) * 10 ** draw.randint(-30, 30):.{draw.randint(1, 17)}g}" for _ in range(20_000)]
    file = tmp_path / "x.csv.gz"
    file.write_bytes(gzip.compress(("loan_id,balance\n" + "".join(f"{k},{w}\n" for k, w in enumerate(words))).encode()))
    table = read_large(file, "loans", None, ["balance"])
    assert table.columns["balance"] == [float(word) for word in words]


def test_a_bad_cell_of_a_large_tape_is_named_with_row_and_loan(tmp_path: Path) -> None:
    rows = [f"L{k},{k + 1}.50,0.06,300" for k in range(60_000)]
    rows[43_210] = "L43210,12x,0.06,300"
    rows[50_000] = "L50000,1.0,6.25,300"
    file = tmp_path / "x.csv"
    file.write_text("loan_id,balance,rate,remaining_term\n" + "\n".join(rows) + "\n")
    faults: list = []
    LOANS.read(read_large(file, "loans", None, numbers_of("loans")), faults)
    assert [f.where for f in faults] == [
        "x.csv row 43212, column balance, loan_id L43210", "x.csv row 50002, column rate, loan_id L50000",
    ]  # fmt: skip


def test_a_row_too_long_in_a_text_too_large_for_the_careful_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlfv.tables.files.MOST_CELLS", 1000)
    file = tmp_path / "x.csv"
    file.write_text("loan_id,balance\n" + "".join(f"{k},1{',9' * (k == 700)}\n" for k in range(1000)))
    with pytest.raises(Refused, match=r"the row has 3 cells and the header 2 \[x.csv row 702\]"):
        read_large(file, "loans")
