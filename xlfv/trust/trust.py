"""A trust on a date: its parts read, checked against each other, and held together."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xlfv import progress
from xlfv.model import MODEL_HASH
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.schema import Records, Schema
from xlfv.tables.words import near_word
from xlfv.trust.accounts import ACCOUNTS
from xlfv.trust.bonds import BONDS, split_names, stale_accruals
from xlfv.trust.deal_faults import deal_faults
from xlfv.trust.deal_notices import deal_notices
from xlfv.trust.loans import LOANS
from xlfv.trust.loans import notices as loan_notices
from xlfv.trust.parts import COSTS, HEDGES, REO
from xlfv.trust.step_faults import step_faults
from xlfv.trust.terms import SCHEDULES, TERMS, TRIGGERS, Terms, read_terms, term_place
from xlfv.trust.waterfall import WATERFALL, Names, Step, read_waterfall

SCHEMAS: dict[str, Schema] = {
    schema.name: schema
    for schema in (LOANS, BONDS, WATERFALL, COSTS, TERMS, TRIGGERS, HEDGES, REO, SCHEDULES, ACCOUNTS)
}
"""Every table of a trust, by name."""
_NAMED_BY = {
    "loans": "loan_id", "bonds": "tranche", "costs": "cost", "triggers": "trigger", "hedges": "hedge", "reo": "loan_id",
    "schedules": "schedule", "accounts": "account",
}  # fmt: skip
STALE_DAYS = 62


@dataclass(frozen=True)
class Trust:
    """What a trust is on ``as_of``.

    Attributes:
        name: the trust's name.
        as_of: the valuation date.
        tables: the checked tables by name (``loans``, ``bonds``, ``costs`` ...); see :data:`SCHEMAS`.
        terms: the deal's terms.
        steps: the waterfall.
        notices: what the reader should know (unused columns, features left out).
        pool: balance of the collateral by loan group, where its cash is given instead of loans; else empty.
    """

    kind: ClassVar[str] = "trust"
    name: str
    as_of: dt.date
    tables: Mapping[str, Records]
    terms: Terms
    steps: tuple[Step, ...]
    notices: tuple[str, ...]
    digest: str
    _raw: Mapping[str, Records] = field(repr=False, default_factory=dict)
    pool: Mapping[str, float] = field(repr=False, default_factory=dict)

    def __getitem__(self, table: str) -> Records:
        return self.tables[table]

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Loan groups in order of name: of loans and REO; of a trust without loans, those that the deal and its cash name."""
        named = {*map(str, self["loans"]["group"]), *self.reo_groups, *self.pool}
        if not self.has_loans:
            named |= {
                *map(str, self["bonds"]["group"]),
                *map(str, self["costs"]["group"]),
                *map(str, self["hedges"]["group"]),
                *(s.group for s in self.steps),
            }
        return tuple(sorted(named - {""})) or ("1",)

    @property
    def has_loans(self) -> bool:
        """A table of loans was given, be it without a row."""
        return "loans" in self._raw

    @cached_property
    def reo_groups(self) -> tuple[str, ...]:
        """Loan group of each row of reo: that of its loan where it stands among the loans, else its own."""
        return tuple(_reo_groups(self["loans"], self["reo"]))

    @cached_property
    def tranches(self) -> tuple[str, ...]:
        """Names of the classes, in the table's order, without residual rows."""
        return tuple(str(t) for t in self["bonds"]["tranche"][self["bonds"]["kind"] != "residual"])

    @cached_property
    def classes(self) -> Records:
        """The bonds that the waterfall pays: all rows but residuals."""
        return self["bonds"].take(self["bonds"]["kind"] != "residual")

    def check_tranche(self, tranche: str) -> str:
        """The class's name as the trust spells it.

        Raises:
            Refused: there is no such class; ``code`` is ``#N/A``.
        """
        for name in self.tranches:
            if name.lower() == tranche.strip().lower():
                return name
        known = ", ".join(self.tranches) or "none"
        raise Refused(
            Fault(f"trust {self.name} has no tranche '{tranche}'", todo=f"its tranches: {known}"), code="#N/A"
        )

    @cached_property
    def insurers(self) -> tuple[str, ...]:
        """Insurers of classes, in order of name."""
        return tuple(sorted({str(i) for i in self.classes["insured_by"] if i}))

    @property
    def consolidated(self) -> bool:
        """The trust's assets and liabilities stand on the company's balance sheet (default yes)."""
        return self.terms.get("consolidated") != "no"

    @property
    def pool_balance(self) -> float:
        """Balance of all loans at the cut-off, REO and deferred balances included; of the cash given (dollars)."""
        if self.pool:
            return float(sum(self.pool.values()))
        loans = self["loans"]
        return float((loans["balance"] + loans["deferred_balance"]).sum() + self.reo_outside.sum())

    @cached_property
    def reo_outside(self) -> NDArray[np.float64]:
        """Balances of REO rows whose loan does not stand in the loan table (float64[rows of reo], 0 elsewhere)."""
        outside = ~np.isin(self["reo"]["loan_id"], self["loans"]["loan_id"])
        return np.where(outside, self["reo"]["balance"], 0.0)

    def pack(self) -> dict[str, NDArray]:
        """The whole content as plain arrays; :meth:`unpack` makes the same trust of them."""
        arrays: dict[str, NDArray] = {"name": np.array(self.name), "as_of": np.array(self.as_of.isoformat())}
        arrays["notices"] = np.array(self.notices, dtype=np.str_)
        for table, records in self._raw.items():
            for column in records:
                arrays[f"{table}/{column}"] = packed(records[column])
        return arrays

    @classmethod
    def unpack(cls, arrays: Mapping[str, NDArray]) -> Trust:
        """The trust that :meth:`pack` packed."""
        tables: dict[str, dict[str, list]] = {}
        for key, array in arrays.items():
            table, _, column = key.partition("/")
            if column:
                tables.setdefault(table, {})[column] = unpacked(array)
        read = {name: Table(name, columns, order=tuple(columns), text=True) for name, columns in tables.items()}
        trust = build_trust(str(arrays["name"]), dt.date.fromisoformat(str(arrays["as_of"])), read)
        return replace(trust, notices=tuple(map(str, arrays["notices"])))


