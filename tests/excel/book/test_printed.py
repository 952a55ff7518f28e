"""The book printed: LibreOffice opens it, and the copy with values prints every page without a cell that does not fit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.excel.book.conftest import Written


def _pdf(content: bytes, folder: Path) -> list[str]:
    """The text of each page as printed."""
    if not shutil.which("soffice") or not shutil.which("pdftotext"):
        if os.environ.get("CI"):
            pytest.fail("soffice and pdftotext are needed where CI is set")
        pytest.skip("NOT PROVED HERE: soffice and pdftotext are not installed")
    book = folder / "book.xlsx"
    book.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    printed = subprocess.run(
        ["pdftotext", "-layout", str(folder / "book.pdf"), "-"], check=True, capture_output=True, text=True
    )
    return printed.stdout.split("\f")[:-1]


def test_every_sheet_prints_and_every_number_fits(plain: bytes, sample: Written, tmp_path: Path) -> None:
    pages = _pdf(plain, tmp_path)
    titles = [page.strip().splitlines()[0].strip() for page in pages]
    for sheet in sample.formulas.sheetnames:
        assert sheet in titles, sheet
    assert not [n for n, page in enumerate(pages, 1) if "###" in page]
    assert not [n for n, page in enumerate(pages, 1) if re.search(r"#(NAME|VALUE|REF|N/A|NUM|DIV)|Err:5", page.split("Function  ")[0])
                and "Example and what it gives" not in page]  # fmt: skip
    assert not [n for n, page in enumerate(pages, 1) if len(page.split()) < 15], "a page with next to nothing on it"
    assert titles.count("Summary") == 1
    assert len(pages) < 112


def test_the_book_itself_opens(sample: Written, tmp_path: Path) -> None:
    pages = _pdf(sample.path.read_bytes(), tmp_path)
    summary = next(page for page in pages if page.strip().startswith("Summary"))
    assert "ICMB-2005-A" in summary
    assert "#" not in summary
