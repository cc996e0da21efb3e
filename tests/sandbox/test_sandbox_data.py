"""The made-up data of the sandbox: deterministic, adding up, and with every awkward customer."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lib.sandbox import Sandbox
from lib.sandbox.histories import World
from lib.sandbox.people import in_ascii
from lib.sandbox.specials import SPECIALS

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 3, 15)
ORDER_FIELDS = [
    *("order_id", "order_reference", "created_at", "status", "cust_id", "currency", "event", "performance"),
    *("tickets", "addons", "fees", "discounts", "total"),
]


@pytest.fixture(scope="module")
def orders(sandbox):
    return [order for entry in sandbox.roster() for order in sandbox.orders(entry["cust_id"])]


@pytest.fixture
def orders_of(sandbox, known):
    return lambda special: sandbox.orders(known(SPECIALS[special].email)["customer"])


def _difference(order):
    exact = json.loads(json.dumps(order), parse_float=Decimal)
    plus = [ticket["price"] for ticket in exact["tickets"]] + [addon["price"] for addon in exact["addons"]]
    plus += [fee["total"] for fee in exact["fees"]]
    return exact["total"] - sum(plus) + sum(discount["total"] for discount in exact["discounts"])


def _everything(sandbox):
    ids = [entry["cust_id"] for entry in sandbox.roster()]
    return sandbox.roster(), [sandbox.orders(one) for one in ids], [sandbox.addresses(one) for one in ids]


def test_the_same_arguments_make_the_same_data_and_others_do_not(tmp_path):
    everything = []
    for number, (big, day) in enumerate([(10, DAY), (10, DAY), (11, DAY), (10, DAY - timedelta(1))]):
        with Sandbox(tmp_path / f"{number}.db", customers=40, big=big, today=day) as sandbox:
            everything.append(_everything(sandbox))
    assert everything[0] == everything[1]
    assert everything[0] != everything[2]
    assert everything[0] != everything[3]


def test_every_process_makes_the_same_data():
    code = (
        "from datetime import date; from hashlib import sha256; from lib.sandbox.histories import World;"
        " world = World(300, 50, date(2026, 3, 15));"
        " print(sha256(repr([world.people, *world.addresses(), *world.orders()]).encode()).hexdigest())"
    )
    command = [sys.executable, "-c", code]
    environments = [{**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    digests = {subprocess.check_output(command, env=environment) for environment in environments}
    assert len(digests) == 1


def test_all_totals_add_up_but_one_that_is_off_by_one(orders):
    assert Counter(_difference(order) for order in orders) == {Decimal(0): len(orders) - 1, Decimal(1): 1}


def test_every_order_has_the_documented_shape(orders):
    for order in orders:
        assert list(order) == ORDER_FIELDS
        assert re.fullmatch(r"DB-[0-9A-F]{8}", order["order_reference"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", order["created_at"])
        assert order["status"] in {"sold", "refunded", "cancelled"}
        assert list(order["event"]) == ["event_id", "name"]
        assert list(order["performance"]) == ["start_date", "start_time", "end_date", "end_time"]
        assert order["tickets"]
        assert all(list(one) == ["ticket_entry_id", "name", "description", "price"] for one in order["tickets"])
        assert all(list(one) == ["addon_entry_id", "name", "variant_name", "price"] for one in order["addons"])
        assert all(list(one) == ["fee_entry_id", "title", "description", "total"] for one in order["fees"])
        assert all(list(one) == ["discount_entry_id", "title", "description", "total"] for one in order["discounts"])
        assert order["total"] >= 0


def test_ids_references_and_emails_are_unique(sandbox, orders):
    roster = sandbox.roster()
    assert len({entry["email"].casefold() for entry in roster}) == len(roster) == 60
    assert all(re.fullmatch(r"cus_[0-9a-z]{16}", entry["cust_id"]) for entry in roster)
    assert len({entry["cust_id"] for entry in roster}) == len(roster)
    assert len({order["order_id"] for order in orders}) == len(orders)
    assert len({order["order_reference"] for order in orders}) == len(orders)


def test_orders_lie_in_the_five_years_before_today(orders):
    days = {date.fromisoformat(order["created_at"][:10]) for order in orders}
    assert max(days) < DAY
    assert min(days) >= DAY - timedelta(5 * 366)
    assert max(days) - min(days) > timedelta(4 * 365)


def test_every_special_is_at_the_head_however_few_customers(sandbox, tmp_path):
    wanted = [(one.forename, one.surname, one.email) for one in SPECIALS.values()]
    with Sandbox(tmp_path / "s.db", customers=0, big=3, today=DAY) as tiny:
        rosters = [tiny.roster(), sandbox.roster()[: len(wanted)]]
    assert [[(one["forename"], one["surname"], one["email"]) for one in roster] for roster in rosters] == [wanted] * 2


def test_exactly_one_customer_has_the_big_history(sandbox):
    counts = [len(sandbox.orders(entry["cust_id"])) for entry in sandbox.roster()]
    assert counts[0] == 120
    assert max(counts[1:]) <= 60


def test_the_specials_have_the_orders_their_story_says(orders_of):
    assert {order["currency"] for order in orders_of("two currencies")} == {"GBP", "EUR"}
    assert {order["status"] for order in orders_of("refunds")} == {"sold", "refunded", "cancelled"}
    assert {order["total"] for order in orders_of("free tickets")} == {0}
    assert orders_of("nothing") == []
    for order in orders_of("extras"):
        assert min(len(order["addons"]), len(order["fees"]), len(order["discounts"])) >= 2


def test_the_upcoming_customer_has_two_tickets_within_the_week(orders_of):
    orders = orders_of("upcoming")
    starts = [date.fromisoformat(order["performance"]["start_date"]) for order in orders]
    assert all(start > DAY for start in starts)
    soon = [len(order["tickets"]) for order, start in zip(orders, starts, strict=True) if start <= DAY + timedelta(7)]
    assert soon == [2]


def test_only_one_customer_has_two_currencies(sandbox):
    currencies = [{order["currency"] for order in sandbox.orders(one["cust_id"])} for one in sandbox.roster()]
    assert sum(len(one) == 2 for one in currencies) == 1


def test_the_one_with_nothing_has_no_address(sandbox, known):
    assert sandbox.addresses(known(SPECIALS["nothing"].email)["customer"]) == []


def test_names_letters_and_lengths_are_what_the_table_says():
    assert len(SPECIALS["very long"].surname) == 80
    assert len(SPECIALS["one letter"].surname) == 1
    assert "\u202e" in SPECIALS["bidi override"].surname
    assert SPECIALS["namesake one"][:2] == SPECIALS["namesake two"][:2]


def test_the_default_world_is_of_many_scripts_and_about_seven_orders_each():
    world = World(2000, 0, DAY)
    assert len(world.people) == 2000
    emails = {person.email.casefold() for person in world.people}
    assert len(emails) == 2000
    assert 0.9 < sum(email.isascii() for email in emails) / 2000 < 1
    names = "".join(person.surname for person in world.people)
    assert all(any(low <= letter <= high for letter in names) for low, high in ("αω", "ая", "את", "ءي", "一龥", "가힣"))
    assert len({person.locale for person in world.people}) > 25


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Łukasz Ångström", "lukaszangstrom"), ("Groß", "gross"), ("Щербина", "shcherbina"), ("王", ""), ("Ώρα", "ora")],
)
def test_names_are_transliterated_where_simple(name, expected):
    assert in_ascii(name) == expected
