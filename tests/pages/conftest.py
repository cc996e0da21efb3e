"""Pages through the front door: the shell as Streamlit runs it, over a real sandbox, with settings of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.models import Customer
from lib.sandbox import Sandbox
from lib.settings import ROOT, Settings
from lib.ui.desk import close_desk, the_desk

Visit = Callable[..., AppTest]


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("platform") / "sandbox.db", customers=40, big=120) as running:
        yield running


@pytest.fixture
def visit(platform: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    """visit("customer", id=…) → the page, run once. Settings can be set with monkeypatch before."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.setenv("DIFFERENT_BREED_BASE_URL", platform.base_url)
    monkeypatch.setenv("DIFFERENT_BREED_ADMIN_KEY", platform.admin_key)
    monkeypatch.setenv("DIFFERENT_BREED_PROFILE_ID", platform.profile_id)
    monkeypatch.setenv("DESK_SIGN_IN", "none")
    monkeypatch.setenv("DESK_DATA_FOLDER", str(tmp_path))

    def go(page: str = "find", **params: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "lib" / "ui" / "shell.py"), default_timeout=60)
        at.run()
        if page != "find":
            at.switch_page(str(ROOT / "pages" / f"{page}.py"))
        for name, value in params.items():
            at.query_params[name] = value
        return at.run()

    yield go
    close_desk()


@pytest.fixture
def full(visit: Visit, platform: Sandbox) -> Visit:
    """The same, with the platform's customers in the directory."""
    visit()
    desk = the_desk()
    for person in platform.roster():
        desk.directory.saw(Customer.from_json(person), "import")
    return visit
