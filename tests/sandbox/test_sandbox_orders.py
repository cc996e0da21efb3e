"""The order calls of the sandbox, over HTTP."""

import pytest

AGENCY = "bookings@st-brigids.example.org"


@pytest.fixture
def agency(known):
    return known(AGENCY)


def _list(client, header, **params):
    answer = client.get("/orders", headers=header, params=params)
    assert answer.status_code == 200
    return answer.json()["payload"], answer.json()["meta"]["total"]


def test_a_page_is_fifty_orders_newest_first_and_the_total_counts_all(client, sandbox, agency):
    orders, total = _list(client, agency)
    assert len(orders) == 50
    assert total == 120
    assert orders == sandbox.orders(agency["customer"])[:50]
    placed = [order["created_at"] for order in orders]
    assert placed == sorted(placed, reverse=True)


def test_pages_together_are_the_whole_history(client, sandbox, agency):
    pages = [_list(client, agency, limit=50, skip=skip) for skip in (0, 50, 100, 150)]
    assert [len(orders) for orders, _ in pages] == [50, 50, 20, 0]
    assert {total for _, total in pages} == {120}
    assert [order for orders, _ in pages for order in orders] == sandbox.orders(agency["customer"])


def test_one_order_is_the_same_object_as_in_the_list(client, agency):
    order = _list(client, agency, limit=1)[0][0]
    answer = client.get("/orders/order", headers=agency, params={"order_id": order["order_id"]})
    assert answer.json() == {"success": True, "payload": order}


def test_an_order_that_is_unknown_or_somebody_elses_is_404(client, agency, known):
    order_id = _list(client, agency, limit=1)[0][0]["order_id"]
    assert client.get("/orders/order", headers=agency, params={"order_id": "ord_x"}).status_code == 404
    other = known("star@example.com")
    assert client.get("/orders/order", headers=other, params={"order_id": order_id}).status_code == 404
    assert client.get("/orders/order", headers=agency).status_code == 400


def test_both_dates_are_inclusive(client, sandbox, agency):
    truth = sandbox.orders(agency["customer"])
    first, last = truth[80]["created_at"][:10], truth[40]["created_at"][:10]
    wanted = [order for order in truth if first <= order["created_at"][:10] <= last]
    assert wanted[0]["created_at"][:10] == last
    orders, total = _list(client, agency, date_from=first, date_to=last, limit=100)
    assert orders == wanted
    assert total == len(wanted)


def test_each_date_filters_alone_and_a_reversed_span_is_empty(client, sandbox, agency):
    truth = sandbox.orders(agency["customer"])
    day = truth[60]["created_at"][:10]
    assert _list(client, agency, date_from=day)[1] == sum(order["created_at"][:10] >= day for order in truth)
    assert _list(client, agency, date_to=day)[1] == sum(order["created_at"][:10] <= day for order in truth)
    assert _list(client, agency, date_from="2030-01-01", date_to="2020-01-01") == ([], 0)
    assert _list(client, agency, date_to="9999-12-31")[1] == 120


def test_free_text_finds_reference_event_status_and_ticket_in_any_case(client, sandbox, agency):
    truth = sandbox.orders(agency["customer"])
    order = truth[7]
    assert _list(client, agency, query=order["order_reference"].lower()) == ([order], 1)
    by_event = [one for one in truth if order["event"]["name"] in one["event"]["name"]]
    assert _list(client, agency, query=order["event"]["name"].upper(), limit=100)[0] == by_event
    refunded = [one for one in truth if one["status"] == "refunded"]
    assert refunded
    assert _list(client, agency, query="Refunded")[0] == refunded
    stalls = [one for one in truth if any(ticket["name"] == "Front stalls" for ticket in one["tickets"])]
    assert stalls
    assert _list(client, agency, query="front STALLS", limit=100)[0] == stalls


@pytest.mark.parametrize("words", ["%", "_______________", "' OR 1=1 --", "\\"])
def test_free_text_is_taken_literally(client, agency, words):
    assert _list(client, agency, query=words) == ([], 0)


def test_an_empty_query_filters_nothing(client, agency):
    assert _list(client, agency, query="")[1] == 120


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "101"},
        {"limit": "0"},
        {"limit": "many"},
        {"limit": ""},
        {"skip": "-1"},
        {"skip": "1.5"},
        {"skip": "9" * 30},
        {"date_from": "2026-02-30"},
        {"date_from": "20260201"},
        {"date_to": "01/02/2026"},
        {"date_to": ""},
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused_by_name(client, agency, params):
    answer = client.get("/orders", headers=agency, params=params)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert answer.json()["message"]
    assert list(answer.json()["errors"]) == list(params)


def test_a_limit_of_one_hundred_is_served(client, agency):
    assert len(_list(client, agency, limit=100)[0]) == 100


def test_an_order_placed_now_comes_first(client, sandbox, known):
    header = known("priya.raghunathan@example.com")
    before = sandbox.orders(header["customer"])
    placed = sandbox.place_order(header["customer"])
    orders, total = _list(client, header)
    assert orders == [placed, *before]
    assert total == len(before) + 1


def test_nothing_can_be_placed_for_nobody(sandbox):
    with pytest.raises(KeyError):
        sandbox.place_order("cus_nobody")
