"""The level 3 rollforward in the shape of the letter: opening, gains and losses, settlements, closing; and its footing.

Source: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, the table proposed in response 1. Liabilities
are negative, as printed there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

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
FURTHER = {
    "oci": "Gains (losses) included in other comprehensive income",
    "transfers_in": "Transfers into level 3",
    "transfers_out": "Transfers out of level 3",
    "purchases": "Purchases",
    "issuances": "Issuances",
    "unexplained": "Unexplained (0 = the ledger has the cash that the states imply)",
    "unrealized_change": "Gains (losses) of the period on what is still held",
    "unrealized_held": "Unrealized gains (losses) on what is still held: fair value less unpaid principal, of a residual less its"
    " cost (term residual_cost; blank without it)",
}
"""Rows of later years' forms, and the remainder; the last two tell of the others and are not added in."""
TOLD = ("unrealized_change", "unrealized_held")
# How the rows are recognized, first match first: the letter's words and the short ones.
_PATTERNS = (
    ("oci", r"other comprehensive income|^oci"),
    ("unrealized_held", r"^(total )?unrealized.*still held"),
    ("total", r"^total"),
    ("unexplained", r"^unexplained"),
    ("unrealized_change", r"^gains.* of the period on what is still held|^unrealized.change"),
    ("unrealized_held", r"still held"),
    ("interest_income", r"interest\b.*\bincome\b"),
    ("interest_expense", r"interest\b.*\bexpense\b"),
    ("change_in_debt", r"changes? in (fv|fair value|debt).*\b(debt|ltd)\b|changes? in (debt|ltd)\b"),
    ("reo_losses", r"from (reo|real estate owned)\b|reo (loss|gain)"),
    ("change_in_fair_value", r"changes? in (fv|fair value)"),
    ("transfers", r"\bin (and/?or|and|or|/) out\b|^transfers$"),
    ("transfers_in", r"transfers? (in|into)\b"),
    ("transfers_out", r"transfers? out\b"),
    ("transfers", r"transfer"),
    ("purchases", r"^purchases?$"),
    ("issuances", r"^issuances?$"),
    ("settlements", r"purchase|issuance|settlement|^sales?$"),
)
_NAMES = ("row", "item", "activity", "line", "valuation_basis")
"""Columns that name a row; the last is the letter's."""
_LABELS = (*_NAMES, "trust")
_DASHES = ("-", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}", "--")
"""Nothing, as a table prints it."""
_DATED = re.compile(
    r"^(recorded_)?(book_value|fair_value|balance)\b.*\d|^(recorded_)?(book|fair)_value_(at|as_of|@)|book_value"
)
_BEGINS, _ENDS = re.compile(r"opening|^beginning"), re.compile(r"closing|^ending")
NET = "net_trust_assets"
"""A total that printed tables may give: trust assets and trust liabilities together."""
_ITEMS = (
    ("investment_securities_afs", r"investment securities"),
    ("securitized_mortgage_collateral", r"securitized mortgage collateral"),
    ("derivative_assets", r"(net )?derivative assets(?! and)"),
    ("real_estate_owned", r"(real estate owned|reo)\b"),
    ("total_trust_assets", r"total (trust )?assets"),
    ("securitized_mortgage_borrowings", r"securitized mortgage borrowings"),
    ("derivative_liabilities", r"(net )?derivative liabilities(?! and)"),
    ("total_trust_liabilities", r"total (trust )?liabilities"),
    (NET, r"net trust assets"),
    ("long_term_debt", r"long term debt"),
)
Amounts = dict[str, float]


