"""Exact sums, quiet periods as zero, currencies apart, files that a spreadsheet cannot be tricked with."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.history.charts import chosen_periods, currencies, orders_over_time, spend_by_event
from lib.history.dossier import dossier
from lib.history.exports import as_text, money_line, orders_csv
from lib.history.figures import figures
from lib.history.tables import by_event, grain_for, narrowed, over_time, period_end, period_start, sorted_by, table
from lib.models import Address, Customer, Details, Money, Order, OrderHistory

LONDON = ZoneInfo("Europe/London")
FIELDS = {"period_start", "period_end", "event_name", "place", "currency", "orders", "spend", "exact_spend"}


def order(number: int = 1, **fields: object) -> Order:
    base = {
        "order_id": f"o{number}",
        "order_reference": f"DB-{number}",
        "created_at": "2026-03-01T12:00:00Z",
        "status": "sold",
        "currency": "GBP",
        "event": {"event_id": "e1", "name": "Hamlet"},
        "total": Decimal("12.50"),
    }
    return Order.from_json(base | fields)


orders = st.builds(
    lambda n, day, cents, currency, status, event: order(
        n,
        created_at=(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=day)).isoformat(),
        total=Decimal(cents) / 100,
        currency=currency,
        status=status,
        event={"event_id": event, "name": event},
    ),
    st.integers(1, 10**6),
    st.integers(0, 24 * 900),
    st.integers(0, 10**7),
    st.sampled_from(["GBP", "EUR", "JPY"]),
    st.sampled_from(["sold", "refunded", "cancelled"]),
    st.sampled_from([f"event {n}" for n in range(25)]),
)


@settings(deadline=None, max_examples=50)
@given(st.lists(orders, max_size=60), st.sampled_from(["day", "week", "month"]))
def test_every_sum_is_exact_and_agrees_with_every_other(some: list[Order], grain: str) -> None:
    spend = OrderHistory(tuple(some), complete=True).spend
    for frame in (over_time(some, LONDON, grain), by_event(some)):
        assert int(frame["orders"].sum()) == len(some)
        for currency in {o.currency for o in some}:
            total = sum(frame[frame["currency"] == currency]["spend"], Decimal(0))
            assert total == (spend[currency].amount if currency in spend else 0)


@settings(deadline=None, max_examples=50)
@given(st.lists(orders, min_size=1, max_size=30), st.randoms())
def test_figures_do_not_depend_on_the_order_of_orders(some: list[Order], random: object) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert figures(OrderHistory(tuple(some))) == figures(OrderHistory(tuple(shuffled)))


def test_tenths_add_up() -> None:
    three = tuple(order(n, total=Decimal("0.1")) for n in range(3))
    assert figures(OrderHistory(three, complete=True)).spend == (Money(Decimal("0.3"), "GBP"),)


def test_currencies_are_never_added() -> None:
    with pytest.raises(ValueError, match="currencies"):
        _ = Money(Decimal(1), "GBP") + Money(Decimal(1), "EUR")
    both = OrderHistory((order(1), order(2, currency="EUR")), complete=True)
    assert [str(m) for m in figures(both).spend] == ["12.50 EUR", "12.50 GBP"]


def test_the_scope_says_what_is_covered() -> None:
    assert figures(OrderHistory((order(),), 1, complete=True)).scope == "of 1 order, all loaded"
    assert figures(OrderHistory((order(),), 214)).scope == "at least: 1 of about 214 orders loaded"


@settings(deadline=None, max_examples=50)
@given(st.lists(orders, min_size=1, max_size=40), st.sampled_from(["day", "week", "month"]))
def test_quiet_periods_are_there_as_zero_and_the_chart_stays_small(some: list[Order], grain: str) -> None:
    frame = over_time(some, LONDON, grain)
    for currency in currencies(frame):
        starts = list(frame[frame["currency"] == currency]["period_start"])
        assert len(starts) <= 400
        used = next(
            g for g in ("day", "week", "month", "year") if len(starts) < 2 or period_end(starts[0], g) == starts[1]
        )
        assert all(period_end(a, used) == b for a, b in pairwise(starts))


def test_an_order_belongs_to_the_local_day() -> None:
    late = order(created_at="2026-06-30T23:30:00Z")
    assert over_time([late], LONDON, "day")["period_start"][0].isoformat() == "2026-07-01"
    assert over_time([late], ZoneInfo("UTC"), "month")["period_start"][0].isoformat() == "2026-06-01"


def test_weeks_start_on_monday_and_months_and_years_at_their_first() -> None:
    day = datetime(2026, 3, 29, tzinfo=UTC).date()
    starts = {grain: period_start(day, grain) for grain in ("day", "week", "month", "year")}
    assert {g: s.isoformat() for g, s in starts.items()} == {
        "day": "2026-03-29",
        "week": "2026-03-23",
        "month": "2026-03-01",
        "year": "2026-01-01",
    }
    assert {g: period_end(s, g).isoformat() for g, s in starts.items()} == {
        "day": "2026-03-30",
        "week": "2026-03-30",
        "month": "2026-04-01",
        "year": "2027-01-01",
    }


@pytest.mark.parametrize(("days", "grain"), [(0, "day"), (62, "day"), (63, "week"), (366, "week"), (367, "month")])
def test_the_span_chooses_the_grain(days: int, grain: str) -> None:
    start = datetime(2024, 1, 1, 12, tzinfo=UTC)
    two = [order(n, created_at=(start + timedelta(days=n * days)).isoformat()) for n in (0, 1)]
    assert grain_for(two, LONDON) == grain


def test_a_chosen_bar_leads_to_exactly_its_orders() -> None:
    some = [
        order(n, created_at=f"2026-0{1 + n % 3}-15T12:00:00Z", currency="EUR" if n % 2 else "GBP") for n in range(12)
    ]
    for start in ("2026-02-01", 1769904000000):
        (period,) = chosen_periods([{"period_start": start, "currency": "GBP"}], "month")
        behind = narrowed(some, period=period, zone=LONDON)
        assert {o.order_id for o in behind} == {
            o.order_id for o in some if "-02-" in str(o.placed) and o.currency == "GBP"
        }
    assert chosen_periods([], "month") == []
    assert chosen_periods([{"period_start": "nonsense"}], "month") == []


def test_charts_hold_data_as_data_only() -> None:
    some = [order(n, event={"event_id": "x", "name": 'image"}<b>'}, currency=c) for n, c in enumerate(["GBP", "EUR"])]
    for chart in (
        orders_over_time(over_time(some, LONDON, "day"), "GBP", "day", "Europe/London"),
        spend_by_event(by_event(some), "GBP", "orders"),
    ):
        spec = chart.to_dict()
        (name,) = spec["datasets"]
        keys = {key for row in spec["datasets"][name] for key in row}
        assert keys <= FIELDS
        assert "<b>" not in json.dumps({k: v for k, v in spec.items() if k != "datasets"})
        assert len(spec["params"]) == 1


def test_rows_without_a_value_come_last_whichever_way() -> None:
    some = [order(1, total=None), order(2, total=Decimal(1)), order(3, total=Decimal(3))]
    assert [o.order_id for o in sorted_by(some, "total", True)] == ["o3", "o2", "o1"]
    assert [o.order_id for o in sorted_by(some, "total", False)] == ["o2", "o3", "o1"]
    assert list(table(some, LONDON)["Total"]) == ["", "1.00", "3.00"]


FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_file_is_a_formula(text: str) -> None:
    evil = order(order_reference=text, event={"event_id": "e", "name": text}, tickets=[{"name": text, "price": -3}])
    (row,) = csv.DictReader(io.StringIO(orders_csv([evil], LONDON).decode("utf-8-sig"), newline=""))
    for name in ("reference", "event", "ticket_names"):
        assert row[name].startswith("'")
    assert row["tickets_total"] == "-3.00"


def test_the_file_says_of_every_order_what_the_platform_said() -> None:
    one = order(tickets=[{"name": "A", "price": Decimal("10.00")}], fees=[{"title": "f", "total": Decimal("2.50")}])
    content = orders_csv([one, order(2, total=None)], LONDON)
    assert content.startswith(b"\xef\xbb\xbf")
    first, second = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (first["total"], first["adds_up"], first["fees_total"]) == ("12.50", "yes", "2.50")
    assert (second["total"], second["adds_up"]) == ("", "")


def test_whether_an_order_adds_up_is_said() -> None:
    lines = {"tickets": [{"name": "A", "price": 10}], "discounts": [{"title": "d", "total": 1}]}
    assert money_line(order(**lines, total=9)) == "The lines come to 9.00 GBP: that is the total."
    assert money_line(order(**lines, total=10)) == "The lines come to 9.00 GBP, but the total says 10.00 GBP."
    assert "not known" in money_line(order(tickets=[{"name": "A"}]))
    assert "d: -1.00 GBP" in as_text(order(**lines, total=9), LONDON)


def test_the_dossier_has_everything_and_runs_nothing() -> None:
    person = Customer("c1", Details("<script>alert(1)</script>", "=1+1", "a@x.example"), {"vip": True})
    held = {"directory": [{"note": "<img src=x>"}], "operations": []}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    content = dossier(
        person,
        [Address("a1", "N", "L1", postcode="P", country="C")],
        OrderHistory((order(),), 1, True),
        held,
        at,
        LONDON,
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("everything.html").decode()
        told = json.loads(archive.read("everything.json"))
        assert "'=1+1" in archive.read("details.csv").decode("utf-8-sig")
        assert all("c1" not in name for name in archive.namelist())
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "<img" not in page
    assert told["customer"]["vip"] is True
    assert told["orders"][0]["total"] == 12.5
    partial = dossier(person, [], OrderHistory((order(),), 9), held, at, LONDON)
    with zipfile.ZipFile(io.BytesIO(partial)) as archive:
        assert b"INCOMPLETE" in archive.read("README.txt")
