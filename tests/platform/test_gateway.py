"""What each answer means, how often each call is sent, and what never leaves us."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from lib.platform.api import CustomerAPI
from lib.platform.errors import (
    Busy,
    Denied,
    NotFound,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Unavailable,
    Unreadable,
)
from lib.platform.gateway import BODY_CAP, Gateway
from tests.platform.conftest import KEY, Answer, Planned, Seen, bad, good

HTML = Answer(body=b"<html>502 Bad Gateway</html>", headers={"content-type": "text/html"})
ME = {"cust_id": "c1", "forename": "A", "surname": "B", "email": "a@b.example"}

FAULTS: dict[str, tuple[Answer, type[PlatformError], int, type[PlatformError]]] = {
    "a dropped connection": (Answer(cut=True), Unavailable, 3, OutcomeUnknown),
    "status 500": (Answer(500), Unavailable, 1, OutcomeUnknown),
    "status 503 with an envelope": (bad(503), Unavailable, 3, OutcomeUnknown),
    "status 429": (bad(429, "too many", {"retry-after": "1"}), Busy, 3, Busy),
    "a long 429": (bad(429, "too many", {"retry-after": "60"}), Busy, 1, Busy),
    "a proxy's 429": (Answer(429, b"<html>", {"retry-after": "1"}), Busy, 3, OutcomeUnknown),
    "status 401": (bad(401), Denied, 1, Denied),
    "a proxy's 403": (Answer(403, b"<html>"), Denied, 1, OutcomeUnknown),
    "status 404": (bad(404), NotFound, 1, NotFound),
    "a proxy's 404": (Answer(404, b"<html>"), Unreadable, 1, OutcomeUnknown),
    "status 400": (bad(400, "bad"), Rejected, 1, Rejected),
    "status 422": (bad(422, "bad"), Rejected, 1, Rejected),
    "success false": (bad(200, "bad"), Rejected, 1, Rejected),
    "a page": (HTML, Unreadable, 1, OutcomeUnknown),
    "no JSON": (Answer(body=b"{"), Unreadable, 1, OutcomeUnknown),
    "a list": (Answer(body=b"[]"), Unreadable, 1, OutcomeUnknown),
    "an empty object": (Answer(body=b"{}"), Unreadable, 1, OutcomeUnknown),
    "NaN": (Answer(body=b'{"success": true, "payload": NaN}'), Unreadable, 1, OutcomeUnknown),
    "a lone surrogate": (Answer(body=b'{"success": true, "payload": "\\ud800"}'), Unreadable, 1, OutcomeUnknown),
    "deep nesting": (Answer(body=b"[" * 100_000), Unreadable, 1, OutcomeUnknown),
    "too much": (Answer(body=b" " * (BODY_CAP + 1)), Unreadable, 1, OutcomeUnknown),
    "a redirect": (Answer(302, b"", {"location": "/elsewhere"}), Unreadable, 1, OutcomeUnknown),
}
"""Fault → the answer, what a read raises and how often it asks, what a write raises (sent once, always)."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_read_says_what_went_wrong_and_repeats_only_what_may_pass(
    planned: Planned, gateway: Gateway, fault: str
) -> None:
    answer, error, times, _ = FAULTS[fault]
    planned.answers = [answer]
    with pytest.raises(error) as raised:
        gateway.read("/customer", "c1")
    assert type(raised.value) is error
    assert len(planned.seen) == times


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("method", "path"), [("GET", "/customer/delete"), ("POST", "/customer/update")])
def test_a_write_is_sent_once_whatever_comes_back(
    planned: Planned, gateway: Gateway, fault: str, method: str, path: str
) -> None:
    answer, _, _, error = FAULTS[fault]
    planned.answers = [answer]
    marks: list[int] = []
    with pytest.raises(error) as raised:
        gateway.write(method, path, "c1", None, lambda: marks.append(len(planned.seen)))
    assert type(raised.value) is error
    assert len(planned.seen) == 1
    assert marks == [0]


def test_a_platform_that_is_not_there_was_sent_nothing(planned: Planned) -> None:
    planned.server.server_close()
    line = Gateway("http://127.0.0.1:9/api/v1", SecretStr(KEY), "p", sleep=lambda _s: None)
    with pytest.raises(Unavailable):
        line.write("POST", "/customer/update", "c1", {})
    with pytest.raises(Unavailable):
        line.read("/customer", "c1")
    line.close()


@pytest.mark.parametrize(
    "cust_id", ["a,b", "a\nb", "a\r\nx: y", "é", "a b", "x" * 65, "x" * 10_000, "\t", "../a", "a\x7f"]
)
def test_what_cannot_be_an_id_never_becomes_a_header(planned: Planned, api: CustomerAPI, cust_id: str) -> None:
    for call in (api.customer, api.addresses, api.history, api.erase_customer):
        with pytest.raises(NotFound) as raised:
            call(cust_id)
        assert cust_id not in str(raised.value)
    assert planned.seen == []


def test_no_id_at_all_is_refused(planned: Planned, api: CustomerAPI) -> None:
    with pytest.raises(NotFound):
        api.erase_customer("")
    assert planned.seen == []


