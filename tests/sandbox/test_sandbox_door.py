"""Who is let in by the sandbox, how often, and what it remembers of them."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from lib.sandbox import Sandbox

HEADERS = {"admin-key": "sandbox", "profile": "sandbox"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"admin-key": "sandbox"},
        {"profile": "sandbox"},
        {"admin-key": "wrong", "profile": "sandbox"},
        {"admin-key": "sandbox", "profile": "wrong"},
    ],
)
@pytest.mark.parametrize("path", ["/customer", "/customer/delete", "/orders", "/nowhere"])
def test_without_the_right_key_and_profile_nothing_is_told(sandbox, headers, path):
    cust_id = sandbox.roster()[0]["cust_id"]
    answer = httpx.get(sandbox.base_url + path, headers={**headers, "customer": cust_id})
    assert answer.status_code == 401
    assert answer.json()["success"] is False
    assert answer.json()["message"]
    assert sandbox.customer(cust_id)


@pytest.mark.parametrize("path", ["/nowhere", "/customer/", "/Customer", "/customers", "", "/"])
def test_an_unknown_path_is_404_in_the_envelope(client, sandbox, path):
    answer = client.get(sandbox.base_url + path, follow_redirects=False)
    assert answer.status_code == 404
    assert answer.json()["success"] is False


def test_a_path_outside_the_prefix_is_404(client, sandbox):
    assert client.get(sandbox.base_url.removesuffix("/api/v1") + "/customer").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/customer"), ("GET", "/customer/create"), ("POST", "/customer/delete"), ("DELETE", "/customer")]
    + [(method, "/orders") for method in ("PUT", "PATCH", "OPTIONS", "POST")],
)
def test_an_unexpected_method_is_405_in_the_envelope(client, method, path):
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.json()["success"] is False


def test_requests_are_remembered_with_method_path_customer_and_time(client, sandbox, known):
    header = known("star@example.com")
    before = time.monotonic()
    client.get("/customer", headers=header)
    client.post("/customer/create", json={})
    first, second = sandbox.requests[-2:]
    assert (first.method, first.path, first.cust_id) == ("GET", "/api/v1/customer", header["customer"])
    assert (second.method, second.path, second.cust_id) == ("POST", "/api/v1/customer/create", None)
    assert before <= first.at <= second.at <= time.monotonic()


def test_over_the_rate_limit_the_answer_is_429_and_says_when_to_come_back(tmp_path):
    with Sandbox(tmp_path / "s.db", customers=0, big=1, rate_limit=5) as limited:
        headers = {**HEADERS, "customer": limited.roster()[0]["cust_id"]}
        with httpx.Client(base_url=limited.base_url, headers=headers) as client:
            assert client.get("/customer", headers={"admin-key": "wrong"}).status_code == 401
            answers = [client.get("/customer") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 10
    assert answers[-1].json()["success"] is False
    assert answers[-1].json()["message"]
    assert len(limited.requests) == 8


def test_latency_delays_each_answer_but_parallel_requests_overlap(tmp_path):
    with Sandbox(tmp_path / "s.db", customers=0, big=1, latency_ms=200) as slow:
        headers = {**HEADERS, "customer": slow.roster()[0]["cust_id"]}
        with httpx.Client(base_url=slow.base_url, headers=headers) as client, ThreadPoolExecutor(8) as pool:
            began = time.monotonic()
            answers = list(pool.map(lambda _: client.get("/customer"), range(8)))
            took = time.monotonic() - began
    assert {answer.status_code for answer in answers} == {200}
    assert 0.2 <= took < 1.2


def test_a_small_answer_is_not_held_back(client, known):
    header = known("star@example.com")
    began = time.monotonic()
    for _ in range(20):
        client.get("/customer", headers=header)
    assert (time.monotonic() - began) / 20 < 0.03
