"""A fixture for the folders whose tests touch handles and reasons: their ``conftest.py`` takes it by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xlfv.excel import explain, handles


@pytest.fixture(autouse=True)
def clean_slate() -> Iterator[None]:
    """Every test starts with an empty memory, no disk and no reasons kept."""
    handles.configure(None)
    explain.clear()
    yield
    handles.configure(None)
    explain.clear()