def packed(array: NDArray) -> NDArray:
    """A checked column as a plain array: dates as text, "" where none is given."""
    return np.where(np.isnat(array), "", np.datetime_as_string(array)) if array.dtype.kind == "M" else array


def _reo_groups(loans: Records, reo: Records) -> list[str]:
    """Each REO's group; "1" where neither it nor its loan names one."""
    named = dict(zip(map(str, loans["loan_id"]), map(str, loans["group"]), strict=True))
    return [named.get(str(i), str(g) or "1") for i, g in zip(reo["loan_id"], reo["group"], strict=True)]


def unpacked(array: NDArray) -> list:
    """An array of :func:`packed` back as raw cells: nan and "" are blank."""
    if array.dtype.kind == "f":
        return [None if np.isnan(x) else float(x) for x in array]
    if array.dtype.kind == "b":
        return ["yes" if x else "no" for x in array]
    return [x.item() if x.item() != "" else None for x in array]


def build_trust(name: str, as_of: dt.date, tables: Mapping[str, Table | None]) -> Trust:
    """Read and check all tables of a trust.

    Args:
        name: the trust's name.
        as_of: valuation date.
        tables: ``bonds`` and ``waterfall``; the others as given. Without ``loans`` the trust can only be given its
            collateral's cash (:func:`xlfv.projection.projection.distribute_cash`).

    Raises:
        Refused: with every fault of every table.
    """
    faults: list[Fault] = []
    notices: list[str] = []
    if not name.strip():
        faults.append(Fault("the trust has no name", todo="name it"))
    for needed in ("bonds", "waterfall"):
        if tables.get(needed) is None:
            faults.append(Fault(f"the table {needed} is missing", todo=f"give the {needed}"))
    tables, unsure = _put_aside(tables, faults)
    read = {}
    for key, schema in SCHEMAS.items():
        progress.tell(f"checking {key} of {name}")
        read[key] = schema.read(tables.get(key), faults, notices)
    unsure |= {key for key, column in _NAMED_BY.items() if not read[key].whole(column)}
    terms = read_terms(tables.get("terms"), read["terms"], faults, notices)
    steps = _steps(read, tables, unsure, faults)
    _check_dates(as_of, terms, tables.get("terms"), faults)
    faults.extend(stale_accruals(as_of, read["bonds"], tables.get("bonds")))
    _check_reo(read, tables, unsure, faults)
    _check_names(read, tables, unsure, faults)
    faults.extend(deal_faults(read, tables, terms))
    faults.extend(step_faults(steps, read, tables))
    refuse_if(faults)
    if tables.get("loans") is not None:
        notices.extend(loan_notices(read["loans"]))
    else:
        notices.append("no loans are given: the cash of the collateral must be")
    notices.extend(deal_notices(read, terms, steps))
    raw = {key: read[key] for key, table in tables.items() if table is not None}
    digest = _digest(name, as_of, raw, terms)
    return Trust(name, as_of, read, terms, steps, tuple(notices), digest, raw)


