"""Real estate owned at net realizable value, and its movement between two month-ends.

Policy: a property comes on the books at its initial basis, its net realizable value at foreclosure. From then on it is carried at the
lower of that basis and its value less haircut, costs to sell and advances to be repaid. Losses are taken as they come; a later
recovery undoes earlier losses and no more, so that nothing is carried above its initial basis; a gain beyond it is taken at the
sale (ASC 360-10-35-40). Source of the row in the rollforward: Impac Mortgage Holdings, letter to the SEC of 3 February 2011,
response 1 ("losses from REO - not at FV but at net realizable value").

Amounts are signed so that a property's row foots across: opening + foreclosed in + sold + gain on sale + written down + written up +
not explained = closing. Between the two dates only the net of write-downs and write-ups is seen.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.schema import Column, Schema
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust

SALES = Schema(
    "sales",
    (
        Column("loan_id", "text", "the property sold, by its loan", required=True, unique=True),
        Column("date", "date", "day on which the cash came", required=True),
        Column("proceeds", "number", "cash to the trust, net of costs to sell and of advances repaid", "$", required=True),
        Column("initial_basis", "number", "net realizable value at foreclosure, for a property foreclosed after the first"
               " date, which stands in no table of REO", "$", low=0.0),
        Column("buyer", "text", "who bought it (told only)"),
    ),
    key="loan_id",
)  # fmt: skip
CENT = 0.005


@dataclass(frozen=True)
class Sale:
    """A sale: its day, its cash (dollars), and the initial basis where it is given (else not a number)."""

    date: dt.date
    proceeds: float
    initial_basis: float


@dataclass(frozen=True)
class Property:
    """A property at a date.

    Attributes:
        value: net realizable value (dollars).
        sale: what its sale would bring (dollars); above ``value`` where a gain is not taken.
        basis: initial basis (dollars), or not a number.
        balance: of its loan (dollars).
        foreclosed: day of the foreclosure, or None.
    """

    value: float
    sale: float
    basis: float
    balance: float
    foreclosed: dt.date | None = None


@dataclass(frozen=True)
class Move:
    """What became of one property, dollars; see the module for the signs.

    Attributes:
        loan_id: the property.
        opening, foreclosed_in, sold, gain_on_sale, written_down, written_up, not_explained, closing: the row.
        loan_balance: of its loan, at foreclosure for one foreclosed in, else at the last date on which it is owned.
        initial_basis: what it is never carried above; None where it is not given.
        not_taken: value less costs above the initial basis, not carried.
        held: it is owned at the second date.
        note: what the reader should know.
    """

    loan_id: str
    opening: float = 0.0
    foreclosed_in: float = 0.0
    sold: float = 0.0
    gain_on_sale: float = 0.0
    written_down: float = 0.0
    written_up: float = 0.0
    not_explained: float = 0.0
    closing: float = 0.0
    loan_balance: float | None = None
    initial_basis: float | None = None
    not_taken: float = 0.0
    held: bool = False
    note: str = ""

    @property
    def earned(self) -> float:
        """Gain (below 0: loss) of the period: sale, write-down and write-up (dollars)."""
        return math.fsum((self.gain_on_sale, self.written_down, self.written_up))

    @property
    def measured(self) -> bool:
        """Owned at the end, and measured in the period: foreclosed in, written down or written up."""
        return self.held and any((self.foreclosed_in, self.written_down, self.written_up))


AMOUNTS = (
    "opening", "foreclosed_in", "sold", "gain_on_sale", "written_down", "written_up", "not_explained", "closing",
)  # fmt: skip


@dataclass(frozen=True)
class Movement:
    """The movement of a trust's REO.

    Attributes:
        trust, opening_date, closing_date: whose, from when to when.
        moves: by property: those owned at the first date, then those foreclosed in, in the order of their tables.
    """

    trust: str
    opening_date: dt.date
    closing_date: dt.date
    moves: tuple[Move, ...] = field(default=())

    def total(self, amount: str) -> float:
        """Sum of one of :data:`AMOUNTS` (dollars), the same in whatever order the properties stand."""
        return math.fsum(getattr(move, amount) for move in self.moves)

    @property
    def losses(self) -> float:
        """The rollforward's losses from REO: below 0 a loss (dollars)."""
        return math.fsum(move.earned for move in self.moves)


