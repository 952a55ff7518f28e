"""Loans whose months are worked by hand."""

from __future__ import annotations

from tests.builders import Row


def io(name: str, balance: float = 100000.0, **terms: object) -> Row:
    """An interest-only loan of 6%."""
    return {
        "loan_id": name,
        "balance": balance,
        "rate": 0.06,
        "remaining_term": 300,
        "interest_only_months": 120,
        **terms,
    }