def _put_aside(tables: Mapping[str, Table | None], faults: list[Fault]) -> tuple[dict[str, Table | None], set[str]]:
    """Leave out tables that hold the columns of another one: ranges were swapped, and their own faults would mislead.

    Returns:
        the other tables, and the names of those left out or not given though needed.
    """
    kept = dict(tables)
    for key, schema in SCHEMAS.items():
        table = tables.get(key)
        if table is None or set(_required(schema)) <= set(table.columns):
            continue
        other = next((o for o in SCHEMAS if o != key and set(_required(SCHEMAS[o])) <= set(table.columns)), None)
        if other is not None:
            what = f"the table given for {key} holds the columns of {other}"
            faults.append(Fault(what, table.place.start, f"give the {key} there; were two arguments swapped?"))
            kept[key] = None
    needed = {key for key in ("bonds", "waterfall") if kept.get(key) is None}
    return kept, needed | {key for key, table in tables.items() if table is not None and kept[key] is None}


def _required(schema: Schema) -> list[str]:
    return [column.name for column in schema.columns if column.required]


def _digest(name: str, as_of: dt.date, raw: Mapping[str, Records], terms: Terms) -> str:
    """A hash of what the tables mean: a term is the same whether a sheet holds a date serial or a file its text."""
    whole = hashlib.sha256(f"trust:{MODEL_HASH}:{name}:{as_of.isoformat()}:{sorted(terms.values.items())}".encode())
    for key in sorted(raw.keys() - {"terms"}):
        whole.update(key.encode() + raw[key].digest())
    return whole.hexdigest()


def _steps(
    read: dict[str, Records], tables: Mapping[str, Table | None], unsure: set[str], faults: list[Fault]
) -> tuple[Step, ...]:
    table = tables.get("waterfall")
    if table is None or not {"step", "from", "pay"} <= set(table.columns):
        return ()
    bonds = read["bonds"]
    real = bonds["kind"] != "residual"
    names = Names(
        tranches=tuple(map(str, bonds["tranche"][real])),
        notes=tuple(map(str, bonds["tranche"][~bonds["writes_down"]])),
        ios=tuple(map(str, bonds["tranche"][bonds["kind"] == "io"])),
        residuals=tuple(map(str, bonds["tranche"][~real])),
        accruals=tuple(map(str, bonds["tranche"][bonds["kind"] == "z"])),
        planned=tuple(map(str, bonds["tranche"][bonds["schedule"] != ""])),
        behind={
            str(t): float(e)
            for t, e in zip(bonds["tranche"], bonds["target_enhancement"], strict=True)
            if np.isfinite(e)
        },
        insured={str(t): str(i) for t, i in zip(bonds["tranche"], bonds["insured_by"], strict=True) if i},
        accounts=tuple(map(str, read["accounts"]["account"])),
        costs=tuple(map(str, read["costs"]["cost"])),
        hedges=tuple(map(str, read["hedges"]["hedge"])),
        triggers=tuple(map(str, read["triggers"]["trigger"])),
        groups=tuple(sorted({*map(str, read["loans"]["group"]), *_reo_groups(read["loans"], read["reo"])})),
        unsure=frozenset(
            {"tranches" if key == "bonds" else key for key in unsure} | _groups_unsure(read, tables, unsure)
        ),
    )
    return read_waterfall(read["waterfall"], table, names, faults)


def _groups_unsure(read: dict[str, Records], tables: Mapping[str, Table | None], unsure: set[str]) -> set[str]:
    """``groups`` where not every loan group could be read, or no loans are given: then the deal itself names them."""
    whole = tables.get("loans") is not None and read["loans"].whole("group") and read["reo"].whole("group")
    return set() if whole and not {"loans", "reo"} & unsure else {"groups"}


