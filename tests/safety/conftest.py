"""Every test starts with an empty memory, no disk and no reasons kept."""

from __future__ import annotations

from tests.clean_slate import clean_slate  # noqa: F401
