"""Where a call stands, as text that travels in the call itself: Calc tells a function neither its cell nor those of its
arguments.

``xlfv-site:[Book.xlsx]Sheet!A1?Data!B2??Data!D2`` is the calling cell and the place of each argument, none for the
second. No name of a book or a sheet holds a question mark.
"""

from __future__ import annotations

from dataclasses import dataclass

from xlfv.excel.explain import Address, parse_address
from xlfv.excel.hosts.sites import MARK
from xlfv.excel.hosts.sites import Site as Found
from xlfv.tables import Place

_BETWEEN = "?"


@dataclass(frozen=True)
class Site:
    """The calling cell's address, and the places of the arguments (None where not a plain range)."""

    caller: str
    places: tuple[Place | None, ...]


def write_site(found: Found) -> str:
    """The text of a call's site."""
    return MARK + _BETWEEN.join([found.caller, *(address_of(place) for place in found.places)])


def address_of(place: Place | None) -> str:
    """``Sheet!A1`` of a place; empty for none."""
    return str(Address("", place.label, place.row, place.column)) if place else ""


def read_site(argument: object) -> Site | None:
    """The site that a call's first argument tells; None when it is no such text."""
    if not isinstance(argument, str) or not argument.startswith(MARK):
        return None
    caller, *places = argument.removeprefix(MARK).split(_BETWEEN)
    return Site(caller, tuple(_place(text) for text in places))


def _place(text: str) -> Place | None:
    address = parse_address(text) if text else None
    return Place(address.sheet, address.row, address.column, "sheet") if address else None