def _check_dates(as_of: dt.date, terms: Terms, table: Table | None, faults: list[Fault]) -> None:
    cutoff = terms.date("cutoff_date")
    if cutoff is None:
        return
    where = term_place(table, "cutoff_date")
    if cutoff > as_of:
        what = f"cutoff_date {cutoff} lies after as_of {as_of}"
        faults.append(Fault(what, where, "balances cannot be later than the valuation"))
    elif (as_of - cutoff).days > STALE_DAYS:
        what = f"cutoff_date {cutoff} lies {(as_of - cutoff).days} days before as_of {as_of}"
        faults.append(Fault(what, where, "load a later tape"))


def _check_reo(
    read: dict[str, Records], tables: Mapping[str, Table | None], unsure: set[str], faults: list[Fault]
) -> None:
    """A loan in REO brings cash only from the reo table, so it must stand there, once, and the other way round."""
    loans, reo, table = read["loans"], read["reo"], tables.get("loans")
    if table is None or {"loans", "reo"} & unsure:
        return
    listed = set(map(str, reo["loan_id"]))
    status = dict(zip(map(str, loans["loan_id"]), map(str, loans["status"]), strict=True))
    for row in np.flatnonzero(loans["status"] == "reo"):
        if str(loans["loan_id"][row]) not in listed:
            where = table.where(row, "status") + f", loan_id {loans['loan_id'][row]}"
            faults.append(Fault("a loan in REO does not stand in the reo table", where, "add it there with its value"))
    owned = tables.get("reo")
    doubtful = {str(loans["loan_id"][row]) for row in loans.unread.get("status", ())}
    for at, loan in enumerate(reo["loan_id"]):
        if owned is not None and status.get(str(loan), "reo") != "reo" and str(loan) not in doubtful:
            what = f"loan {loan} is REO here and {status[str(loan)]} among the loans"
            faults.append(Fault(what, owned.where(at, "loan_id"), "make its status reo, or take it out here"))
    groups = _reo_groups(loans, reo)
    for at, given in enumerate(map(str, reo["group"])):
        if owned is not None and given and given != groups[at]:
            what = f"loan {reo['loan_id'][at]} is of group {given} here and of {groups[at]} among the loans"
            faults.append(Fault(what, owned.where(at, "group"), "leave it blank, or mend one of them"))


def _check_names(
    read: dict[str, Records], tables: Mapping[str, Table | None], unsure: set[str], faults: list[Fault]
) -> None:
    """Names that one table uses exist in the other; nothing is said where not all names of the other could be read."""
    tranches = set(map(str, read["bonds"]["tranche"]))
    schedules = set(map(str, read["schedules"]["schedule"]))
    groups = {*map(str, read["loans"]["group"]), *_reo_groups(read["loans"], read["reo"])}

    doubtful = unsure | _groups_unsure(read, tables, unsure)

    def check(table: str, column: str, known: set[str], what: str, owner: str, extra: tuple[str, ...] = ()) -> None:
        source = tables.get(table)
        if source is None or owner in doubtful:
            return
        for row, text in enumerate(read[table][column]):
            for name in split_names(str(text)):
                if name not in known and name not in extra:
                    near = near_word(name, sorted(known | set(extra)))
                    todo = f"did you mean {near}?" if near else f"known: {', '.join(sorted(known)) or 'none'}"
                    faults.append(Fault(f"the {what} '{name}' does not exist", source.where(row, column), todo))

    check("bonds", "notional_of", tranches, "tranche", "bonds", ("pool",))
    check("bonds", "group", groups, "loan group", "groups")
    check("bonds", "schedule", schedules, "schedule", "schedules")
    check("bonds", "accretes_while", tranches, "tranche", "bonds")
    check("hedges", "notional_of", tranches, "tranche", "bonds", ("pool",))
    check("hedges", "schedule", schedules, "schedule", "schedules")
    check("costs", "group", groups, "loan group", "groups")
    check("costs", "bonds", tranches, "tranche", "bonds")
    check("costs", "schedule", schedules, "schedule", "schedules")
    check("hedges", "group", groups, "loan group", "groups")
