"""Names of interest-rate indices, as tables spell them."""

from __future__ import annotations

_TERMS = ("1M", "2M", "3M", "6M", "9M", "1Y", "2Y", "3Y", "5Y", "7Y", "10Y", "20Y", "30Y")

INDICES: tuple[str, ...] = (
    *(f"LIBOR_{term}" for term in ("1M", "2M", "3M", "6M", "9M", "12M")),
    "MTA", "COFI", "CODI", "PRIME", "FED_FUNDS", "SOFR", "SOFR_30D", "SOFR_1M", "SOFR_3M", "SOFR_6M", "TBILL_6M",
    *(f"CMT_{term}" for term in _TERMS),
    *(f"SWAP_{term}" for term in _TERMS[5:]),
)  # fmt: skip
"""Indices that need no introduction. An index of one's own is named with the prefix ``CUSTOM_``."""


def is_index(name: str) -> bool:
    """True for a known index, or one's own (``CUSTOM_...``), in upper case."""
    return name in INDICES or name.startswith("CUSTOM_")
