"""The address calls of the sandbox, over HTTP."""

import pytest

ADDRESS = {
    "name": "Ada Lovelace",
    "address_line_1": "12 St James's Square",
    "address_line_2": None,
    "address_line_3": None,
    "postcode": "SW1Y 4JH",
    "city": "London",
    "country": "United Kingdom",
    "email": None,
    "phone_number": "+44 20 7946 0000",
}


def _create(client, header, **changes):
    return client.post("/address/create", headers=header, json={**ADDRESS, **changes})


def test_a_created_address_comes_back_whole(client, sandbox, newcomer):
    created = _create(client, newcomer).json()["payload"]
    assert created == {"address_id": created["address_id"], **ADDRESS}
    one = client.get("/address", headers=newcomer, params={"address_id": created["address_id"]})
    assert one.json() == {"success": True, "payload": created}
    assert sandbox.addresses(newcomer["customer"]) == [created]


def test_all_addresses_come_with_their_count(client, newcomer):
    assert client.get("/address/all", headers=newcomer).json() == {"success": True, "payload": [], "meta": {"total": 0}}
    _create(client, newcomer)
    _create(client, newcomer, name="Other")
    answer = client.get("/address/all", headers=newcomer).json()
    assert answer["meta"] == {"total": 2}
    assert [address["name"] for address in answer["payload"]] == ["Ada Lovelace", "Other"]


def test_optional_fields_may_be_left_out(client, newcomer):
    body = {name: ADDRESS[name] for name in ("name", "address_line_1", "postcode", "country")}
    created = client.post("/address/create", headers=newcomer, json=body).json()["payload"]
    assert created["city"] is None
    assert set(created) == {"address_id", *ADDRESS}


def test_an_update_replaces_the_address(client, sandbox, newcomer):
    created = _create(client, newcomer).json()["payload"]
    changed = {**created, "city": None, "address_line_2": "Floor 2", "email": "ada@example.com"}
    assert client.post("/address/update", headers=newcomer, json=changed).json()["payload"] == changed
    assert sandbox.addresses(newcomer["customer"]) == [changed]


def test_a_removed_address_is_gone(client, sandbox, newcomer):
    kept, gone = _create(client, newcomer).json()["payload"], _create(client, newcomer).json()["payload"]
    assert sandbox.addresses(newcomer["customer"]) == [kept, gone]
    body = {"address_id": gone["address_id"]}
    assert client.post("/address/delete", headers=newcomer, json=body).status_code == 200
    assert sandbox.addresses(newcomer["customer"]) == [kept]
    assert client.post("/address/delete", headers=newcomer, json=body).status_code == 404


@pytest.mark.parametrize("field", ["name", "address_line_1", "postcode", "country"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_the_four_needed_fields_must_not_be_blank(client, newcomer, field, value):
    answer = _create(client, newcomer, **{field: value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(("field", "value"), [("city", 3), ("email", "nobody"), ("phone_number", "1" * 65)])
def test_optional_fields_must_make_sense_when_given(client, newcomer, field, value):
    answer = _create(client, newcomer, **{field: value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_every_fault_is_named_at_once(client, newcomer):
    answer = client.post("/address/create", headers=newcomer, json={})
    assert set(answer.json()["errors"]) == {"name", "address_line_1", "postcode", "country"}


def test_an_address_of_somebody_else_is_404(client, newcomer, known, sandbox):
    created = _create(client, newcomer).json()["payload"]
    other = known("star@example.com")
    answers = [
        client.get("/address", headers=other, params={"address_id": created["address_id"]}),
        client.post("/address/update", headers=other, json=created),
        client.post("/address/delete", headers=other, json={"address_id": created["address_id"]}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert sandbox.addresses(newcomer["customer"]) == [created]


def test_the_address_id_is_needed(client, newcomer):
    answers = [
        client.get("/address", headers=newcomer),
        client.post("/address/update", headers=newcomer, json=ADDRESS),
        client.post("/address/delete", headers=newcomer, json={}),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert all("address_id" in answer.json()["errors"] for answer in answers)
