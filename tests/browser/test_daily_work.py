"""The rest of an operator's day in a real browser: keyboard, links, addresses, orders in full, files in and out."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from xlsxwriter import Workbook

from lib.sandbox import Sandbox
from tests.browser.idle import Idle

pytestmark = pytest.mark.browser


def cust_id_of(sandbox: Sandbox, email: str) -> str:
    return next(p["cust_id"] for p in sandbox.roster() if p["email"] == email)


def test_one_exact_hit_is_one_enter_away_and_back_leads_to_the_search(
    page: Page, idle: Idle, desk: str, sandbox: Sandbox
) -> None:
    grace = cust_id_of(sandbox, "grace.freeman@example.org")
    page.goto(desk)
    idle.wait()
    box = page.get_by_label("Find a customer")
    expect(box).to_be_focused()
    idle.after(lambda: page.keyboard.type("priya.raghunathan@example.com"))
    expect(page.get_by_role("button", name="Open Priya")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("mailto:GRACE.freeman@example.org,")
    page.keyboard.press("Enter")  # before the answer: Priya is still on screen, and must not be opened
    expect(page).to_have_url(re.compile(f"customer\\?id={grace}$"))
    expect(page.locator("h1")).to_have_text("Grace Freeman")
    idle.after(page.get_by_role("link", name="Find", exact=True).click)
    expect(page.get_by_label("Find a customer")).to_have_value("mailto:GRACE.freeman@example.org,")
    expect(page.locator(".st-key-recent")).to_contain_text("Grace Freeman")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Grace Freeman")
    page.reload()
    idle.wait()
    expect(page.locator("h1")).to_have_text("Grace Freeman")


def test_an_address_is_added_amended_and_removed(page: Page, idle: Idle, desk: str, sandbox: Sandbox) -> None:
    ingrid = cust_id_of(sandbox, "ingrid.nystrom@example.org")
    page.goto(f"{desk}/customer?id={ingrid}")
    idle.wait()
    expect(page.get_by_text("No saved address.")).to_be_visible()
    page.get_by_text("Add an address").click()
    form = page.locator(".st-key-add_address")
    typed = {
        "Name": "Ingrid Nyström",
        "Address line 1": "Storgatan 1",
        "Address line 2": "Lgh 1101",
        "Address line 3": "c/o Berg",
        "Postcode": "111 22",
        "City": "Stockholm",
        "Email": "no at",
        "Phone number": "+46 8 123",
    }
    for label, value in typed.items():
        form.get_by_label(label, exact=True).fill(value)
    idle.after(page.locator(".st-key-save_new_address button").click)
    expect(form).to_contain_text("Country is missing.")
    expect(form).to_contain_text("something before and after one")
    expect(form.get_by_label("City")).to_have_value("Stockholm")
    form.get_by_label("Country").fill("Sweden")
    form.get_by_label("Email").fill("ingrid@home.example")
    idle.after(page.locator(".st-key-save_new_address button").click)
    expect(page.get_by_text("Saved, checked at")).to_be_visible()
    (saved,) = sandbox.addresses(ingrid)
    assert saved["country"] == "Sweden"
    assert saved["address_line_3"] == "c/o Berg"
    assert saved["phone_number"] == "+46 8 123"
    block = page.locator(".st-key-address_0")
    expect(block.locator("code").first).to_contain_text("111 22 Stockholm")
    block.get_by_text("Amend").click()
    block.get_by_label("City").fill("Uppsala")
    idle.after(page.locator(".st-key-save_address_0 button").click)
    expect(block.locator("code").first).to_contain_text("111 22 Uppsala")
    assert sandbox.addresses(ingrid)[0]["city"] == "Uppsala"
    idle.after(block.get_by_text("Remove…").click)
    expect(block).to_contain_text("cannot be brought back")
    assert len(sandbox.addresses(ingrid)) == 1
    idle.after(page.locator(".st-key-confirm_remove_0").get_by_role("button", name="Remove").click)
    expect(page.get_by_text("No saved address.")).to_be_visible()
    assert sandbox.addresses(ingrid) == []


def test_filters_reach_the_platform_and_stand_in_the_address(
    page: Page, idle: Idle, desk: str, sandbox: Sandbox
) -> None:
    tomas = cust_id_of(sandbox, "tomas.rivera@example.net")
    truth = sandbox.orders(tomas)
    day = truth[1]["created_at"][:10]
    page.goto(f"{desk}/orders?id={tomas}&from={day}")
    idle.wait()
    expected = [o for o in truth if o["created_at"][:10] >= day]
    assert 0 < len(expected) < len(truth)
    expect(page.get_by_text(f"{len(expected)} orders; filters hide others.")).to_be_visible()
    asked = [r for r in sandbox.requests if r.path.endswith("/orders") and r.cust_id == tomas]
    assert asked
    idle.after(page.get_by_role("button", name="Clear filters").click)
    expect(page.get_by_text(f"{len(truth)} orders, all of them.")).to_be_visible()
    expect(page).not_to_have_url(re.compile("from="))
    idle.after(lambda: page.get_by_label("Text").fill(truth[0]["order_reference"]) or page.keyboard.press("Enter"))
    expect(page.get_by_text("1 order; filters hide others.")).to_be_visible()
    expect(page).to_have_url(re.compile(f"q={truth[0]['order_reference']}"))
    idle.after(lambda: page.get_by_label("Text").fill("no such order") or page.keyboard.press("Enter"))
    expect(page.get_by_text("No order matches these filters.")).to_be_visible()


def test_one_order_in_full_opens_beside_the_table(page: Page, idle: Idle, desk: str, sandbox: Sandbox) -> None:
    priya = cust_id_of(sandbox, "priya.raghunathan@example.com")
    order = sandbox.orders(priya)[0]
    page.goto(f"{desk}/orders?id={priya}")
    idle.wait()
    table = page.locator(".st-key-orders canvas").first
    box = table.bounding_box()
    assert box
    idle.after(lambda: page.mouse.click(box["x"] + 15, box["y"] + 35 + 17))
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text(order["order_reference"])
    expect(drawer).to_contain_text("that is the total")
    expect(page).to_have_url(re.compile(f"order={order['order_id']}"))
    drawer.get_by_text("Copy as text").click()
    expect(drawer.locator("code").nth(1)).to_contain_text(order["event"]["name"])
    drawer.get_by_text("Raw JSON").click()
    raw = json.loads(drawer.locator("code").last.inner_text())
    assert raw == order
    page.reload()
    idle.wait()
    expect(page.get_by_role("dialog")).to_contain_text(order["order_reference"])
    idle.after(lambda: page.keyboard.press("Escape"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    idle.after(lambda: page.mouse.click(box["x"] + 15, box["y"] + 35 + 17))
    expect(page.get_by_role("dialog")).to_contain_text(order["order_reference"])


def test_everything_that_is_held_comes_as_one_file(page: Page, idle: Idle, desk: str, sandbox: Sandbox) -> None:
    marie = cust_id_of(sandbox, "marie.dubois-clarke@example.com")
    page.goto(f"{desk}/customer?id={marie}")
    idle.wait()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything").click()
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    told = json.loads(archive.read("everything.json"))
    assert told["orders_complete"] is True
    assert {o["order_id"] for o in told["orders"]} == {o["order_id"] for o in sandbox.orders(marie)}
    assert told["customer"]["email"] == "marie.dubois-clarke@example.com"
    assert len(told["desk"]["directory"]) == 1
    assert b"marie.dubois-clarke@example.com" in archive.read("everything.html")


def workbook(rows: list[list[str]]) -> bytes:
    content = io.BytesIO()
    book = Workbook(content)
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return content.getvalue()


def upload(page: Page, idle: Idle, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    idle.after(lambda: page.locator(".st-key-import input[type=file]").set_input_files(files=[file]))  # type: ignore[list-item]


def test_lists_are_imported_with_a_preview_and_the_same_list_changes_nothing(page: Page, idle: Idle, desk: str) -> None:
    page.goto(f"{desk}/directory")
    idle.wait()
    upload(page, idle, "broken.xlsx", b"PK\x03\x04 this is no workbook")
    expect(page.locator(".st-key-import")).to_contain_text("The Excel file cannot be read.")
    page.reload()
    idle.wait()
    upload(page, idle, "names.csv", b"name,town\nAnn,Leeds\n")
    expect(page.locator(".st-key-import")).to_contain_text("The file has no column with customer ids.")
    rows = [["Customer ID", "E-mail", "First name"], ["cus_imported1", "imp@orted.example", "Impa"], ["a,b", "", ""]]
    page.reload()
    idle.wait()
    upload(page, idle, "list.xlsx", workbook(rows))
    expect(page.locator(".st-key-import")).to_contain_text("1 new · 0 changed · 0 unchanged")
    expect(page.locator(".st-key-import")).to_contain_text("1 refused")
    idle.after(page.locator(".st-key-import").get_by_role("button", name="Import", exact=True).click)
    expect(page.locator(".st-key-import")).to_contain_text(": 1 new, 0 changed, 0 unchanged, 0 erased")
    page.reload()
    idle.wait()
    upload(page, idle, "list.xlsx", workbook(rows))
    expect(page.locator(".st-key-import")).to_contain_text("0 new · 0 changed · 1 unchanged")
    expect(page.locator(".st-key-import").get_by_role("button", name="Import", exact=True)).to_be_disabled()
    page.get_by_role("link", name="Find", exact=True).click()
    idle.wait()
    idle.after(lambda: page.get_by_label("Find a customer").fill("imp@orted"))
    expect(page.locator(".st-key-results")).to_contain_text("cus_imported1")


def test_a_new_customer_is_added_once_and_only_on_purpose_twice(
    page: Page, idle: Idle, desk: str, sandbox: Sandbox
) -> None:
    page.goto(desk)
    idle.wait()
    page.get_by_text("Add a customer").click()
    form = page.locator(".st-key-add_customer")
    form.get_by_label("Forename").fill("Nova")
    form.get_by_label("Surname").fill("Stern")
    form.get_by_label("Email").fill("grace.freeman@EXAMPLE.org")
    idle.after(page.locator(".st-key-add button").click)
    expect(form).to_contain_text("1 known with this e-mail: Grace Freeman.")
    form.get_by_label("Email").fill("nova@stern.example")
    idle.after(page.locator(".st-key-add button").dblclick)
    expect(form).to_contain_text("Saved, checked at")
    assert [p["forename"] for p in sandbox.roster() if p["email"] == "nova@stern.example"] == ["Nova"]
    idle.after(form.get_by_role("link", name="Open this customer").click)
    expect(page.locator("h1")).to_have_text("Nova Stern")


def test_links_of_results_open_in_a_tab_of_their_own(page: Page, idle: Idle, desk: str) -> None:
    page.goto(desk)
    idle.wait()
    idle.after(lambda: page.get_by_label("Find a customer").fill("mueller"))
    links = page.locator(".st-key-results a")
    expect(links).to_have_count(2)
    with page.context.expect_page() as opened:
        links.first.click(button="middle")
    expect(opened.value.locator("h1")).to_have_text("Anna Müller")
    assert httpx.get(f"{desk}/healthz").text == "ok"
