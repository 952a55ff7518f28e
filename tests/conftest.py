"""Shared by all tests: deterministic hypothesis, and where the published data lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "xlfv", derandomize=True, deadline=None, max_examples=60, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip
settings.load_profile("xlfv")


def find_shared() -> Path | None:
    """The folder of data that are not committed: ``XLFV_SHARED``, or ``shared`` beside the repository."""
    named = os.environ.get("XLFV_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    return folder if (folder / "data" / "published").is_dir() else None


@pytest.fixture(scope="session")
def published() -> Path:
    """Folder of full printed tables; the test is skipped, with the reason, where they are not there."""
    shared = find_shared()
    if shared is None:
        pytest.skip("NOT PROVED HERE: the full printed tables are not beside the repository (set XLFV_SHARED)")
    return shared / "data" / "published"
