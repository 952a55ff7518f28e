"""How cells look: one small vocabulary for the whole book, so that the same kind of cell looks the same on every sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

FONT = "Arial"  # its metrics are at hand everywhere, so column widths hold
NAVY, STEEL, TAN, SKY, SILVER = "#14213D", "#33658A", "#C58B3A", "#A9CCE3", "#DADFE6"
COLOURS = (NAVY, STEEL, TAN, SKY, SILVER)
"""Colours of charts, from dark to light: told apart in grey too."""

INPUT, INPUT_FILL, LINK, QUIET, GOOD = "#1F3FBF", "#FFF8E1", "#00663A", "#5F6773", "#1E7B34"

NUMBERS = {
    "": "General",
    "text": "@",
    "dollars": '[>=0.5]#,##0_);[<=-0.5](#,##0);"-"_)',
    "cents": '#,##0.00_);(#,##0.00);"-"_)',
    "flow": "[>=0.5]#,##0_);[<=-0.5](#,##0);",  # nothing shows as nothing: no walls of zeros
    "thousands": '[>=500]#,##0,_);[<=-500](#,##0,);"-"_)',
    "rate": "0.00%_)",
    "rate3": "0.000%_)",
    "rate4": "0.0000%_)",
    "change": "+0.00%_);-0.00%_);0.00%_)",
    "points": '#,##0_);(#,##0);"-"_)',
    "price": "0.00_)",
    "years": "0.0_)",
    "count": "#,##0_)",
    "plain": "General",
    "figure": "[>=1000]#,##0_);[<=-1000](#,##0);0.0###_)",  # dollars and decimals in one column
    "amount": "[>=1000]#,##0.00_);[<=-1000](#,##0.00);General_)",  # dollars to the cent, and shares
    "off": '[>=0.005]#,##0.00_);[<=-0.005](#,##0.00);"-"_)',  # a difference; less than half a cent is none
    "date": "yyyy-mm-dd",
    "check": "[Red]0;[Red]0;0",  # nothing but 0 is fine; a condition of its own would not travel with the look
}


@dataclass(frozen=True)
class Style:
    """The look of a cell.

    Attributes:
        number: a key of :data:`NUMBERS`.
        role: formula, input, link, note, head, section, title, group, small, own (a function's own header), shrink.
        bold, wrap: as they say.
        top: a line above (totals).
        align: left, right, center; blank for the kind's own.
        indent: steps from the left.
    """

    number: str = ""
    role: str = "formula"
    bold: bool = False
    wrap: bool = False
    top: bool = False
    align: str = ""
    indent: int = 0

    def but(self, **changes: Any) -> Style:
        """The same look but for some of it."""
        return replace(self, **changes)


_ROLES: dict[str, dict[str, Any]] = {
    "formula": {},
    "input": {"font_color": INPUT, "bg_color": INPUT_FILL},
    "link": {"font_color": LINK},
    "note": {"font_color": QUIET, "italic": True},
    "title": {"bold": True, "font_size": 16, "font_color": NAVY},
    "section": {"bold": True, "font_size": 11, "font_color": NAVY, "bottom": 1, "bottom_color": STEEL},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "text_wrap": True, "valign": "vcenter"},
    "group": {"bold": True, "font_color": "#FFFFFF", "bg_color": STEEL, "align": "center_across"},
    "small": {"font_size": 8},
    "own": {
        "font_color": QUIET,
        "font_size": 7,
        "italic": True,
        "align": "right",
        "shrink": True,
        "bottom": 1,
        "bottom_color": SILVER,
    },
    "shrink": {"shrink": True},
}

TEXT = Style("text")
NOTE = Style(role="note")
HEAD = Style(role="head")
RIGHT = Style(role="head", align="right")
OWN = Style(role="own")
SECTION = Style(role="section")
BOLD = Style("text", bold=True)


def properties(style: Style) -> dict[str, Any]:
    """What XlsxWriter calls the properties of a look; equal ones look the same."""
    found = {"font_name": FONT, "font_size": 10, "valign": "top" if style.role == "small" else "vcenter"}
    found.update(_ROLES[style.role])
    if style.number and style.number != "text":
        found["num_format"] = NUMBERS[style.number]
    if style.number == "check":
        found.update(bold=True, font_color=GOOD)
    if style.bold:
        found["bold"] = True
    if style.wrap:
        found["text_wrap"] = True
    if style.top:
        found.update(top=1, top_color=NAVY)
    if style.align:
        found["align"] = style.align
    if style.indent:
        found["indent"] = style.indent
    return found
