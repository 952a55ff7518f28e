"""The valuation workbook: a month of trusts as sheets of formulas with their values."""

from xlfv.excel.book.write import write_book

__all__ = ["write_book"]
