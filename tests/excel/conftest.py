"""Every test starts with an empty memory, no disk and no reasons kept."""

from __future__ import annotations

import pytest

from tests.clean_slate import clean_slate  # noqa: F401
from xlfv.excel import registry


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions declared in a test are gone after it."""
    registry.load()
    monkeypatch.setattr(registry, "_functions", dict(registry._functions))
