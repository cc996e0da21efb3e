"""The house as it was drawn: which room may import which. Arrows run downward only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT = {
    "lib.models": set(),
    "lib.cells": set(),
    "lib.logs": set(),
    "lib.settings": set(),
    "lib.platform": {"lib.models"},
    "lib.records": {"lib.models", "lib.cells", "lib.settings"},
    "lib.history": {"lib.models", "lib.cells"},
    "lib.sandbox": set(),
    "lib.work": {"lib.models", "lib.logs", "lib.platform", "lib.records", "lib.history"},
    "lib.ui": {
        "lib.models",
        "lib.cells",
        "lib.logs",
        "lib.settings",
        "lib.platform",
        "lib.records",
        "lib.history",
        "lib.sandbox",
        "lib.work",
    },
    "pages": {"lib.ui"},
    "app": {"lib.settings", "lib.ui"},
}
"""Room → the rooms it may use, beside itself and libraries."""

FILES = sorted([*ROOT.glob("lib/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"])


def room_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "lib" else parts[0]


def imports(path: Path) -> set[str]:
    """Every module that a file imports, however deep in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names if node.module == "lib")}
    return found - {"lib"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_uses_only_the_rooms_below_it(path: Path) -> None:
    room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if path == ROOT / "lib" / "__init__.py":
        return
    used = {room_of(name) for name in imports(path) if name.split(".")[0] in ("lib", "pages", "app")}
    assert used <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_streamlit_appears_in_the_pages_their_room_and_the_served_application_only(path: Path) -> None:
    uses = any(name.split(".")[0] == "streamlit" for name in imports(path))
    assert not uses or room_of(".".join(path.relative_to(ROOT).with_suffix("").parts)) in ("lib.ui", "pages", "app")


def test_the_check_sees_a_forbidden_import(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("def f():\n    from lib.ui import shell\n    import streamlit.web\n")
    assert {room_of(name) for name in imports(wrong)} >= {"lib.ui", "streamlit"}


def test_nothing_is_a_cupboard_for_odds_and_ends() -> None:
    assert not {path.stem for path in FILES} & {"utils", "helpers", "common", "constants", "misc"}
    assert len(FILES) > 30
