"""A real Chromium, a real desk, and a sandbox whose truth the tests can ask."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lib.sandbox import Sandbox
from lib.settings import ROOT
from tests.browser.desks import desk_process
from tests.browser.idle import Idle

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MEND = "no Chromium: apt-get install chromium (or set CHROMIUM to one) and run the tests again"


def chromium_path() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(MEND)
        pytest.skip(MEND)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The platform behind the desk, started by itself: the desk knows it by its address only."""
    with Sandbox(
        tmp_path_factory.mktemp("platform") / "sandbox.db", customers=120, big=5000, latency_ms=300
    ) as running:
        yield running


@pytest.fixture(scope="session")
def desk(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A desk against that platform, by the three environment variables; the address of its first page."""
    folder = tmp_path_factory.mktemp("desk")
    import_roster(sandbox, folder)
    with desk_process(folder, **settings_for(sandbox)) as (url, _):
        yield url


def settings_for(sandbox: Sandbox) -> dict[str, str]:
    return {
        "DIFFERENT_BREED_BASE_URL": sandbox.base_url,
        "DIFFERENT_BREED_ADMIN_KEY": sandbox.admin_key,
        "DIFFERENT_BREED_PROFILE_ID": sandbox.profile_id,
        "DESK_SIGN_IN": "none",
    }


def import_roster(sandbox: Sandbox, folder: Path) -> None:
    """The organiser's list into the desk's directory, by the documented command."""
    file = folder / "roster.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, ["cust_id", "email", "forename", "surname"])
        writer.writeheader()
        writer.writerows(sandbox.roster())
    database = f"sqlite:///{folder / 'desk.db'}"
    command = [sys.executable, "-m", "lib.records.directory", "import", str(file), "--database", database]
    environment = os.environ | {"DIFFERENT_BREED_PROFILE_ID": sandbox.profile_id}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def idle(page: Page) -> Idle:
    return Idle(page)
