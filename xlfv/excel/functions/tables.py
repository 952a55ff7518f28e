"""Large tables as handles: read once, used in many cells."""

from __future__ import annotations

from dataclasses import replace

from xlfv.excel.arguments import Arg
from xlfv.excel.kept_table import KeptTable
from xlfv.excel.registry import Example, function
from xlfv.tables import Table


@function(
    "XLFV_TABLE",
    family="trust",
    args=[
        Arg("source", "table", "a range with headers in its first row, or the path of a .csv, .csv.gz or .xlsx file"),
        Arg("name", "text", "what to call it in the handle and in messages, like loans", default="table"),
    ],
    result="handle",
    makes="table",
    source="xlfv",
    errors=["#N/A: there is no such file or sheet"],
    example=Example('=XLFV_TABLE(cash_table, "cash")', "table:cash:..."),
)
def table(source: Table, name: str) -> KeptTable:
    """Reads a table once and gives a handle to use wherever a table is taken.

    A file is read when the cell is calculated: after the file has changed, recalculate the cell. A relative path
    starts at the calling workbook's folder; a sheet of a workbook follows an exclamation mark, as in
    C:\\tapes\\may.xlsx!Loans, and so does a table of the book of months, as in
    months.duckdb!ICMB-2005-A/2009-12/loans.

    A path is taken exactly as it stands. It calls no other computer: a network path is opened only on the share where
    the workbook itself lies (map any other to a drive letter), a web address never. A file may have 256 MB, and 512 MB
    unpacked; a table 1,048,576 rows, 16,384 columns and 10,000,000 cells.
    """
    return KeptTable(replace(source, name=name))
