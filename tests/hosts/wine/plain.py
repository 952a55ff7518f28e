"""Cells of the client in the form in which JSON takes them, and cells' addresses."""

from __future__ import annotations

from typing import Any

from tests.hosts.wine.variants import Block, Error
from xlfv.excel.codec import ERROR_NUMBERS, cell_name
from xlfv.excel.hosts.protocol import ERROR


def plain(result: Any) -> Any:
    """A result: an error as the text that stands for it in the protocol, an array as lists."""
    if isinstance(result, Block):
        return [[plain(cell) for cell in row] for row in result.rows]
    if isinstance(result, list):
        return [plain(cell) for cell in result]
    return f"{ERROR}{result.number}" if isinstance(result, Error) else result


def seen(value: Any) -> Any:
    """A value of the golden table as ``Value2`` gives it: a block, an error, a scalar."""
    if isinstance(value, list):
        rows = [[seen(cell) for cell in row] for row in value]
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else Block(rows)
    return Error(ERROR_NUMBERS[value]) if isinstance(value, str) and value in ERROR_NUMBERS else value


def address(book: str, sheet: str, row: int, column: int) -> str:
    """An external address as Excel writes it, with dollars: ``'[Book.xlsx]Sheet 1'!$A$1``."""
    letters = cell_name(1, column)[:-1]
    return f"'[{book}]{sheet}'!${letters}${row}"