@dataclass(frozen=True)
class Rollforward:
    """A rollforward.

    Attributes:
        begin, end: opening and closing value by item.
        activity: amounts by row and item: all of :data:`ACTIVITY`, of :data:`FURTHER` those there are.
    """

    begin: Amounts
    activity: dict[str, Amounts]
    end: Amounts

    def amount(self, row: str, item: str) -> float:
        """Amount of a row; 0 where the rollforward has no such row."""
        return self.activity[row][item] if row in self.activity else 0.0

    def gains(self, item: str) -> float:
        """Total gains (losses) included in earnings of an item."""
        return sum(self.activity[row][item] for row in GAINS)

    def moved(self, item: str) -> float:
        """Everything between opening and closing but the gains included in earnings."""
        rows = [row for row in self.activity if row not in GAINS and row not in TOLD]
        return sum(self.activity[row][item] for row in rows)

    def gap(self, item: str) -> float:
        """Opening, gains, transfers, settlements and what is unexplained, less closing: 0 where the item foots."""
        return self.begin[item] + self.gains(item) + self.moved(item) - self.end[item]

    @property
    def letter(self) -> Rollforward:
        """The letter's seven rows alone: transfers in and out are one, purchases and issuances join the settlements.

        What is unexplained is left out and shows as a footing difference; so do gains in other comprehensive income.
        """
        rows = {row: dict(self.activity[row]) for row in ACTIVITY}
        for item in ITEMS:
            rows["transfers"][item] += self.amount("transfers_in", item) + self.amount("transfers_out", item)
            rows["settlements"][item] += self.amount("purchases", item) + self.amount("issuances", item)
        return Rollforward(self.begin, rows, self.end)

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
    label = next((c for c in _NAMES if c in activity.columns), None)
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
            todo = f"one of: {', '.join((*ACTIVITY.values(), *FURTHER.values()))}"
            faults.append(Fault(f"the row '{name}' is not known", activity.where(k, label), todo))
        else:
            row = moves.setdefault(kind, dict.fromkeys(ITEMS, 0.0))
            for item in ITEMS:
                row[item] += amounts.get(item, 0.0)
    rollforward = Rollforward(opening, moves, closing)
    for k, given in totals:
        _check_total(rollforward, given, activity.where(k, label), faults)
    refuse_if(faults)
    return rollforward


def read_rows(table: Table, faults: list[Fault]) -> list[Rollforward]:
    """Rollforwards from printed rows: each from its row "opening" to its row "closing", stacked one below the other.

    Rows of totals are checked; footing differences and headers in between are passed over.
    """
    table = _known_items(table, faults)
    label = next((c for c in _NAMES if c in table.columns), None)
    if label is None:
        faults.append(Fault("there is no column row", table.place.start, "name the rows in a column row"))
        return []
    found: list[Rollforward] = []
    block = _Block(table, label, faults)
    for k, cell in enumerate(table.columns[label]):
        words = plain(as_text(cell)) if cell is not None else ""
        if words in ("", *_NAMES) or words.startswith("footing"):
            continue
        done = block.take(k, words)
        found += [done] if done is not None else []
    block.finish()
    return found


class _Block:
    """A printed rollforward as its rows are read."""

    def __init__(self, table: Table, label: str, faults: list[Fault]) -> None:
        self.table, self.label, self.faults = table, label, faults
        self.begin: Amounts | None = None
        self.end: Amounts | None = None
        self.since = 0

    def take(self, k: int, words: str) -> Rollforward | None:
        """One row; the rollforward that it completes."""
        where = self.table.where(k, self.label)
        read = _row(self.table, k, self.faults, skip=self.label)
        amounts = {item: read.get(item, 0.0) for item in ITEMS}
        value = bool(_DATED.search(words))  # the letter and the filings name these rows by date
        ends = bool(_ENDS.search(words))
        if _BEGINS.search(words) or (value and not ends and (self.begin is None or self.end is not None)):
            self.finish()
            self.begin, self.since = amounts, k
            self.moves: dict[str, Amounts] = {row: dict.fromkeys(ITEMS, 0.0) for row in ACTIVITY}
            self.totals: list[tuple[str, dict[str, float]]] = []
            self.done: Rollforward | None = None
            return None
        if self.begin is None:
            todo = "begin each rollforward with its opening"
            self.faults.append(Fault(f"the row '{words}' stands before an opening", where, todo))
            return None
        if ends or value:
            self.end = amounts
            self.done = Rollforward(self.begin, self.moves, amounts)
            for at, given in self.totals:
                _check_total(self.done, given, at, self.faults)
            return self.done
        kind = _row_kind(words)
        if kind == "total":
            self.totals.append((where, read))
        elif kind is None:
            todo = f"one of: {', '.join((*ACTIVITY.values(), *FURTHER.values()))}"
            self.faults.append(Fault(f"the row '{self.table.columns[self.label][k]}' is not known", where, todo))
        elif self.end is not None and kind not in TOLD:
            self.faults.append(Fault(f"the row '{words}' stands behind the closing", where, "end with the closing"))
        else:
            row = self.moves.setdefault(kind, dict.fromkeys(ITEMS, 0.0))
            for item in ITEMS:
                blank = kind == "unrealized_held" and item in self.table.columns and item not in read
                row[item] += math.nan if blank else amounts[item]  # of a residual without a cost nothing is told
        return None

    def finish(self) -> None:
        """The block ends here: it has a closing."""
        if self.begin is not None and self.end is None:
            where = self.table.where(self.since, self.label)
            self.faults.append(Fault("a rollforward has no closing", where, "end it with its closing"))
        self.begin = self.end = None


