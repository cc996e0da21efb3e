"""What an operator does all day, in a real browser, against a platform known by its address only."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.sandbox import Sandbox
from tests.browser.idle import Idle

pytestmark = pytest.mark.browser


def person(sandbox: Sandbox, email: str) -> dict[str, str]:
    return next(p for p in sandbox.roster() if p["email"] == email)


def find(page: Page, idle: Idle, words: str) -> None:
    box = page.get_by_label("Find a customer")
    idle.after(lambda: box.fill(words))


def test_found_without_the_accent_corrected_and_found_again(
    page: Page, idle: Idle, desk: str, sandbox: Sandbox
) -> None:
    zoe = person(sandbox, "zoe.la@example.org")
    page.goto(desk)
    idle.wait()
    expect(page.get_by_label("Find a customer")).to_be_visible()
    find(page, idle, "angstro")
    link = page.locator(".st-key-results a", has_text="Zoë").first
    expect(link).to_have_attribute("href", re.compile(f"customer\\?id={zoe['cust_id']}"))
    idle.after(link.click)
    expect(page.locator("h1")).to_contain_text("Zoë")
    form = page.locator(".st-key-details")
    form.get_by_label("Email").fill("zoe.new@example.org")
    idle.after(page.locator(".st-key-save button").click)
    expect(page.locator(".st-key-review")).to_contain_text("zoe.la@example.org → zoe.new@example.org")
    before = len(updates(sandbox, zoe["cust_id"]))
    idle.after(page.get_by_role("button", name="Save these changes").dblclick)
    expect(page.get_by_text("Saved, checked at")).to_be_visible()
    assert len(updates(sandbox, zoe["cust_id"])) - before == 1
    truth = sandbox.customer(zoe["cust_id"])
    assert truth
    assert truth["email"] == "zoe.new@example.org"
    idle.after(page.get_by_role("link", name="Find", exact=True).click)
    find(page, idle, "zoe.new@")
    expect(page.locator(".st-key-results")).to_contain_text("zoe.new@example.org")


def updates(sandbox: Sandbox, cust_id: str) -> list[object]:
    return [r for r in sandbox.requests if r.path.endswith("/customer/update") and r.cust_id == cust_id]


def test_a_long_history_is_charted_narrowed_paged_and_downloaded_as_it_is(
    page: Page, idle: Idle, desk: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    agency = person(sandbox, "bookings@st-brigids.example.org")
    page.goto(f"{desk}/orders?id={agency['cust_id']}")
    expect(page.get_by_text(re.compile(r"Reading page \d+"))).to_be_visible()
    expect(page.get_by_text("5,000 orders, all of them")).to_be_visible(timeout=60_000)
    expect(page.locator(".st-key-progress")).to_have_count(0)
    idle.wait()
    grouped = page.get_by_role("radiogroup", name="Grouped by")
    expect(grouped.get_by_role("radio", name="month")).to_be_checked()
    idle.after(grouped.get_by_text("week", exact=True).click)
    idle.after(grouped.get_by_text("month", exact=True).click)
    bars = page.locator(".st-key-chart [aria-roledescription='bar']")
    expect(bars.first).to_be_visible()
    assert bars.count() > 20
    tall = max(bars.all()[:40], key=lambda bar: (bar.bounding_box() or {"height": 0})["height"])
    idle.after(lambda: tall.click(force=True))
    narrowed = page.locator(".st-key-narrowed")
    expect(narrowed).to_contain_text("orders behind the chosen bars")
    fewer = int(re.search(r"the ([\d,]+) orders", narrowed.inner_text()).group(1).replace(",", ""))  # type: ignore[union-attr]
    assert 0 < fewer < 5000
    idle.after(page.get_by_role("button", name="Show all").click)
    idle.after(page.locator(".st-key-pages").get_by_text("2", exact=True).click)
    expect(page).to_have_url(re.compile("pages=2"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    file = tmp_path / "orders.csv"
    download.value.save_as(file)
    rows = list(csv.DictReader(file.open(encoding="utf-8-sig", newline="")))
    truth = {order["order_id"]: order for order in sandbox.orders(agency["cust_id"])}
    assert len(rows) == len(truth) == 5000
    for row in rows:
        order = truth.pop(row["order_id"])
        assert float(row["total"]) == order["total"]
        assert row["currency"] == order["currency"]
        assert row["status"] == order["status"]
        assert row["reference"] == order["order_reference"]
        assert int(row["tickets"]) == len(order["tickets"])
    assert not truth


def test_an_erased_customer_is_gone_here_and_there(page: Page, idle: Idle, desk: str, sandbox: Sandbox) -> None:
    oliver = person(sandbox, "oliver.nightingale@example.com")
    page.goto(desk)
    idle.wait()
    find(page, idle, "nightingale")
    expect(page.locator(".st-key-results")).to_contain_text("oliver.nightingale@example.com")
    idle.after(page.locator(".st-key-results a").first.click)
    idle.after(page.get_by_role("link", name="Erase…").click)
    expect(page.get_by_text("still to come").first).to_be_visible()
    button = page.locator(".st-key-erase button")
    expect(button).to_be_disabled()
    idle.after(lambda: page.get_by_label("Type the customer's email to confirm").fill(oliver["email"]))
    expect(button).to_be_disabled()
    page.locator(".st-key-reason").get_by_role("button").click()
    idle.after(page.get_by_role("option", name="Customer's request").click)
    expect(button).to_be_enabled()
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert sandbox.customer(oliver["cust_id"])
    idle.after(button.dblclick)
    expect(page.get_by_text("Erased. Two checks found no such customer")).to_be_visible(timeout=30_000)
    receipt = page.locator(".st-key-receipt")
    expect(receipt).to_contain_text("Customer's request")
    assert oliver["email"] not in receipt.inner_text()
    deletes = [r for r in sandbox.requests if r.path.endswith("/customer/delete") and r.cust_id == oliver["cust_id"]]
    assert len(deletes) == 1
    assert sandbox.customer(oliver["cust_id"]) is None
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the receipt").click()
    told = json.loads(Path(download.value.path()).read_text())
    assert told["counted"]["orders"] > 0
    assert oliver["cust_id"] not in json.dumps(told)
    idle.after(page.get_by_role("link", name="Find", exact=True).click)
    expect(page.get_by_label("Find a customer")).to_have_value("nightingale")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.goto(f"{desk}/customer?id={oliver['cust_id']}")
    expect(page.get_by_text("erased for good")).to_be_visible()
