"""The level 3 rollforward in the shape of the letter: opening, gains and losses, settlements, closing; and its footing.

Source: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, the table proposed in response 1. Liabilities
are negative, as printed there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.tables import ErrorCell, Fault, Refused, Table, plain, refuse_if
from xlfv.tables.cells import as_number, as_text

ASSETS = ("investment_securities_afs", "securitized_mortgage_collateral", "derivative_assets", "real_estate_owned")
LIABILITIES = ("securitized_mortgage_borrowings", "derivative_liabilities")
DEBT = ("long_term_debt",)
ITEMS = ASSETS + LIABILITIES + DEBT
COLUMNS = (*ASSETS, "total_trust_assets", *LIABILITIES, "total_trust_liabilities", *DEBT)
TITLES = {
    "investment_securities_afs": "Investment securities available for sale",
    "securitized_mortgage_collateral": "Securitized mortgage collateral",
    "derivative_assets": "Derivative assets",
    "real_estate_owned": "Real estate owned (NRV)",
    "total_trust_assets": "Total trust assets",
    "securitized_mortgage_borrowings": "Securitized mortgage borrowings",
    "derivative_liabilities": "Derivative liabilities",
    "total_trust_liabilities": "Total trust liabilities",
    "long_term_debt": "Long-term debt",
}
GAINS = ("interest_income", "interest_expense", "change_in_fair_value", "change_in_debt", "reo_losses")
ACTIVITY = {
    "interest_income": "Interest income",
    "interest_expense": "Interest expense",
    "change_in_fair_value": "Change in FV of net trust assets, excluding REO",
    "change_in_debt": "Change in FV of long-term debt",
    "reo_losses": "Losses from REO - not at FV but at net realizable value",
    "transfers": "Transfers in and/or out of level 3",
    "settlements": "Purchases, issuances and settlements",
}
# How the rows are recognized, first match first: the letter's words and the short ones.
_PATTERNS = (
    ("total", r"^total"),
    ("interest_income", r"interest income"),
    ("interest_expense", r"interest expense"),
    ("change_in_debt", r"change in (fv|fair value|debt).*debt|change in debt"),
    ("reo_losses", r"(loss|losses) from reo|reo loss"),
    ("change_in_fair_value", r"change in (fv|fair value)"),
    ("transfers", r"transfer"),
    ("settlements", r"purchase|issuance|settlement"),
)
_LABELS = ("row", "item", "activity", "line")
_ALIASES = {plain(title): column for column, title in TITLES.items()}
Amounts = dict[str, float]


@dataclass(frozen=True)
class Rollforward:
    """A rollforward.

    Attributes:
        begin, end: opening and closing value by item.
        activity: amounts by row and item.
    """

    begin: Amounts
    activity: dict[str, Amounts]
    end: Amounts

    def gains(self, item: str) -> float:
        """Total gains (losses) included in earnings of an item."""
        return sum(self.activity[row][item] for row in GAINS)

    def gap(self, item: str) -> float:
        """Opening, gains, transfers and settlements, less closing: 0 where the item foots."""
        moved = self.activity["transfers"][item] + self.activity["settlements"][item]
        return self.begin[item] + self.gains(item) + moved - self.end[item]

    @property
    def net_trust_gain(self) -> float:
        """Change in fair value of trust assets and liabilities together with the losses from REO."""
        rows = (self.activity["change_in_fair_value"], self.activity["reo_losses"])
        return sum(row[item] for row in rows for item in ASSETS + LIABILITIES)


def with_totals(amounts: Mapping[str, float]) -> list[float]:
    """An amount for each of :data:`COLUMNS`, totals included."""
    totals = {
        "total_trust_assets": sum(amounts[item] for item in ASSETS),
        "total_trust_liabilities": sum(amounts[item] for item in LIABILITIES),
    }
    return [totals[c] if c in totals else amounts[c] for c in COLUMNS]


def build_rollforward(begin: Table, activity: Table, end: Table) -> Rollforward:
    """Read a rollforward's three tables.

    Args:
        begin, end: values by item: a header of :data:`ITEMS` over one row of amounts; or two columns, item and amount.
        activity: a column ``row`` (interest income, change in fair value ...) and a column an item. Several lines of one
            kind are added.

    Totals may be given too (columns ``total_trust_assets`` and ``total_trust_liabilities``, a row "total gains"): they
    are checked, never used.

    Raises:
        Refused: with every fault: an unknown item or row, text for an amount, a total that does not foot.
    """
    faults: list[Fault] = []
    begin, activity, end = (_known_items(table, faults) for table in (begin, activity, end))
    opening = _balances(begin, faults)
    closing = _balances(end, faults)
    moves: dict[str, Amounts] = {row: dict.fromkeys(ITEMS, 0.0) for row in ACTIVITY}
    totals: list[tuple[int, dict[str, float]]] = []
    label = next((c for c in ("row", "item", "activity", "line") if c in activity.columns), None)
    if label is None:
        raise Refused(Fault("the activity has no column row", activity.place.label, "name the rows in a column row"))
    for k, name in enumerate(activity.columns[label]):
        if name is None:
            continue
        kind = _row_kind(as_text(name))
        amounts = _row(activity, k, faults, skip=label)
        if kind == "total":
            totals.append((k, amounts))
        elif kind is None:
            todo = f"one of: {', '.join(ACTIVITY.values())}"
            faults.append(Fault(f"the row '{name}' is not known", activity.where(k, label), todo))
        else:
            for item in ITEMS:
                moves[kind][item] += amounts.get(item, 0.0)
    rollforward = Rollforward(opening, moves, closing)
    for k, given in totals:
        _check_total(rollforward, given, activity.where(k, label), faults)
    refuse_if(faults)
    return rollforward


def _row_kind(name: str) -> str | None:
    words = re.sub(r"[\s_]+", " ", name.strip().lower())
    return next((kind for kind, pattern in _PATTERNS if re.search(pattern, words)), None)


def _amount(table: Table, k: int, column: str, faults: list[Fault]) -> float:
    cell = table.columns[column][k]
    if cell is None:
        return 0.0
    try:
        if isinstance(cell, ErrorCell):
            raise Refused(Fault(f"the cell holds the error {cell}", todo="mend the cell it comes from"))
        return as_number(cell, text=table.text)
    except Refused as refusal:
        faults.append(Fault(refusal.faults[0].what, table.where(k, column), refusal.faults[0].todo))
        return 0.0


def _row(table: Table, k: int, faults: list[Fault], skip: str) -> dict[str, float]:
    """One row's amounts by column; given totals are checked against their parts."""
    found = {}
    for column in table.columns:
        if column != skip and column in COLUMNS and table.columns[column][k] is not None:
            found[column] = _amount(table, k, column, faults)
    _check_sums(found, table.columns, table.where(k, "total_trust_assets"), faults)
    return found


