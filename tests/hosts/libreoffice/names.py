"""What our functions are called inside LibreOffice."""

from __future__ import annotations

SERVICE = "org.xlfv.CalcAddIn"
BRIDGE = "org.xlfv.Bridge"  # what Basic and the harness talk to


def method(name: str) -> str:
    """The method of the add-in behind a function: ``XLFV_TRANCHE_PV`` -> ``xlfvTranchePv`` (IDL takes no underscore)."""
    first, *others = name.lower().split("_")
    return first + "".join(word.capitalize() for word in others)


def parameter(name: str) -> str:
    """An argument's name in IDL, where words like ``in`` and ``sequence`` are taken."""
    return "p" + "".join(word.capitalize() for word in name.split("_"))


def in_file(name: str) -> str:
    """How a formula in an .xlsx must call a function so that Calc 7.4 binds it while loading."""
    return f"{SERVICE}.{method(name)}".upper()
