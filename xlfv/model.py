"""Which model made a number: one hash over the sources of every room between inputs and values."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOMS = ("tables", "kernels", "market", "trust", "projection", "valuation")


def source_hash(*rooms: str) -> str:
    """SHA-256 over the Python sources of the named rooms, in name order, whatever their line ends."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for room in rooms:
        for source in sorted((here / room).glob("*.py")):
            digest.update(
                f"{room}/{source.name}".encode() + b"\0" + source.read_bytes().replace(b"\r\n", b"\n") + b"\0"
            )
    return digest.hexdigest()


MODEL_HASH = source_hash(*ROOMS)
"""Changes with any edit of the rooms that make numbers; part of every handle."""