def _check_sums(found: Mapping[str, float], given: Collection[str], where: str, faults: list[Fault]) -> None:
    """Totals that are given equal their parts."""
    for total, parts in (("total_trust_assets", ASSETS), ("total_trust_liabilities", LIABILITIES)):
        added = sum(found.get(part, 0.0) for part in parts)
        if total in given and found.get(total) is not None and abs(found[total] - added) > 0.5:
            what = f"{total} is {found[total]:,.2f} and its parts add up to {added:,.2f}"
            faults.append(Fault(what, where, "mend the total or a part"))


def _known_items(table: Table, faults: list[Fault]) -> Table:
    """The table with its items named as ours, whether it has our names or the letter's titles."""
    names = {column: _ALIASES.get(column, column) for column in table.columns}
    if not {"amount", "fair_value", "value"} & set(names):  # long tables name their items in cells
        for column, name in names.items():
            if name not in COLUMNS and name not in _LABELS:
                where = table.place.cell(-1, table.order.index(column))
                faults.append(Fault(f"the item '{column}' is not known", where, f"one of: {', '.join(COLUMNS)}"))
    columns = {name: table.columns[column] for column, name in names.items()}
    return replace(table, columns=columns, order=tuple(names.get(column, column) for column in table.order))


def _balances(table: Table, faults: list[Fault]) -> Amounts:
    """Opening or closing values, wide or long."""
    amount = next((c for c in ("amount", "fair_value", "value") if c in table.columns), None)
    found = dict.fromkeys(ITEMS, 0.0)
    if amount is not None and "item" in table.columns:
        sums: dict[str, float] = {}
        for k, cell in enumerate(table.columns["item"]):
            item = plain(as_text(cell)) if cell is not None else ""
            item = _ALIASES.get(item, item)
            if item in ITEMS:
                found[item] += _amount(table, k, amount, faults)
            elif item in COLUMNS:
                sums[item] = _amount(table, k, amount, faults)
            elif item:
                faults.append(
                    Fault(f"the item '{cell}' is not known", table.where(k, "item"), f"one of: {', '.join(ITEMS)}")
                )
        _check_sums({**found, **sums}, sums, table.place.start, faults)
        return found
    label = next((c for c in ("row", "item", "line") if c in table.columns), "")
    if len(table) != 1:
        raise Refused(Fault(f"{table.name} has {len(table)} rows of amounts", table.place.label, "give one row"))
    found.update({k: v for k, v in _row(table, 0, faults, skip=label).items() if k in ITEMS})
    return found


def _check_total(rollforward: Rollforward, given: Mapping[str, float], where: str, faults: list[Fault]) -> None:
    """A given row of total gains equals the sum of its rows."""
    for item in ITEMS:
        if item in given and abs(given[item] - rollforward.gains(item)) > 0.5:
            what = f"total gains of {item} is {given[item]:,.2f} and its rows add up to {rollforward.gains(item):,.2f}"
            faults.append(Fault(what, where, "mend the total or a row"))


def matrix(rollforward: Rollforward) -> tuple[list[str], NDArray[np.float64]]:
    """The printed table: titles of rows, and float64[rows, 9] in the order of :data:`COLUMNS`; the last row is the gap."""
    gains = {item: rollforward.gains(item) for item in ITEMS}
    gap = {item: rollforward.gap(item) for item in ITEMS}
    rows: list[tuple[str, Mapping[str, float]]] = [("Recorded book value, opening", rollforward.begin)]
    rows += [(ACTIVITY[row], rollforward.activity[row]) for row in GAINS]
    rows.append(("Total gains (losses) included in earnings", gains))
    rows += [(ACTIVITY[row], rollforward.activity[row]) for row in ("transfers", "settlements")]
    rows += [("Recorded book value, closing", rollforward.end), ("Footing difference (0 = foots)", gap)]
    return [title for title, _ in rows], np.array([with_totals(amounts) for _, amounts in rows])


def grid(rollforward: Rollforward) -> list[list[Any]]:
    """The printed table with its header, as a sheet shows it."""
    titles, amounts = matrix(rollforward)
    header = ["", *(TITLES[c] for c in COLUMNS)]
    return [header, *([title, *row] for title, row in zip(titles, amounts.tolist(), strict=True))]
