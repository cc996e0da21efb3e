"""The customer calls of the sandbox, over HTTP."""

import json

import httpx
import pytest

DETAILS = {"forename": "Ada", "surname": "Lovelace", "email": "ada@example.com"}
UNKNOWN = {"customer": "cus_0000000000000000"}


def test_a_customer_is_answered_with_four_fields(client, sandbox, known):
    header = known("siobhan.obrien@example.com")
    answer = client.get("/customer", headers=header)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "payload": {
            "cust_id": header["customer"],
            "email": "siobhan.obrien@example.com",
            "forename": "Siobhán",
            "surname": "O'Brien",
        },
    }
    assert sandbox.customer(header["customer"]) == answer.json()["payload"]


def test_a_created_customer_can_be_retrieved_and_is_on_the_roster(client, sandbox):
    created = client.post("/customer/create", json=DETAILS).json()["payload"]
    assert created["cust_id"].startswith("cus_")
    assert len(created["cust_id"]) == 20
    assert client.get("/customer", headers={"customer": created["cust_id"]}).json()["payload"] == created
    assert created in sandbox.roster()


def test_creating_with_a_taken_email_in_another_case_answers_with_the_existing_customer(client, sandbox, known):
    before = len(sandbox.roster())
    answer = client.post("/customer/create", json={**DETAILS, "email": "ANNA.Mueller@Example.com"})
    assert answer.json()["payload"]["cust_id"] == known("anna.mueller@example.com")["customer"]
    assert answer.json()["payload"]["surname"] == "Müller"
    assert len(sandbox.roster()) == before


def test_an_update_changes_all_three_details(client, sandbox, newcomer):
    details = {"forename": "Zoë 🎟️", "surname": "<b>", "email": "zoe.changed@example.com"}
    answer = client.post("/customer/update", headers=newcomer, json=details)
    assert answer.json() == {"success": True, "payload": {"cust_id": newcomer["customer"], **details}}
    assert sandbox.customer(newcomer["customer"]) == answer.json()["payload"]


def test_an_update_may_change_only_the_case_of_the_email(client, sandbox, newcomer):
    email = sandbox.customer(newcomer["customer"])["email"].upper()
    answer = client.post("/customer/update", headers=newcomer, json={**DETAILS, "email": email})
    assert answer.status_code == 200
    assert sandbox.customer(newcomer["customer"])["email"] == email


def test_an_update_to_the_email_of_another_customer_is_refused(client, sandbox, newcomer):
    before = sandbox.customer(newcomer["customer"])
    answer = client.post("/customer/update", headers=newcomer, json={**DETAILS, "email": "Star@example.com"})
    assert answer.status_code == 400
    assert "email" in answer.json()["errors"]
    assert sandbox.customer(newcomer["customer"]) == before


@pytest.mark.parametrize("missing", ["forename", "surname", "email"])
@pytest.mark.parametrize("path", ["/customer/create", "/customer/update"])
def test_all_three_details_are_needed(client, newcomer, path, missing):
    body = {name: value for name, value in DETAILS.items() if name != missing}
    answer = client.post(path, headers=newcomer, json=body)
    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert answer.json()["message"]
    assert list(answer.json()["errors"]) == [missing]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("forename", "   "),
        ("forename", ""),
        ("surname", None),
        ("surname", 7),
        ("surname", ["x"]),
        ("surname", "x" * 256),
        ("surname", "\ud800"),
        ("email", "nobody"),
        ("email", "@example.com"),
        ("email", "a b@example.com"),
        ("email", "a@" + "x" * 300),
    ],
)
def test_details_that_make_no_sense_are_refused(client, newcomer, sandbox, field, value):
    before = sandbox.customer(newcomer["customer"])
    content = json.dumps({**DETAILS, field: value})
    answer = client.post("/customer/update", headers=newcomer, content=content)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert sandbox.customer(newcomer["customer"]) == before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"null", b"[" * 100_000])
def test_a_body_that_is_not_a_json_object_is_refused(client, content):
    answer = client.post("/customer/create", content=content)
    assert answer.status_code == 400
    assert answer.json()["success"] is False


def test_erasing_removes_customer_addresses_and_orders(client, sandbox, known):
    header = known("sam.parker@example.com")
    cust_id = header["customer"]
    address = {"name": "Sam", "address_line_1": "1 High Street", "postcode": "A1", "country": "United Kingdom"}
    address_id = client.post("/address/create", headers=header, json=address).json()["payload"]["address_id"]
    order_id = sandbox.place_order(cust_id)["order_id"]
    assert sandbox.customer(cust_id)
    assert sandbox.addresses(cust_id)
    assert sandbox.orders(cust_id)

    assert client.get("/customer/delete", headers=header).status_code == 200

    assert sandbox.customer(cust_id) is None
    assert sandbox.addresses(cust_id) == []
    assert sandbox.orders(cust_id) == []
    assert cust_id not in {entry["cust_id"] for entry in sandbox.roster()}
    assert client.get("/orders/order", headers=header, params={"order_id": order_id}).status_code == 404
    assert client.get("/address", headers=header, params={"address_id": address_id}).status_code == 404
    assert client.get("/customer/delete", headers=header).status_code == 404


def test_erasing_one_namesake_leaves_the_other(client, sandbox, known):
    gone, stays = known("anna.mueller.berlin@example.net"), known("anna.mueller@example.com")
    before = sandbox.orders(stays["customer"]), sandbox.addresses(stays["customer"])
    client.get("/customer/delete", headers=gone)
    assert sandbox.customer(stays["customer"])
    assert (sandbox.orders(stays["customer"]), sandbox.addresses(stays["customer"])) == before


def test_a_head_request_erases_nobody(client, sandbox, newcomer):
    assert client.head("/customer/delete", headers=newcomer).status_code == 405
    assert sandbox.customer(newcomer["customer"])


@pytest.mark.parametrize("path", ["/customer", "/customer/delete", "/address/all", "/address", "/orders"])
def test_an_unknown_customer_is_404_and_a_missing_header_400(client, path):
    unknown = client.get(path, headers=UNKNOWN, params={"address_id": "x"})
    assert unknown.status_code == 404
    assert unknown.json()["success"] is False
    missing = client.get(path, params={"address_id": "x"})
    assert missing.status_code == 400
    assert "customer" in missing.json()["errors"]


def test_updating_an_unknown_customer_is_404(client: httpx.Client):
    assert client.post("/customer/update", headers=UNKNOWN, json=DETAILS).status_code == 404
