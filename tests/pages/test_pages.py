"""Each page as an operator meets it: its roles, its empty states, bad input, and a platform that misbehaves."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from lib.models import Details
from lib.sandbox import Sandbox
from lib.settings import ROOT
from lib.ui.desk import close_desk, the_desk
from tests.pages.conftest import Visit

PAGES = ("find", "customer", "orders", "erase", "activity", "directory")


def words(at: AppTest) -> str:
    """Everything that can be read on a page."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "info", "warning", "error", "success", "code")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind))


class Away(httpx.BaseTransport):
    """A network on which nobody answers."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)


def person(platform: Sandbox, email: str) -> str:
    return next(p["cust_id"] for p in platform.roster() if p["email"] == email)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_says_who_is_there(full: Visit, platform: Sandbox, page: str) -> None:
    at = full(page, id=person(platform, "anna.mueller@example.com"))
    assert not at.exception
    assert not at.error
    assert "role eraser" in words(at)
    assert at.title


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_shown_before_somebody_said_who_may_see_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("DESK_SIGN_IN", "")
    at = visit(page) if page == "find" else visit()
    assert [t.value for t in at.title] == ["Customer Desk is closed"]
    assert "DESK_SIGN_IN=none" in words(at)
    assert not at.text_input


def test_bad_settings_are_sentences(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TIME_ZONE", "Nowhere")
    at = visit()
    assert "DESK_TIME_ZONE must be the IANA name" in words(at)
    assert not at.exception


@pytest.mark.parametrize("page", ["customer", "orders", "erase"])
@pytest.mark.parametrize("cust_id", ["", "a,b", "a\nb", "é", "x" * 10_000, "../../etc", "<b>"])
def test_an_id_that_is_none_is_a_sentence_and_asks_nothing(
    full: Visit, platform: Sandbox, page: str, cust_id: str
) -> None:
    before = len(platform.requests)
    at = full(page, id=cust_id)
    assert not at.exception
    assert "customer id" in words(at) or "No customer is chosen" in words(at)
    assert not any(r.cust_id == cust_id for r in platform.requests[before:] if cust_id)


@pytest.mark.parametrize("page", ["customer", "orders", "erase"])
def test_an_unknown_id_says_so(full: Visit, page: str) -> None:
    at = full(page, id="cus_nobody0000000000")
    assert not at.exception
    assert "no customer with this id" in words(at)


def test_an_empty_directory_says_how_to_fill_it(visit: Visit) -> None:
    at = visit()
    assert "The directory is empty" in words(at)
    assert at.text_input(key="open_by_id")


def test_nothing_found_is_another_state_than_nothing_known(full: Visit) -> None:
    at = full()
    at.text_input(key="find").set_value("nobody at all").run()
    assert "Nothing found" in words(at)
    assert "The directory is empty" not in words(at)


def test_a_whole_id_that_the_directory_does_not_know_is_asked_of_the_platform(visit: Visit, platform: Sandbox) -> None:
    ids = [p["cust_id"] for p in platform.roster()]
    visit("customer", id=ids[0])
    at = visit()
    at.text_input(key="find").set_value(ids[5]).run()
    assert "the platform knows it" in words(at)
    assert the_desk().directory.entry(ids[5])


def save(at: AppTest) -> AppTest:
    button = next(b for b in at.button if b.label == "Save")
    return button.click().run()


def choose_of(cust_id: str) -> str:
    return f"choose details of {cust_id}"


def details_field(at: AppTest, name: str) -> object:
    return next(f for f in at.text_input if f.label == name)


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("Email", "nobody", "This is no e\\-mail address"),
        ("Email", "", "Email is missing"),
        ("Surname", "   ", "Surname is missing"),
    ],
)
def test_a_problem_stands_at_its_field_and_nothing_is_sent(
    full: Visit, platform: Sandbox, field: str, typed: str, problem: str
) -> None:
    at = full("customer", id=person(platform, "grace.freeman@example.org"))
    before = len(platform.requests)
    details_field(at, field).set_value(typed)  # type: ignore[attr-defined]
    save(at)
    assert problem in words(at)
    assert details_field(at, field).value == typed  # type: ignore[attr-defined]
    assert not [r for r in platform.requests[before:] if r.path.endswith("/update")]


def test_a_saved_surname_is_checked_and_in_the_history(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, "priya.raghunathan@example.com")
    at = full("customer", id=cust_id)
    details_field(at, "Surname").set_value("Raghu")  # type: ignore[attr-defined]
    save(at)
    assert "Saved, checked at" in words(at)
    truth = platform.customer(cust_id)
    assert truth
    assert truth["surname"] == "Raghu"
    assert at.dataframe[-1].value["Changed"][0] == "surname: Raghunathan → Raghu"


def test_somebody_elses_change_is_shown_beside_ours_and_chosen_by_field(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, "tomas.rivera@example.net")
    at = full("customer", id=cust_id)
    now = the_desk().api.customer(cust_id).value.details
    the_desk().api.amend_customer(cust_id, replace(now, forename="Theirs"))
    details_field(at, "Forename").set_value("Mine")  # type: ignore[attr-defined]
    save(at)
    shown = words(at)
    assert "theirs: Theirs" in shown
    assert "yours:  Mine" in shown
    truth = platform.customer(cust_id)
    assert truth
    assert truth["forename"] == "Theirs"
    assert at.button(key=choose_of(cust_id)).disabled
    at.radio[0].set_value("Yours").run()
    at.button(key=choose_of(cust_id)).click().run()
    assert details_field(at, "Forename").value == "Mine"  # type: ignore[attr-defined]
    save(at)
    truth = platform.customer(cust_id)
    assert truth
    assert truth["forename"] == "Mine"


def test_a_field_that_only_they_changed_stays_theirs(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, "marie.dubois-clarke@example.com")
    at = full("customer", id=cust_id)
    now = the_desk().api.customer(cust_id).value.details
    the_desk().api.amend_customer(cust_id, replace(now, forename="Marianne"))
    details_field(at, "Surname").set_value("Dubois")  # type: ignore[attr-defined]
    save(at)
    assert "only they changed it" in words(at)
    assert "only you changed it" in words(at)
    at.button(key=choose_of(cust_id)).click().run()
    save(at)
    truth = platform.customer(cust_id)
    assert truth
    assert (truth["forename"], truth["surname"]) == ("Marianne", "Dubois")


def test_what_was_refused_is_still_there_after_a_look_at_another_page(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, "wang.xiaoming@example.com")
    at = full("customer", id=cust_id)
    details_field(at, "Email").set_value("no at sign")  # type: ignore[attr-defined]
    save(at)
    assert "before and after one" in words(at)
    at.switch_page(str(ROOT / "pages" / "activity.py")).run()
    assert "Not saved yet" not in words(at)
    at.switch_page(str(ROOT / "pages" / "customer.py"))
    at.query_params["id"] = cust_id
    at.run()
    assert details_field(at, "Email").value == "no at sign"  # type: ignore[attr-defined]
    assert "Not saved yet: Email" in words(at)
    next(b for b in at.button if b.label == "Discard").click().run()
    assert details_field(at, "Email").value == "wang.xiaoming@example.com"  # type: ignore[attr-defined]
    assert "Not saved yet" not in words(at)


def test_an_untouched_form_follows_what_others_changed(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, "mei.o@example.com")
    at = full("customer", id=cust_id)
    assert details_field(at, "Forename").value == "Mei"  # type: ignore[attr-defined]
    at.switch_page(str(ROOT / "pages" / "activity.py")).run()
    the_desk().api.amend_customer(cust_id, Details("Mei Ling", "O", "mei.o@example.com"))
    at.switch_page(str(ROOT / "pages" / "customer.py"))
    at.query_params["id"] = cust_id
    at.run()
    assert details_field(at, "Forename").value == "Mei Ling"  # type: ignore[attr-defined]
    assert "changed meanwhile" not in words(at)


def test_a_platform_that_is_away_is_a_sentence_and_what_was_typed_stays(
    full: Visit,
) -> None:
    desk = the_desk()
    cust_id = next(desk.directory.everybody()).cust_id
    at = full("customer", id=cust_id)
    details_field(at, "Surname").set_value("Kept")  # type: ignore[attr-defined]
    desk.api.gateway._writes._transport = desk.api.gateway._reads._transport = Away()
    save(at)
    assert "Nothing was sent" in words(at)
    assert details_field(at, "Surname").value == "Kept"  # type: ignore[attr-defined]
    desk.api.forget(cust_id)
    at.run()
    assert "could not be reached" in words(at)
    assert not at.exception


def test_a_viewer_sees_and_may_not_change(full: Visit, platform: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    close_desk()
    monkeypatch.setenv("DESK_ROLE", "viewer")
    cust_id = person(platform, "anna.mueller@example.com")
    at = full("customer", id=cust_id)
    assert next(b for b in at.button if b.label == "Save").disabled
    assert "Read only" in words(at)
    at = full("erase", id=cust_id)
    assert "needs the role eraser" in words(at)
    assert not at.text_input
    at = full("directory")
    assert "Importing needs the role editor" in words(at)
    assert platform.customer(cust_id)


def test_names_with_markup_are_text(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, "star@example.com")
    at = full("customer", id=cust_id)
    assert at.title[0].value == r"\*\*Star\*\* \*\$x\$\*"
