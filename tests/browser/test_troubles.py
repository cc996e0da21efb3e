"""What an operator meets when things do not go smoothly, and what a screen reader finds on every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lib.sandbox import Sandbox
from tests.browser.conftest import import_roster, settings_for
from tests.browser.desks import desk_process, free_port
from tests.browser.idle import Idle
from tests.browser.test_daily_work import cust_id_of

pytestmark = pytest.mark.browser

STREAMLITS_OWN = {"presentation-role-conflict"}
"""What only Streamlit can mend: the frame of its file uploader (a minor finding)."""


def test_a_long_read_that_is_stopped_early_shows_what_came_and_goes_on_when_asked(
    page: Page, idle: Idle, desk: str, sandbox: Sandbox
) -> None:
    agency = cust_id_of(sandbox, "bookings@st-brigids.example.org")
    page.goto(f"{desk}/orders?id={agency}")
    idle.wait()
    if page.get_by_text("5,000 orders").count():  # read already by another test: read it again
        page.get_by_role("button", name="Refresh").click()
    page.locator(".st-key-stop_reading button").click()
    expect(page.get_by_text("Reading was stopped.")).to_be_visible(timeout=20_000)
    idle.wait()
    expect(page.get_by_text(re.compile(r"at least [\d,]+ orders so far\."))).to_be_visible()
    expect(page.locator(".st-key-orders canvas").first).to_be_visible()
    expect(page.get_by_role("button", name="Download CSV")).to_be_disabled()
    page.get_by_role("button", name="Read the rest").click()
    expect(page.get_by_text("5,000 orders, all of them.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Download CSV")).to_be_enabled()


def test_what_was_typed_outlives_a_platform_that_is_away(page: Page, idle: Idle, tmp_path: Path) -> None:
    file, port = tmp_path / "sandbox.db", free_port()
    with Sandbox(file, customers=30, big=10, port=port) as first:
        import_roster(first, tmp_path)
        grace = cust_id_of(first, "grace.freeman@example.org")
        settings = settings_for(first)
    with desk_process(tmp_path, **settings) as (url, _):
        with Sandbox(file, port=port):
            page.goto(f"{url}/customer?id={grace}")
            idle.wait(40)
            page.locator(".st-key-details").get_by_label("Surname").fill("Freeman-Gray")
        idle.after(page.locator(".st-key-save button").click, 40)
        expect(page.get_by_text("Nothing was sent. The customer is unchanged; what you typed is kept.")).to_be_visible()
        expect(page.locator(".st-key-details").get_by_label("Surname")).to_have_value("Freeman-Gray")
        idle.after(page.get_by_role("button", name="Refresh").click, 60)
        expect(page.get_by_text("saving is off until the platform answers again")).to_be_visible(timeout=30_000)
        expect(page.locator(".st-key-details").get_by_label("Surname")).to_have_value("Freeman-Gray")
        expect(page.locator(".st-key-save button")).to_be_disabled()
        with Sandbox(file, port=port) as again:
            idle.after(page.get_by_role("button", name="Try again").click, 40)
            expect(page.get_by_text("Not saved yet: Surname.")).to_be_visible()
            idle.after(page.locator(".st-key-save button").click)
            expect(page.get_by_text("Saved, checked at")).to_be_visible()
            truth = again.customer(grace)
    assert truth
    assert truth["surname"] == "Freeman-Gray"


def test_typed_text_is_not_left_behind_without_a_question(page: Page, idle: Idle, desk: str, sandbox: Sandbox) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.goto(f"{desk}/customer?id={cust_id_of(sandbox, 'mei.o@example.com')}")
    idle.wait()
    field = page.locator(".st-key-details").get_by_label("Forename")
    field.fill("Mei-Lin")
    page.get_by_role("link", name="Activity", exact=True).click()
    expect(page.locator("h1")).to_have_text("Mei O")
    assert len(asked) == 1
    expect(field).to_have_value("Mei-Lin")
    idle.after(page.locator(".st-key-save button").click)
    expect(page.get_by_text("Saved, checked at")).to_be_visible()
    idle.after(page.get_by_role("link", name="Activity", exact=True).click)
    expect(page.locator("h1")).to_have_text("Activity")
    assert len(asked) == 1


def test_the_numbers_behind_the_charts_narrow_the_table_by_keyboard(
    page: Page, idle: Idle, desk: str, sandbox: Sandbox
) -> None:
    marie = cust_id_of(sandbox, "marie.dubois-clarke@example.com")
    page.goto(f"{desk}/orders?id={marie}")
    idle.wait()
    idle.after(page.get_by_text("Show as tables").click)
    events = page.locator(".st-key-chart canvas").nth(1)
    expect(events).to_be_visible()
    box = events.bounding_box()
    assert box
    page.mouse.click(box["x"] + 120, box["y"] + 52)
    idle.after(lambda: page.keyboard.press("Shift+Space"))
    expect(page.locator(".st-key-narrowed")).to_contain_text("behind the chosen bars")
    idle.after(page.get_by_role("button", name="Show all").click)
    expect(page.locator(".st-key-narrowed")).to_have_count(0)


def test_an_erase_page_left_open_elsewhere_shows_nothing_of_an_erased_person(
    page: Page, idle: Idle, browser: Browser, desk: str, sandbox: Sandbox
) -> None:
    email = "sam.parker@example.com"
    sam = cust_id_of(sandbox, email)
    page.goto(f"{desk}/erase?id={sam}")
    idle.wait()
    expect(page.get_by_text(email).first).to_be_visible()
    context = browser.new_context()
    other = context.new_page()
    theirs = Idle(other)
    other.goto(f"{desk}/erase?id={sam}")
    theirs.wait()
    theirs.after(lambda: other.get_by_label("Type the customer's email to confirm").fill(email))
    other.locator(".st-key-reason").get_by_role("button").click()
    theirs.after(other.get_by_role("option", name="Duplicate").click)
    theirs.after(other.locator(".st-key-erase button").click)
    expect(other.get_by_text("Erased. Two checks found no such customer")).to_be_visible(timeout=30_000)
    idle.after(lambda: page.get_by_label("Type the customer's email to confirm").fill("sam"))
    expect(page.locator(".st-key-receipt")).to_be_visible()
    expect(page.get_by_text(email)).to_have_count(0)
    context.close()


def test_what_stands_in_a_form_and_was_not_sent_outlives_every_run_of_the_page(
    page: Page, idle: Idle, desk: str, sandbox: Sandbox
) -> None:
    page.goto(f"{desk}/customer?id={cust_id_of(sandbox, 'm.khwarizmi@example.com')}")
    idle.wait()
    form = page.locator(".st-key-details")
    form.get_by_label("Forename").fill("Typed")
    form.get_by_label("Surname").fill("and not sent")
    idle.after(page.get_by_role("button", name="Refresh").click)
    expect(form.get_by_label("Forename")).to_have_value("Typed")
    idle.after(page.get_by_text("Remove…").first.click)
    expect(form.get_by_label("Surname")).to_have_value("and not sent")
    expect(form.get_by_label("Forename")).to_have_value("Typed")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, desk: str, sandbox: Sandbox, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})  # type: ignore[arg-type]
    page = context.new_page()
    idle, axe = Idle(page), Axe()
    marie = cust_id_of(sandbox, "marie.dubois-clarke@example.com")
    found = {}

    def check(name: str) -> None:
        page.wait_for_timeout(300)
        for violation in axe.run(page).response["violations"]:
            if violation["id"] not in STREAMLITS_OWN:
                found[f"{name}: {violation['id']}"] = [node["html"][:200] for node in violation["nodes"]]

    page.goto(desk)
    idle.wait()
    idle.after(lambda: page.get_by_label("Find a customer").fill("bold@example.com"))
    page.get_by_text("Add a customer").click()
    idle.after(page.locator(".st-key-add button").click)
    check("find")
    for place in (f"customer?id={marie}", f"orders?id={marie}", f"erase?id={marie}", "activity", "directory"):
        page.goto(f"{desk}/{place}")
        idle.wait()
        check(place.split("?")[0])
    page.goto(f"{desk}/orders?id={marie}&order={sandbox.orders(marie)[0]['order_id']}")
    idle.wait()
    expect(page.get_by_role("dialog")).to_be_visible()
    check("one order")
    page.goto(f"{desk}/customer?id=cus_nobody00000000")
    idle.wait()
    check("nobody")
    context.close()
    assert found == {}
