"""Calls about fair value and the books, one file a family; pointed to by their number among all of a name."""

from tests.excel.goldens import attribution, blended, book, books, disclosure, liabilities, months, yields

CALLS = [
    *months.CALLS,
    *yields.CALLS,
    *blended.CALLS,
    *liabilities.CALLS,
    *attribution.CALLS,
    *books.CALLS,
    *disclosure.CALLS,
    *book.CALLS,
]
