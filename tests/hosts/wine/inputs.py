"""Inputs that both sides make for themselves: the client sends them, the test calls directly with them."""

from __future__ import annotations

from typing import Any

SMALL, LARGE = 25, 100_000  # loans; so many take more than a second
AS_OF = 40178.0  # 31 December 2009
BONDS = [["tranche", "balance", "coupon"], ["A", 90e6, 0.06], ["B", 8e6, 0.07]]
WATERFALL = [
    ["step", "from", "pay", "to"],
    [1.0, "interest", "interest", "A, B"],
    [2.0, "principal", "principal", "A, B"],
    [3.0, "excess", "residual", None],
]
CURVES = [["month", "cpr", "cdr", "severity"], [1.0, "6 ramp 24 to 12", 0.01, 0.4]]


def loans(count: int) -> list[list[Any]]:
    """A pool of 100 million in so many loans of 30 years."""
    each = 100e6 / count
    head = ["loan_id", "balance", "rate", "remaining_term"]
    return [head, *([f"L{k}", each, 0.08, 360.0] for k in range(1, count + 1))]


def as_csv(grid: list[list[Any]]) -> str:
    """The same as a file."""
    return "".join(",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in grid)


def many_cells() -> list[list[Any]]:
    """5,000 rows of 20 columns below a head: numbers, texts, booleans and blanks."""
    head: list[Any] = [f"column_{c}" for c in range(20)]
    return [head, *([_cell(r, c) for c in range(20)] for r in range(4_999))]


def _cell(row: int, column: int) -> Any:
    if column == 3:
        return f"Straße {row}"
    if column == 7:
        return row % 3 == 0
    return None if column == 11 and row % 5 else row * 1.25 + column
