"""Makes the README's pictures from the sandbox: `python -m tests.browser.screenshots FOLDER`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS, MEND, chromium_path
from tests.browser.desks import desk_process
from tests.browser.idle import Idle


def main(folder: Path, width: int = 1280, scheme: str = "light") -> None:
    path = chromium_path()
    if path is None:
        sys.exit(MEND)
    with tempfile.TemporaryDirectory() as data, desk_process(Path(data)) as (url, _), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        take(page, Idle(page), url, folder)


def take(page: Page, idle: Idle, url: str, folder: Path) -> None:
    """One picture of each page, with something in it."""

    def shoot(name: str) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(800)
        page.screenshot(path=str(folder / f"{name}.png"))

    page.goto(url)
    idle.wait(60)
    idle.after(lambda: page.get_by_label("Find a customer").fill("ann"))
    shoot("find")
    idle.after(lambda: page.get_by_label("Find a customer").fill("raghunathan"))
    idle.after(page.locator(".st-key-results a").first.click)
    page.locator(".st-key-details").get_by_label("Surname").fill("Raghunathan-Iyer")
    idle.after(page.locator(".st-key-save button").click)
    shoot("customer")
    idle.after(page.get_by_role("link", name="Erase…").click)
    shoot("erase")
    idle.after(page.get_by_role("link", name="Find", exact=True).click)
    idle.after(lambda: page.get_by_label("Find a customer").fill("brigid"))
    idle.after(page.locator(".st-key-results a").first.click)
    page.get_by_text("all loaded").wait_for(timeout=60_000)
    idle.wait()
    idle.after(page.get_by_role("link", name="All orders").click)
    page.wait_for_timeout(1500)
    shoot("orders")
    for name in ("Activity", "Directory"):
        idle.after(page.get_by_role("link", name=name, exact=True).click)
        shoot(name.lower())


if __name__ == "__main__":
    main(Path(sys.argv[1]), *([int(sys.argv[2]), sys.argv[3]] if len(sys.argv) > 3 else []))  # type: ignore[arg-type]