def item_of(name: str) -> str:
    """The item that a heading means, by our name, the letter's or another year's title; the name itself where it means none.

    Titles may carry their measurement (Lvl 3 FV, NRV) before them and anything after them.
    """
    if name in COLUMNS:
        return name
    words = re.sub(r"^((lvl|level) ?3|fv|nrv|fair value|recurring) ", "", re.sub(r"[\s_]+", " ", name.lower()).strip())
    words = re.sub(r"^(fv|nrv) ", "", words)
    return next((item for item, pattern in _ITEMS if re.match(pattern, words)), name)


def _row_kind(name: str) -> str | None:
    words = re.sub(r"[\s_]+", " ", str(name).strip().lower())
    return next((kind for kind, pattern in _PATTERNS if re.search(pattern, words)), None)


def _amount(table: Table, k: int, column: str, faults: list[Fault]) -> float:
    cell = table.columns[column][k]
    if cell is None:
        return 0.0
    try:
        if isinstance(cell, ErrorCell):
            raise Refused(Fault(f"the cell holds the error {cell}", todo="mend the cell it comes from"))
        if isinstance(cell, str) and cell.strip() in _DASHES:
            return 0.0
        return as_number(cell, text=table.text)
    except Refused as refusal:
        faults.append(Fault(refusal.faults[0].what, table.where(k, column), refusal.faults[0].todo))
        return 0.0


def _row(table: Table, k: int, faults: list[Fault], skip: str) -> dict[str, float]:
    """One row's amounts by column; given totals are checked against their parts."""
    found = {}
    for column in table.columns:
        if column not in (skip, "trust") and column in (*COLUMNS, NET) and table.columns[column][k] is not None:
            found[column] = _amount(table, k, column, faults)
    _check_sums(found, table.columns, table.where(k, "total_trust_assets"), faults)
    return found


def _check_sums(found: Mapping[str, float], given: Collection[str], where: str, faults: list[Fault]) -> None:
    """Totals that are given equal their parts."""
    sums = (("total_trust_assets", ASSETS), ("total_trust_liabilities", LIABILITIES), (NET, ASSETS + LIABILITIES))
    for total, parts in sums:
        added = sum(found.get(part, 0.0) for part in parts)
        if total in given and found.get(total) is not None and abs(found[total] - added) > 0.5:
            what = f"{total} is {found[total]:,.2f} and its parts add up to {added:,.2f}"
            faults.append(Fault(what, where, "mend the total or a part"))


def _known_items(table: Table, faults: list[Fault]) -> Table:
    """The table with its items named as ours, whether it has our names or the letter's titles."""
    names = {column: item_of(column) for column in table.columns}
    for column, name in names.items():
        if list(names.values()).count(name) > 1 and name in (*COLUMNS, NET):
            where = table.place.cell(-1, table.order.index(column))
            faults.append(Fault(f"the item {name} stands in two columns, one of them '{column}'", where, "keep one"))
    if not {"amount", "fair_value", "value"} & set(names):  # long tables name their items in cells
        for column, name in names.items():
            if name not in (*COLUMNS, NET) and name not in _LABELS:
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
            item = item_of(item)
            if item in ITEMS:
                found[item] += _amount(table, k, amount, faults)
            elif item in (*COLUMNS, NET):
                sums[item] = _amount(table, k, amount, faults)
            elif item:
                faults.append(
                    Fault(f"the item '{cell}' is not known", table.where(k, "item"), f"one of: {', '.join(ITEMS)}")
                )
        _check_sums({**found, **sums}, sums, table.place.start, faults)
        return found
    label = next((c for c in _NAMES if c in table.columns), "")
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
