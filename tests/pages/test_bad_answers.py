"""Pages over a platform that answers badly: each fault is a sentence, what was typed stays, nobody else is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from lib.models import Address, Details
from lib.sandbox import Sandbox
from lib.ui.desk import Desk, close_desk, the_desk
from tests.pages.conftest import Visit
from tests.pages.test_pages import Away, details_field, person, save, words

GRACE = "grace.freeman@example.org"
HOME = Address(name="Grace", address_line_1="1 Long Lane", postcode="AB1 2CD", city="Leeds", country="GB")


class Line(httpx.BaseTransport):
    """The way to the platform, with answers of our own for some paths; `answers`: end of a path → answer or error."""

    def __init__(self, answers: dict[str, httpx.Response | Exception]) -> None:
        self.answers, self.line = answers, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for path, answer in self.answers.items():
            if request.url.path.endswith(path):
                if isinstance(answer, Exception):
                    raise answer
                return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return self.line.handle_request(request)


def answering(desk: Desk, answers: dict[str, httpx.Response | Exception]) -> None:
    desk.api.gateway._reads._transport = desk.api.gateway._writes._transport = Line(answers)


def envelope(payload: object, **more: object) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "payload": payload, **more})


BAD = {
    "a page": httpx.Response(200, html="<h1>Bad gateway</h1>"),
    "broken JSON": httpx.Response(200, text='{"success": tr'),
    "a refused key": httpx.Response(401, json={"success": False, "message": "no"}),
    "not found": httpx.Response(404, json={"success": False, "message": "no"}),
    "too many": httpx.Response(429, json={"success": False, "message": "no"}, headers={"retry-after": "30"}),
    "an error": httpx.Response(500, text="oops"),
    "nobody there": httpx.ConnectError("refused"),
}


@pytest.mark.parametrize("fault", BAD)
def test_what_was_typed_outlives_every_bad_answer(full: Visit, platform: Sandbox, fault: str) -> None:
    cust_id = person(platform, GRACE)
    at, desk = full("customer", id=cust_id), the_desk()
    details_field(at, "Email").set_value("typed without at")  # type: ignore[attr-defined]
    save(at)
    answering(desk, {"/customer": BAD[fault]})
    desk.api.forget(cust_id)
    at.run()
    assert not at.exception
    shown = words(at)
    assert any(word in shown for word in ("could not be read", "does not accept", "no customer", "busy", "reached"))
    answering(desk, {})
    desk.api.gateway.pace._shut_until = 0
    at.run()
    assert details_field(at, "Email").value == "typed without at"  # type: ignore[attr-defined]


def test_after_a_refused_key_nobody_is_shown_from_memory(full: Visit, platform: Sandbox) -> None:
    grace, anna = person(platform, GRACE), person(platform, "anna.mueller@example.com")
    at, desk = full("customer", id=grace), the_desk()
    assert GRACE in words(full("customer", id=anna)) + words(at)
    answering(desk, {"/customer": BAD["a refused key"], "/address/all": BAD["a refused key"]})
    desk.api.shelves._shelves[anna].pop("addresses")
    shown = words(full("customer", id=anna))
    assert "does not accept the desk's key" in shown
    assert "anna.mueller" not in shown
    shown = words(full("customer", id=grace))
    assert "does not accept the desk's key" in shown
    assert GRACE not in shown


def test_a_write_without_an_answer_is_called_unknown_even_where_the_customer_cannot_be_read(
    full: Visit, platform: Sandbox
) -> None:
    cust_id = person(platform, GRACE)
    at, desk = full("customer", id=cust_id), the_desk()
    desk.writes.looks_after = (0.0,)
    sent: list[str] = []

    def gone(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        desk.api.gateway._reads._transport = Away()
        raise httpx.ReadTimeout("no answer", request=request)

    desk.api.gateway._writes._transport = httpx.MockTransport(gone)
    details_field(at, "Surname").set_value("Gray")  # type: ignore[attr-defined]
    save(at)
    (operation,) = desk.ledger.newest()
    desk.writes.wait(operation.operation_id, 30)
    at.run()
    shown = words(at)
    assert "We sent this and got no clear answer. It may still happen. Do not repeat it." in shown
    assert "nothing was changed" not in shown.lower()
    assert details_field(at, "Surname").value == "Gray"  # type: ignore[attr-defined]
    assert len(sent) == 1
    assert "needs_eyes" not in shown
    assert "It may still happen" in words(full("activity"))


def button(at: AppTest, label: str) -> None:
    next(b for b in at.button if b.label == label).click().run()


def fields(at: AppTest, label: str) -> list[object]:
    return [f for f in at.text_input if f.label == label]


def with_address(visit: Callable[..., AppTest], platform: Sandbox, email: str) -> tuple[AppTest, str, Address]:
    cust_id = person(platform, email)
    visit()
    the_desk().api.add_address(cust_id, HOME)
    at = visit("customer", id=cust_id)
    return at, cust_id, the_desk().api.addresses(cust_id).value[-1]


def test_an_address_that_both_changed_is_chosen_by_field(full: Visit, platform: Sandbox) -> None:
    at, cust_id, address = with_address(full, platform, "ingrid.nystrom@example.org")
    the_desk().api.amend_address(cust_id, replace(address, city="York", postcode="YO1"))
    fields(at, "City")[0].set_value("Hull")  # type: ignore[attr-defined]
    button(at, "Save address")
    assert "theirs: York" in words(at)
    assert "only they changed it" in words(at)
    at.radio[0].set_value("Yours").run()
    button(at, "Put these into the form")
    button(at, "Save address")
    (now,) = the_desk().api.addresses(cust_id, fresh=True).value
    assert (now.city, now.postcode) == ("Hull", "YO1")
    the_desk().api.remove_address(cust_id, address.address_id)


def test_details_and_an_address_that_both_changed_are_asked_about_on_one_page(full: Visit, platform: Sandbox) -> None:
    at, cust_id, address = with_address(full, platform, "ingrid.nystrom@example.org")
    desk = the_desk()
    now = desk.api.customer(cust_id).value.details
    desk.api.amend_address(cust_id, replace(address, city="York"))
    desk.api.amend_customer(cust_id, replace(now, forename="Theirs"))
    fields(at, "City")[0].set_value("Hull")  # type: ignore[attr-defined]
    button(at, "Save address")
    details_field(at, "Forename").set_value("Mine")  # type: ignore[attr-defined]
    save(at)
    assert not at.exception
    assert "could not be shown" not in words(at)
    assert "theirs: York" in words(at)
    assert "theirs: Theirs" in words(at)
    desk.api.amend_customer(cust_id, now)
    desk.api.remove_address(cust_id, address.address_id)


def test_an_address_that_was_removed_meanwhile_leaves_what_was_typed(full: Visit, platform: Sandbox) -> None:
    at, cust_id, address = with_address(full, platform, "ingrid.nystrom@example.org")
    the_desk().api.remove_address(cust_id, address.address_id)
    the_desk().api.shelves._shelves.clear()
    fields(at, "City")[0].set_value("Hull")  # type: ignore[attr-defined]
    button(at, "Save address")
    assert "This address was removed meanwhile. What you typed is kept here." in words(at)
    assert "Hull" in words(at)
    button(at, "Put it into a new address")
    assert fields(at, "City")[-1].value == "Hull"  # type: ignore[attr-defined]
    button(at, "Add address")
    (now,) = the_desk().api.addresses(cust_id, fresh=True).value
    assert now.city == "Hull"
    button(at, "Remove…")
    button(at, "Remove")
    assert "Removed, checked at" in words(at)
    assert "No saved address." in words(at)


ODD = {
    "a tiny total": {"order_id": "odd1", "total": "1e-99999999999", "currency": "GBP"},
    "no currency": {"order_id": "odd2", "total": 5, "created_at": "2026-05-01T00:00:00Z"},
    "markup": {
        "order_id": "odd3",
        "order_reference": "![p](https://evil.example/p.png)",
        "currency": "![p](https://evil.example/p.png)",
        "total": 5,
        "tickets": [{"name": "[x](javascript:alert(1))", "price": 5}],
        "created_at": "2026-05-01T00:00:00Z",
    },
    "wrong types": {
        "order_id": "odd4",
        "tickets": "x",
        "event": [],
        "performance": 3,
        "status": {},
        "created_at": True,
    },
}


@pytest.mark.parametrize("odd", ODD)
def test_one_odd_order_never_fails_the_page(full: Visit, platform: Sandbox, odd: str) -> None:
    cust_id = person(platform, GRACE)
    full()
    good = {"order_id": "good1", "total": 3, "currency": "GBP", "created_at": "2026-05-02T10:00:00Z"}
    answering(the_desk(), {"/orders": envelope([ODD[odd], good], meta={"total": 2})})
    the_desk().api.forget(cust_id)
    at = full("orders", id=cust_id, order=str(ODD[odd]["order_id"]))
    assert not at.exception
    assert "2 orders, all of them." in words(at)
    assert "could not be shown" not in words(at)
    markdown = [element.value for kind in ("markdown", "info", "warning", "success") for element in getattr(at, kind)]
    assert not [text for text in markdown if "![p](" in text]


def test_orders_without_an_id_are_said_and_not_silently_left_out(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, GRACE)
    full()
    answering(the_desk(), {"/orders": envelope([{"total": 3}, {"order_id": "o1", "total": 3}], meta={"total": 2})})
    the_desk().api.forget(cust_id)
    assert "1 order came without an id and cannot be shown here." in words(full("orders", id=cust_id))


def test_a_days_filter_means_the_operators_day(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, GRACE)
    full()
    asked: list[str] = []
    late = {"order_id": "o1", "total": 3, "currency": "GBP", "created_at": "2026-06-01T23:30:00Z"}  # 2 June in London

    def platform_of_utc(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/orders"):
            asked.append(str(request.url.params))
            days = (request.url.params["date_from"], request.url.params["date_to"])
            there = [late] if days[0] <= "2026-06-01" <= days[1] else []
            return envelope(there, meta={"total": len(there)})
        return httpx.HTTPTransport().handle_request(request)

    the_desk().api.gateway._reads._transport = httpx.MockTransport(platform_of_utc)
    the_desk().api.forget(cust_id)
    days = {"from": "2026-06-02", "to": "2026-06-02"}
    assert "1 order; filters hide others." in words(full("orders", id=cust_id, **days))
    assert "date_from=2026-06-01" in asked[0]
    days = {"from": "2026-06-01", "to": "2026-06-01"}
    assert "No order matches" in words(full("orders", id=cust_id, **days))


def test_a_page_number_of_any_length_is_the_first_page(full: Visit, platform: Sandbox) -> None:
    at = full("orders", id=person(platform, GRACE), pages="9" * 5000)
    assert "could not be shown" not in words(at)


def test_the_same_address_twice_is_shown_once(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, GRACE)
    full()
    row = {**json.loads(json.dumps(HOME.to_json())), "address_id": "a1"}
    answering(the_desk(), {"/address/all": envelope([row, row])})
    the_desk().api.forget(cust_id)
    at = full("customer", id=cust_id)
    assert "could not be shown" not in words(at)
    assert words(at).count("1 Long Lane") == 1


def test_somebody_whom_the_platform_lost_can_be_forgotten_here(full: Visit, platform: Sandbox) -> None:
    cust_id = person(platform, "maximiliana@example.net")
    full()
    the_desk().api.erase_customer(cust_id)
    at = full("customer", id=cust_id)
    assert "The directory still lists somebody by this id" in words(at)
    the_desk().writes.sleep = lambda _seconds: None
    at.button(key="forget_copy").click().run()
    assert the_desk().directory.entry(cust_id) is None
    assert "erased for good" in words(at)


def test_an_unknown_new_customer_is_settled_by_a_person_on_activity(full: Visit) -> None:
    full()
    desk = the_desk()
    nova = Details("Nova", "Zeit", "nova.zeit@example.org")
    cust_id = desk.api.create_customer(nova)
    row, _ = desk.ledger.intend("create", token="lost", operator="ana", email=nova.email, wanted=nova.to_json())
    desk.ledger.mark_sent(row.operation_id)
    desk.ledger.settle(row.operation_id, "unknown")
    at = full("activity")
    assert "Look for nova.zeit@example.org" in words(at)
    at.text_input(key=f"id of {row.operation_id}").set_value("cus_nobody12345").run()
    at.button(key=f"found {row.operation_id}").click().run()
    assert "Not settled" in words(at)
    at.text_input(key=f"id of {row.operation_id}").set_value(cust_id).run()
    at.button(key=f"found {row.operation_id}").click().run()
    assert desk.ledger.get(row.operation_id).state == "done"
    assert "No write with an unknown outcome." in words(at)


def test_a_desk_that_ends_opens_for_nobody(visit: Visit) -> None:
    visit()
    close_desk(for_good=True)
    try:
        assert "shutting down" in words(visit())
    finally:
        close_desk()
