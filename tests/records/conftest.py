"""A real database file, and a directory in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.records.directory import Directory
from lib.records.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'desk.db'}", profile="p1")
    yield opened
    opened.close()


@pytest.fixture
def directory(store: Store) -> Directory:
    return Directory(store)