def read_sales(table: Table | None, after: dt.date, until: dt.date) -> dict[str, Sale]:
    """Sales by loan_id.

    Args:
        table: the sales, or None for none.
        after, until: a sale lies after the first and not after the second.

    Raises:
        Refused: with every fault.
    """
    if table is None:
        return {}
    faults: list[Fault] = []
    sales = SALES.read(table, faults)
    read = {}
    for row, name in enumerate(sales["loan_id"]):
        if not sales.sound(row, "loan_id", "date", "proceeds"):
            continue
        date = dt.date.fromisoformat(str(sales["date"][row].astype("datetime64[D]")))
        if not after < date <= until:
            what = f"the sale of {name} on {date} does not lie after {after} and up to {until}"
            faults.append(Fault(what, table.where(row, "date"), "give the sales between the two dates"))
        read[str(name)] = Sale(date, float(sales["proceeds"][row]), float(sales["initial_basis"][row]))
    refuse_if(faults)
    return read


def properties(trust: Trust) -> dict[str, Property]:
    """A trust's properties by loan_id."""
    reo = trust["reo"]
    value, sale = net_realizable_values(reo)
    read = {}
    for k, name in enumerate(reo["loan_id"]):
        day = reo["foreclosure_date"][k]
        foreclosed = None if np.isnat(day) else dt.date.fromisoformat(str(day))
        basis, balance = float(reo["initial_basis"][k]), float(reo["balance"][k])
        read[str(name)] = Property(float(value[k]), float(sale[k]), basis, balance, foreclosed)
    return read


def reo_movement(before: Trust, after: Trust, sales: Table | None = None) -> Movement:
    """What became of every property between two dates.

    Args:
        before, after: the same trust at the two dates.
        sales: a table of :data:`SALES`, or None for none.

    Raises:
        Refused: two trusts, dates the wrong way round, an initial basis that has changed or is gone, a sale of a property that
            is not there or that is still owned; with every fault.
    """
    if before.name.lower() != after.name.lower():
        raise Refused(Fault(f"{before.name} and {after.name} are two trusts", todo="give one trust at two dates"))
    if not before.as_of < after.as_of:
        what = f"the first trust is of {before.as_of}, the second of {after.as_of}"
        raise Refused(Fault(what, todo="give the earlier first"))
    sold = read_sales(sales, before.as_of, after.as_of)
    owned, left = properties(before), properties(after)
    lent, now = _loans(before), _loans(after)
    faults = _faults(owned, left, sold, lent, before, after)
    refuse_if(faults)
    moves = [_kept(name, was, left, sold, now) for name, was in owned.items()]
    moves += [_foreclosed(name, here, lent, before.as_of) for name, here in left.items() if name not in owned]
    moves += [_passed_through(name, sale, lent[name][0]) for name, sale in sold.items() if name not in owned]
    return Movement(after.name, before.as_of, after.as_of, tuple(moves))


def _loans(trust: Trust) -> dict[str, tuple[float, str]]:
    """Balance and status of each loan."""
    loans = trust["loans"]
    balance = loans["balance"] + loans["deferred_balance"]
    return {str(n): (float(balance[k]), str(loans["status"][k])) for k, n in enumerate(loans["loan_id"])}


