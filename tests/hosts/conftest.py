"""Hosts keep nothing on disk, and LibreOffice is made ready once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts.libreoffice.session import Sessions, require
from xlfv.excel import explain, handles


@pytest.fixture(autouse=True)
def clean_slate() -> Iterator[None]:
    handles.configure(None)
    explain.clear()
    yield
    handles.configure(None)
    explain.clear()


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Sessions:
    """LibreOffice with the add-in in its profile."""
    require()
    folder: Path = tmp_path_factory.mktemp("libreoffice")
    return Sessions(folder)
