"""The sample month, its book of months and the shelf deal as workbooks: ``python -m workbooks.build`` in the repository's root.

A picture of the month's Summary, one of the months' history and one of the shelf deal's story are drawn beside them.

The pictures need LibreOffice (``soffice``) and ``pdftoppm``; without them only the workbooks are written.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from workbooks import months_book, shelf_book
from xlfv.excel.book import write_book
from xlfv.excel.book.write import calculate, draft
from xlfv.excel.monthly.plan import HISTORY
from xlfv.months.folder import read_month
from xlfv.months.valued import roll_month, value_month

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
    shelf_book.main()
    months = months_book.main()
    if shutil.which("soffice") and shutil.which("pdftoppm"):
        answers = calculate(draft(valued, rolled, FOLDER).content(), BOOK.name, beside=BOOK.resolve().parent)
        picture(draft(valued, rolled, FOLDER, answers, plain=True).content(), "Summary", PICTURE)
        picture(months, HISTORY, months_book.PICTURE)
        picture(shelf_book.content("all"), shelf_book.STORY, shelf_book.PICTURE)


def picture(content: bytes, sheet: str, to: Path) -> None:
    """A sheet's first page as printed. A copy with values alone is drawn, as LibreOffice does not know the functions."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "plain.xlsx"
        copy.write_bytes(content)
        profile = f"-env:UserInstallation={(Path(place) / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", place, str(copy)]
        subprocess.run(command, check=True, capture_output=True)
        printed = str(copy.with_suffix(".pdf"))
        page = str(_page_of(sheet, printed))
        subprocess.run(
            ["pdftoppm", "-f", page, "-r", "110", "-png", "-singlefile", printed, str(to.with_suffix(""))], check=True
        )


def _page_of(sheet: str, printed: str) -> int:
    """The page that begins with a sheet's title."""
    text = subprocess.run(["pdftotext", printed, "-"], check=True, capture_output=True, text=True).stdout
    return next(k for k, page in enumerate(text.split("\f"), 1) if page.startswith(sheet))


if __name__ == "__main__":
    main()
