"""The sample month as a workbook, and its Summary as a picture: ``python -m workbooks.build`` in the repository's root.

The picture needs LibreOffice (``soffice``) and ``pdftoppm``; without them only the workbook is written.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from xlfv.excel.book import write_book
from xlfv.excel.book.write import calculate, draft
from xlfv.months.folder import read_month
from xlfv.months.valued import Rolled, ValuedMonth, roll_month, value_month

MONTH = "2009-12"
SAMPLE = Path("workbooks/sample")
FOLDER = "sample"  # as Control shows it: beside the workbook, which names no machine
BOOK = Path("workbooks/valuation.xlsm")
PICTURE = Path("workbooks/valuation.png")


def main() -> None:
    """Write the workbook and the picture."""
    valued = value_month(read_month(SAMPLE, MONTH))
    rolled = roll_month(valued, SAMPLE)
    write_book(valued, rolled, BOOK, print, data_folder=FOLDER)
    if shutil.which("soffice") and shutil.which("pdftoppm"):
        picture(valued, rolled)


def picture(valued: ValuedMonth, rolled: Rolled | None) -> None:
    """The Summary as printed. A copy with values alone is drawn, as LibreOffice does not know the functions."""
    answers = calculate(draft(valued, rolled, FOLDER).content(), BOOK.name, beside=BOOK.resolve().parent)
    content = draft(valued, rolled, FOLDER, answers, plain=True).content()
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "plain.xlsx"
        copy.write_bytes(content)
        profile = f"-env:UserInstallation={(Path(place) / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", place, str(copy)]
        subprocess.run(command, check=True, capture_output=True)
        printed = str(copy.with_suffix(".pdf"))
        page = str(_page_of("Summary", printed))
        subprocess.run(
            ["pdftoppm", "-f", page, "-r", "110", "-png", "-singlefile", printed, str(PICTURE.with_suffix(""))],
            check=True,
        )


def _page_of(sheet: str, printed: str) -> int:
    """The page that begins with a sheet's title."""
    text = subprocess.run(["pdftotext", printed, "-"], check=True, capture_output=True, text=True).stdout
    return next(k for k, page in enumerate(text.split("\f"), 1) if page.startswith(sheet))


if __name__ == "__main__":
    main()