def test_every_request_says_who_asks_and_that_nothing_is_to_be_stored(planned: Planned, gateway: Gateway) -> None:
    planned.answers = [good(ME)]
    gateway.read("/customer", "c1")
    (seen,) = planned.seen
    assert seen.headers["admin-key"] == KEY
    assert (seen.headers["profile"], seen.headers["customer"]) == ("profile-1", "c1")
    assert seen.headers["cache-control"] == "no-store"


def test_a_request_about_nobody_carries_no_customer(planned: Planned, gateway: Gateway) -> None:
    planned.answers = [good({"cust_id": "new1"})]
    gateway.write("POST", "/customer/create", body={"email": "x"})
    assert "customer" not in planned.seen[0].headers


def test_the_key_is_in_no_text_about_the_gateway(
    planned: Planned, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    planned.answers = [bad(401)]
    with pytest.raises(Denied) as raised:
        gateway.read("/orders", "c1", {"query": "canary-name"})
    texts = repr(gateway) + str(gateway) + repr(raised.value) + repr(raised.value.__cause__)
    assert KEY not in texts
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpcore"))
    assert KEY not in logged
    assert "canary-name" not in logged


def test_fractions_are_exact(planned: Planned, gateway: Gateway) -> None:
    planned.answers = [Answer(body=b'{"success": true, "payload": {"total": 0.1000000000000000055}}')]
    assert str(gateway.read("/x").payload["total"]) == "0.1000000000000000055"


def test_problems_with_fields_come_by_field(planned: Planned, gateway: Gateway) -> None:
    planned.answers = [bad(400, "Invalid", errors={"email": ["not an e-mail", "too long"]})]
    with pytest.raises(Rejected) as raised:
        gateway.write("POST", "/customer/update", "c1", {})
    assert raised.value.reason == "Invalid"
    assert raised.value.fields == {"email": "not an e-mail; too long"}
    planned.answers = [bad(400, "Invalid", errors=["surname is blank"])]
    with pytest.raises(Rejected) as raised:
        gateway.write("POST", "/customer/update", "c1", {})
    assert raised.value.reason == "Invalid: surname is blank"


def test_a_read_that_is_answered_at_last_is_answered(planned: Planned, gateway: Gateway) -> None:
    planned.answers = [Answer(503), Answer(cut=True), good(ME)]
    assert gateway.read("/customer", "c1").payload == ME
    assert len(planned.seen) == 3


def test_a_slow_answer_ends_at_our_own_deadline(planned: Planned) -> None:
    now = [0.0]

    def late(_seen: Seen) -> Answer:
        now[0] += 100
        return good(ME)

    planned.answers = [late]
    line = Gateway(planned.url, SecretStr(KEY), "p", clock=lambda: now[0], sleep=lambda _s: None)
    with pytest.raises(Unavailable):
        line.read("/customer", "c1")
    with pytest.raises(OutcomeUnknown):
        line.write("POST", "/customer/update", "c1", {})
    line.close()


def test_an_answer_whose_headers_never_end_ends_at_our_deadline_too(planned: Planned) -> None:
    now = [0.0]

    def tick() -> None:
        now[0] += 1
        time.sleep(0.01)  # each byte reaches the other side by itself

    planned.answers = [Answer(drip=tick)]
    line = Gateway(planned.url, SecretStr(KEY), "p", clock=lambda: now[0], sleep=lambda _s: None)
    with pytest.raises(Unavailable):
        line.read("/customer", "c1")
    assert now[0] < 60
    now[0] = 0
    with pytest.raises(OutcomeUnknown):
        line.write("POST", "/customer/update", "c1", {})
    assert now[0] < 60
    line.close()


CALLS: dict[str, tuple[Callable[[CustomerAPI], object], str, str, dict[str, object]]] = {
    "erase": (lambda api: api.erase_customer("c1"), "GET", "/api/v1/customer/delete", {}),
    "remove an address": (
        lambda api: api.remove_address("c1", "a1"),
        "POST",
        "/api/v1/address/delete",
        {"address_id": "a1"},
    ),
}


@pytest.mark.parametrize("call", CALLS)
def test_each_call_is_the_documented_one(planned: Planned, api: CustomerAPI, call: str) -> None:
    act, method, path, body = CALLS[call]
    planned.answers = [good({})]
    act(api)
    (seen,) = planned.seen
    assert (seen.method, seen.path) == (method, path)
    assert (json.loads(seen.body) if seen.body else {}) == body
    assert seen.headers["customer"] == "c1"


def test_an_answer_about_somebody_else_is_refused_and_everything_is_forgotten(
    planned: Planned, api: CustomerAPI
) -> None:
    planned.answers = [good(ME)]
    api.customer("c1")
    assert len(api.shelves) == 1
    with pytest.raises(Unreadable):
        api.customer("c2")
    assert len(api.shelves) == 0
    planned.answers = [good([{"order_id": "o1", "cust_id": "c9"}], total=1)]
    with pytest.raises(Unreadable):
        api.orders("c1", limit=50, skip=0)


def test_one_odd_order_does_not_fail_its_page(planned: Planned, api: CustomerAPI) -> None:
    rows = [{"order_id": "o1", "total": "much", "tickets": "none"}, "odd", {"no": "id"}, {"id": 7, "entry_total": 3}]
    planned.answers = [good(rows, total=4)]
    page = api.orders("c1", limit=50, skip=0)
    assert [order.order_id for order in page.orders] == ["o1", "7"]
    assert page.orders[0].oddities == ("tickets", "total")
    assert (page.received, page.unreadable) == (4, 2)
