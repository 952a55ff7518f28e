"""A small deal with every source of cash: loans, REO, a swap, a reserve account, an insurer, costs, other assets."""

from __future__ import annotations

from typing import Any

from tests.valuation.deals import INDICES, LOANS, grid_table, small_deal
from xlfv.projection.projection import Projection
from xlfv.valuation.yields import Chosen, read_yields

SWAP = [
    ["hedge", "type", "notional", "pay_rate", "receive_index", "end"],
    ["S", "swap", 5e6, 0.02, "LIBOR_1M", 100],
]
OWNED = [
    ["loan_id", "balance", "value", "selling_cost", "advances", "months_to_sale"],
    ["R1", 300_000, 250_000, 0.08, 10_000, 5],
]
BONDS = [
    ["tranche", "balance", "coupon", "kind", "insured_by", "delay_days", "final_month"],
    ["A", 8e6, 0.05, "senior", None, 24, None],
    ["M", 1e6, 0.06, "mezzanine", "FSA", 0, 200],
    ["B", 0.8e6, 0.07, "subordinate", None, 0, None],
]
STEPS = [
    ["step", "from", "pay", "to", "amount"],
    ["fee", "interest", "trustee", None, None],
    ["swap", "interest", "hedge", None, None],
    ["i", "interest", "interest", "A, M, B", None],
    ["hi", "hedge", "interest", "A, M, B", None],
    ["ri", "reserve", "interest", "A", None],
    ["fi", "FSA", "interest", "M", None],
    ["p", "principal", "principal", "A, M, B", None],
    ["fl", "FSA", "writedown", "M", None],
    ["dep", "excess", "deposit", "reserve", None],
    ["oc", "excess", "oc", "A, M, B", None],
    ["loss", "principal", "writedown", "B, A", None],
    ["back", "excess", "reimbursement", "FSA", None],
    ["r", "excess", "residual", None, None],
]
ACCOUNTS = [["account", "balance", "target"], ["reserve", 20_000.0, 50_000.0]]
TERMS: list[list[Any]] = [
    ["term", "value"],
    ["oc_target", 300_000],
    ["cash_in_transit", 12_345.0],
    ["other_assets", 500.0],
    ["other_liabilities", 1_000.0],
]
HARSH = [["month", "cpr", "cdr", "severity", "recovery_lag"], [1, 0.08, 0.09, 0.6, 9]]


def whole_deal(*terms: list[Any], **changed: Any) -> Projection:
    """The deal, with terms added and tables changed; curves under which the insurer pays."""
    tables: dict[str, Any] = {
        "bonds": BONDS, "waterfall": STEPS, "hedges": SWAP, "reo": OWNED, "accounts": ACCOUNTS, "indices": INDICES,
        "terms": [*TERMS, *terms], "loans": LOANS, "curves": HARSH,
    }  # fmt: skip
    return small_deal(**(tables | changed))


def chosen(deal: Projection, rows: list[list[Any]] | None = None, **rates: float) -> dict[str, Chosen]:
    """Yields of the deal; ``rows`` add columns: item, then basis, cash_basis, wrap."""
    known = {"A": 0.07, "M": 0.12, "B": 0.2, "residual": 0.25, **rates}
    more = {row[0]: row[1:] for row in rows or []}
    grid = [["item", "yield", "basis", "cash_basis", "wrap"]]
    grid += [[name, rate, *more.get(name, [None, None, None])] for name, rate in known.items()]
    return read_yields(grid_table("yields", grid), deal.trust)