def _faults(
    owned: dict[str, Property],
    left: dict[str, Property],
    sold: dict[str, Sale],
    lent: dict[str, tuple[float, str]],
    before: Trust,
    after: Trust,
) -> list[Fault]:
    """What makes a movement impossible."""
    faults = []
    where = f"reo of {after.name} {after.as_of}"
    for name, was in owned.items():
        here = left.get(name)
        if here is None or np.isnan(was.basis):
            continue
        if np.isnan(here.basis):
            what = f"the initial basis of {name}, {was.basis:,.2f} on {before.as_of}, is not given any more"
            faults.append(Fault(what, where, "carry it on: value may not be written up above it"))
        elif abs(here.basis - was.basis) > CENT:
            what = f"the initial basis of {name} was {was.basis:,.2f} on {before.as_of} and is {here.basis:,.2f}"
            faults.append(Fault(what, where, "it never changes after foreclosure: mend one of them"))
    for name, sale in sold.items():
        if name in left:
            what = f"{name} was sold on {sale.date} and is still owned on {after.as_of}"
            faults.append(Fault(what, where, "take it out of the reo table, or out of the sales"))
        elif name not in owned and name not in lent:
            todo = f"owned on {before.as_of}: {', '.join(owned) or 'none'}"
            faults.append(Fault(f"{name} was sold and is not there", f"reo of {before.name} {before.as_of}", todo))
        elif name not in owned and np.isnan(sale.initial_basis):
            what = f"{name} was sold and was not owned on {before.as_of}"
            todo = "if it was foreclosed in between, give its initial_basis in the sales"
            faults.append(Fault(what, f"reo of {before.name} {before.as_of}", todo))
        elif name in owned and not np.isnan(sale.initial_basis):
            what = f"the sale of {name} gives an initial basis, and the property was owned on {before.as_of}"
            faults.append(Fault(what, "sales", "leave it blank there"))
    return faults


def _kept(
    name: str, was: Property, left: dict[str, Property], sold: dict[str, Sale], now: dict[str, tuple[float, str]]
) -> Move:
    """A property that was owned at the first date."""
    basis = None if np.isnan(was.basis) else was.basis
    if name in sold:
        cash = sold[name].proceeds
        return Move(name, was.value, sold=-cash, gain_on_sale=cash - was.value, loan_balance=was.balance,
                    initial_basis=basis)  # fmt: skip
    if name not in left:
        status = now[name][1] if name in now else ""
        back = (
            f"not owned any more, its loan is {status} again" if status else "not owned any more, and no sale is given"
        )
        return Move(name, was.value, not_explained=-was.value, loan_balance=was.balance, initial_basis=basis, note=back)
    here = left[name]
    change = here.value - was.value
    basis = None if np.isnan(here.basis) else here.basis
    uncapped = basis is None and change > 0.0
    return Move(
        name, was.value, written_down=min(change, 0.0), written_up=max(change, 0.0), closing=here.value,
        loan_balance=here.balance, initial_basis=basis, not_taken=here.sale - here.value, held=True,
        note="written up, and no initial basis is given that would hold it" if uncapped else "",
    )  # fmt: skip


def _foreclosed(name: str, here: Property, lent: dict[str, tuple[float, str]], opening: dt.date) -> Move:
    """A property that came since the first date: at its initial basis, then down to its value."""
    known = not np.isnan(here.basis)
    basis = here.basis if known else here.value
    notes = [] if known else ["its initial basis is not given: its value today stands for it"]
    if name not in lent:
        notes.append("its loan was not in the trust before")
    if here.foreclosed is not None and here.foreclosed <= opening:
        notes.append(f"foreclosed on {here.foreclosed}, and not among the properties of {opening}")
    balance = lent[name][0] if name in lent else here.balance
    return Move(
        name, foreclosed_in=basis, written_down=here.value - basis, closing=here.value, loan_balance=balance,
        initial_basis=basis, not_taken=here.sale - here.value, held=True, note="; ".join(notes),
    )  # fmt: skip


def _passed_through(name: str, sale: Sale, balance: float) -> Move:
    """A property foreclosed and sold between the dates."""
    basis = sale.initial_basis
    return Move(
        name, foreclosed_in=basis, sold=-sale.proceeds, gain_on_sale=sale.proceeds - basis, loan_balance=balance,
        initial_basis=basis, note="foreclosed and sold between the dates",
    )  # fmt: skip


def measured_at_nrv(moves: Sequence[Move]) -> tuple[float, float]:
    """For the non-recurring table: value at the end of the properties measured in the period, and their losses (dollars).

    A loss is below 0. Properties sold in the period are not held at its end and stand in neither.
    """
    held = [move for move in moves if move.measured]
    return math.fsum(m.closing for m in held), math.fsum(m.written_down + m.written_up for m in held)
