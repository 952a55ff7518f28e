"""Tests without Wine: skipped aloud on a laptop, failed in CI."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.hosts.wine.prepare import prepared
from tests.hosts.wine.stand import Stand, default_folder

_MISSING = (
    "NOT PROVED HERE: Wine is not installed, so nothing is shown about Windows "
    "(apt-get install --no-install-recommends wine wine64)"
)


def stand() -> Stand:
    """The prepared stand-in. Once there is Wine, whatever else is missing fails the tests, everywhere."""
    if shutil.which("wine") is None or shutil.which("wineserver") is None:
        if os.environ.get("CI"):
            pytest.fail(_MISSING, pytrace=False)
        pytest.skip(_MISSING)
    return prepared(default_folder())
