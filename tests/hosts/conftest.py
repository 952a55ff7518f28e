"""Hosts keep nothing on disk, and LibreOffice is made ready once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clean_slate import clean_slate  # noqa: F401
from tests.hosts.libreoffice.session import Sessions, require


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Sessions:
    """LibreOffice with the add-in in its profile."""
    require()
    folder: Path = tmp_path_factory.mktemp("libreoffice")
    return Sessions(folder)
