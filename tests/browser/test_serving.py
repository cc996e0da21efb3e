"""A fresh process: its gate stands before every page, its headers on every answer, and it ends in order."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from lib.sandbox import Sandbox
from tests.browser.conftest import import_roster, settings_for
from tests.browser.desks import desk_process
from tests.browser.idle import Idle

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "path", ["", "customer?id=cus_1", "orders?id=cus_1", "erase?id=cus_1", "activity", "directory"]
)
def test_the_very_first_request_to_a_process_meets_the_gate(
    browser: Browser, sandbox: Sandbox, tmp_path: Path, path: str
) -> None:
    closed = settings_for(sandbox) | {"DESK_SIGN_IN": ""}
    with desk_process(tmp_path, **closed) as (url, _):
        page = browser.new_page()
        page.goto(f"{url}/{path}")
        expect(page.get_by_role("heading", name="Customer Desk is closed")).to_be_visible(timeout=30_000)
        assert page.get_by_role("textbox").count() == 0
        page.close()


def test_the_sandbox_opens_by_itself_filled_and_says_what_it_is(page: Page, idle: Idle, tmp_path: Path) -> None:
    foreign: list[str] = []
    broken: list[str] = []
    page.on("request", lambda r: None if "127.0.0.1" in r.url or r.url.startswith("data:") else foreign.append(r.url))
    page.on("console", lambda m: broken.append(m.text) if "Content Security Policy" in m.text else None)
    small = {"DESK_SANDBOX_CUSTOMERS": "60", "DESK_SANDBOX_ORDERS": "100"}
    with desk_process(tmp_path, **small) as (url, _):
        page.goto(url)
        idle.wait(60)
        expect(page.get_by_text("Sandbox: made-up data")).to_be_visible()
        expect(page.get_by_text("60 customers in the directory")).to_be_visible()
        idle.after(lambda: page.get_by_label("Find a customer").fill("star@"))
        idle.after(page.locator(".st-key-results a").first.click)
        expect(page.locator("h1")).to_have_text("**Star** *$x$*")
        headers = httpx.get(url).headers
    assert foreign == []
    assert [text for text in broken if "eval" not in text] == []
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def wait_for_an_intent(page: Page, database: Path) -> None:
    """Until the ledger holds a write that is still under way."""
    for _ in range(500):
        with sqlite3.connect(database) as records:
            if records.execute("select 1 from operations where state in ('intent', 'sent')").fetchone():
                return
        page.wait_for_timeout(20)
    raise AssertionError("no write was ever under way")


def test_a_write_under_way_reaches_its_outcome_before_the_process_ends(page: Page, idle: Idle, tmp_path: Path) -> None:
    with Sandbox(tmp_path / "slow.db", customers=30, big=10, latency_ms=700) as slow:
        import_roster(slow, tmp_path)
        cust_id = next(p["cust_id"] for p in slow.roster() if p["email"] == "grace.freeman@example.org")
        with desk_process(tmp_path, **settings_for(slow)) as (url, process):
            page.goto(f"{url}/customer?id={cust_id}")
            idle.wait(40)
            page.locator(".st-key-details").get_by_label("Surname").fill("Drained")
            page.locator(".st-key-save button").click()
            wait_for_an_intent(page, tmp_path / "desk.db")
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        with sqlite3.connect(tmp_path / "desk.db") as records:
            rows = records.execute("select kind, state from operations").fetchall()
        assert rows == [("amend", "done")]
        truth = slow.customer(cust_id)
        assert truth
        assert truth["surname"] == "Drained"
