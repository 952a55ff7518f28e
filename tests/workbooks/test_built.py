"""The workbook that is shipped is the one that its sources build."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from workbooks import build
from xlfv.excel import handles
from xlfv.excel.book import write_book
from xlfv.months.folder import read_month
from xlfv.months.valued import roll_month, value_month

ROOT = Path(__file__).resolve().parents[2]


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def test_the_shipped_workbook_is_the_one_that_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    handles.configure(None)
    (tmp_path / build.FOLDER).symlink_to(ROOT / build.SAMPLE)
    valued = value_month(read_month(build.SAMPLE, build.MONTH))
    rolled = roll_month(valued, build.SAMPLE)
    built = write_book(valued, rolled, tmp_path / build.BOOK.name, data_folder=build.FOLDER)
    shipped, fresh = members(build.BOOK), members(built)
    assert list(shipped) == list(fresh)
    differing = [name for name in fresh if shipped[name] != fresh[name]]
    assert differing == [], "build it anew: python -m workbooks.build"


def test_the_shipped_workbook_names_no_machine() -> None:
    for name, content in members(ROOT / build.BOOK).items():
        assert str(ROOT).encode() not in content, name
        assert not re.search(rb"(?<![\w.])/(root|home|tmp|work|Users)/|[A-Z]:\\Users", content), name
