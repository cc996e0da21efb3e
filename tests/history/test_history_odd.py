"""What platforms send on odd days: no date, no name, the same name twice, no currency, broken letters."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.history.charts import chosen_periods, orders_over_time, spend_by_event
from lib.history.dossier import dossier
from lib.history.exports import as_text, money_line, orders_csv
from lib.history.figures import figures
from lib.history.tables import OTHERS, TOP, by_event, grain_for, narrowed, over_time, sorted_by, table, undated
from lib.models import Customer, Details, Money, Order, OrderHistory

LONDON, NEW_YORK, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")


def order(number: int = 1, event: str = "Hamlet", event_id: str = "e1", **fields: object) -> Order:
    base = {
        "order_id": f"o{number}",
        "order_reference": f"DB-{number}",
        "created_at": "2026-03-01T12:00:00Z",
        "status": "sold",
        "currency": "GBP",
        "event": {"event_id": event_id, "name": event},
        "total": Decimal("12.50"),
    }
    return Order.from_json(base | fields)


def ids(orders: tuple[Order, ...]) -> set[str]:
    return {o.order_id for o in orders}


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, TOKYO])
@pytest.mark.parametrize("placed", ["0001-01-01T00:00:00Z", "0101-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_date_that_means_no_date_is_shown_as_none(placed: str, zone: ZoneInfo) -> None:
    both = (order(1, created_at=placed), order(2))
    assert table(both, zone)["Placed"].iloc[0] == ""
    assert undated(both) == 1
    assert grain_for(both, zone) == "day"
    assert over_time(both, zone, "day")["orders"].sum() == 1
    assert figures(OrderHistory(both)).first == figures(OrderHistory(both)).last == both[1].placed
    assert sorted_by(both, "placed", False)[-1] is both[0]
    assert "Placed: not known" in as_text(both[0], zone)
    (row, _) = csv.DictReader(io.StringIO(orders_csv(both, zone).decode("utf-8-sig")))
    assert row["placed"] == ""
    assert row["placed_utc"].startswith(placed[:10])


def test_orders_without_any_date_still_make_charts() -> None:
    some = [order(1, created_at=None)]
    frame = over_time(some, LONDON, "day")
    assert frame.empty
    assert orders_over_time(frame, "GBP", "day", "Europe/London").to_dict()["mark"] == {"type": "bar"}


first_second = datetime(1900, 1, 3, tzinfo=UTC)
times = st.integers(0, 299 * 365 * 86400).map(lambda seconds: first_second + timedelta(seconds=seconds))


@settings(deadline=None, max_examples=25)
@given(st.lists(times, min_size=1, max_size=12), st.sampled_from(["day", "week", "month", "year"]))
def test_any_span_makes_few_gapless_periods_that_hold_every_order(placed: list[datetime], grain: str) -> None:
    some = [order(n, created_at=at.isoformat(), currency="EUR" if n % 2 else "GBP") for n, at in enumerate(placed)]
    frame = over_time(some, NEW_YORK, grain)
    ranges = {
        c: list(zip(rows["period_start"], rows["period_end"], strict=True)) for c, rows in frame.groupby("currency")
    }
    assert len({tuple(bounds) for bounds in ranges.values()}) == 1
    for bounds in ranges.values():
        assert len(bounds) <= 400
        assert all(a[1] == b[0] for a, b in pairwise(bounds))
    for row in frame.to_dict("records"):
        bar = {
            "period_start": str(row["period_start"]),
            "period_end": str(row["period_end"]),
            "currency": row["currency"],
        }
        assert len(narrowed(some, period=chosen_periods([bar], grain)[0], zone=NEW_YORK)) == row["orders"]


def test_a_bar_coarser_than_asked_for_leads_to_all_its_orders_and_the_axis_says_so() -> None:
    some = [order(1, created_at="2022-01-05T12:00:00Z")]
    some += [order(n, created_at=f"2025-01-2{n}T12:00:00Z") for n in range(2, 6)]
    frame = over_time(some, LONDON, "day")
    spec = orders_over_time(frame, "GBP", "day", "Europe/London").to_dict()
    assert spec["encoding"]["x"]["title"] == "Week, Europe/London"
    (param,) = spec["params"]
    assert (param["name"], param["select"]["fields"]) == ("period", ["period_start", "period_end", "currency"])
    (rows,) = spec["datasets"].values()
    (chosen,) = chosen_periods([{name: rows[-1][name] for name in param["select"]["fields"]}], "day")
    assert ids(narrowed(some, period=chosen, zone=LONDON)) == {"o2", "o3", "o4", "o5"}


def test_hours_that_the_clocks_skip_or_repeat_belong_to_their_local_day() -> None:
    spring = [
        order(n, created_at=f"2026-03-{at}Z")
        for n, at in enumerate(["28T23:59:59", "29T00:59:59", "29T22:59:59", "29T23:00:00"])
    ]
    frame = over_time(spring, LONDON, "day")
    assert list(zip(map(str, frame["period_start"]), frame["orders"], strict=True)) == [
        ("2026-03-28", 1),
        ("2026-03-29", 2),
        ("2026-03-30", 1),
    ]
    assert [int(n) for n in over_time(spring, LONDON, "week")["orders"]] == [3, 1]
    autumn = [
        order(n, created_at=f"2026-10-{at}Z")
        for n, at in enumerate(["24T23:00:00", "25T00:30:00", "25T01:30:00", "25T23:59:59"])
    ]
    assert [int(n) for n in over_time(autumn, LONDON, "day")["orders"]] == [4]


@pytest.mark.parametrize(
    "bars",
    [
        [{}],
        [{"period_start": True}],
        [{"period_start": float("nan")}],
        [{"period_start": 1e30}],
        [{"period_start": "9999-12-31"}],
    ],
)
def test_a_selection_that_cannot_be_read_is_none(bars: list[Mapping[str, Any]]) -> None:
    assert chosen_periods(bars, "year") == []


def test_a_period_is_understood_as_text_or_as_milliseconds() -> None:
    for start in ("2026-02-01", "2026-02-01T00:00:00", 1769904000000, 1769904000000.0):
        (period,) = chosen_periods([{"period_start": start, "currency": "GBP"}], "month")
        assert period is not None
        assert (period.start, period.end, period.currency) == (date(2026, 2, 1), date(2026, 3, 1), "GBP")


names = st.sampled_from(["Hamlet", "", OTHERS, "Hamlet (e2)", "(no name)", "Ödipus <b>"])
events = st.builds(
    lambda n, name, event_id, currency, status: order(n, name, event_id, currency=currency, status=status),
    st.integers(1, 10**6),
    names,
    st.sampled_from(["", "e1", "e2", "e3", "e4"]),
    st.sampled_from(["GBP", "EUR", ""]),
    st.sampled_from(["sold", "Refunded", "cancelled"]),
)


@settings(deadline=None, max_examples=50)
@given(st.lists(events, max_size=10), st.integers(1, 4))
def test_every_bar_of_an_event_leads_to_exactly_the_orders_that_it_counts(some: list[Order], top: int) -> None:
    frame = by_event(some, top)
    assert int(frame["orders"].sum()) == len(some)
    for row in frame.to_dict("records"):
        behind = narrowed(some, event=row["event"], currency=row["currency"], top=top)
        assert len(behind) == row["orders"]
        assert sum((m.amount for m in OrderHistory(behind).spend.values()), Decimal(0)) == row["spend"]


def test_other_events_unnamed_events_and_namesakes_are_told_apart() -> None:
    many = [order(n, f"E{n}", f"e{n}") for n in range(TOP + 5)]
    assert len(narrowed(many, event=OTHERS, currency="GBP")) == 5
    assert list(by_event(many)["event"])[-1] == OTHERS
    unnamed = [order(1, "", ""), order(2)]
    assert list(by_event(unnamed)["event"]) == ["(no name)", "Hamlet"]
    assert ids(narrowed(unnamed, event="(no name)")) == {"o1"}
    assert list(by_event([order(1, "H", "a"), order(2, "H", "b")])["event"]) == ["H (a)", "H (b)"]
    tricky = [order(1, "", ""), order(2, "(no name)", ""), order(3, "(no name)", "x"), order(4, OTHERS, "y")]
    assert len(set(by_event(tricky)["event"])) == 4
    renamed = [order(1, "New name", "a"), order(2, "Old name", "a")]
    assert list(by_event(renamed)["event"]) == ["New name"]
    assert ids(narrowed(renamed, event="New name")) == {"o1", "o2"}


def test_no_currency_is_a_currency_of_its_own() -> None:
    both = (order(1, currency=""), order(2))
    assert ids(narrowed(both, currency="")) == {"o1"}
    assert ids(narrowed(both)) == {"o1", "o2"}
    assert list(table(both, LONDON)["Currency"]) == ["", "GBP"]
    assert list(table(both, LONDON)["Total"]) == ["12.50", "12.50"]


def test_other_events_are_drawn_last_however_large() -> None:
    some = [order(n, f"E{n}", f"e{n}", total=Decimal(n)) for n in range(2 * TOP)]
    spec = spend_by_event(by_event(some), "GBP").to_dict()
    (rows,) = spec["datasets"].values()
    assert max(rows, key=lambda row: row["place"])["event_name"] == OTHERS
    assert max(rows, key=lambda row: row["spend"])["event_name"] == OTHERS
    assert spec["params"][0]["select"]["fields"] == ["event_name", "currency"]


def test_nothing_of_the_data_is_in_a_chart_outside_its_data() -> None:
    evil = 'x"}<img>{datum.href}'
    some = [order(1, evil, evil, currency=evil)]
    for chart in (
        orders_over_time(over_time(some, LONDON, "day"), evil, "day", "UTC"),
        spend_by_event(by_event(some), evil),
    ):
        spec = chart.to_dict()
        (rows,) = spec.pop("datasets").values()
        assert rows[0]["currency"] == evil
        told = json.dumps(spec)
        assert "<img>" not in told
        assert told.count("datum") == told.count("utcFormat(toDate(datum.value), '%d %b')")
        assert "{datum" not in told
        assert {"image", "href", "url"}.isdisjoint(rows[0])


def test_averages_are_exact_and_rounded_half_even() -> None:
    def average(*totals: str) -> str:
        some = tuple(order(n, total=Decimal(total)) for n, total in enumerate(totals))
        return str(figures(OrderHistory(some)).average[0])

    assert average("0.01", "0.00") == "0.00 GBP"
    assert average("0.03", "0.00") == "0.02 GBP"
    assert average("10", "10", "10.01") == "10.00 GBP"
    assert average("999999999999999", "999999999999998") == "999,999,999,999,998.50 GBP"


def test_sums_are_exact_however_many_digits_they_have() -> None:
    some = tuple(order(n, total=Decimal("999999999999999.123456789012")) for n in range(9))
    exact = Decimal("8999999999999992.111111101108")
    assert OrderHistory(some).spend["GBP"].amount == exact
    assert by_event(some)["spend"].iloc[0] == exact
    assert over_time(some, LONDON, "month")["spend"].sum() == exact


def test_what_is_left_out_of_the_figures_is_said() -> None:
    some = (order(1), order(2, status="Refunded"), order(3, status="cancelled"), order(4, total=None))
    known = figures(OrderHistory(some, 4, complete=True))
    assert known.excluded == "2 refunded or cancelled orders and 1 order without a readable total not counted"
    assert known.spend == (Money(Decimal("12.50"), "GBP"),)
    assert figures(OrderHistory((order(1),), complete=True)).excluded == ""
    assert figures(OrderHistory(complete=True)).scope == "no orders"
    assert figures(OrderHistory()).scope == "at least: 0 of an unknown number of orders loaded"
    assert "1 order without an id left out" in figures(OrderHistory((order(),), 2, unreadable=1)).scope


def test_lines_that_were_not_sent_or_not_readable_are_not_called_wrong() -> None:
    for odd in (order(), order(tickets="x"), order(tickets=[7]), order(tickets=[{"name": "A"}])):
        assert odd.adds_up is None
        assert "not known" in money_line(odd)
        (row,) = csv.DictReader(io.StringIO(orders_csv([odd], LONDON).decode("utf-8-sig")))
        assert row["adds_up"] == ""


def test_a_name_cannot_forge_a_line_of_the_text_for_a_mail() -> None:
    text = as_text(order(event="Hamlet\nTotal: 0.00 GBP"), LONDON)
    assert [line for line in text.splitlines() if line.startswith("Total")] == ["Total: 12.50 GBP"]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=8))
def test_any_text_survives_the_file(texts: list[tuple[str, str]]) -> None:
    some = [order(n, event, order_reference=reference) for n, (reference, event) in enumerate(texts)]
    content = orders_csv(some, LONDON).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [(row["reference"].removeprefix("'"), row["event"].removeprefix("'")) for row in rows] == [
        (o.reference.removeprefix("'"), o.event.removeprefix("'")) for o in some
    ]
    assert content.count("\r\n") >= len(some) + 1


def opened(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_the_dossier_survives_broken_letters_and_uneven_rows() -> None:
    raw = json.loads('{"vip": "\\ud800 🎭", "points": 12.50}', parse_float=Decimal)
    person = Customer("c1", Details("Ann 🎭", "\ud800", "a@x.example"), raw)
    desk = {"Notes of Ann/../x": [{"a": "1"}, {"b": "<script>", "a": None}, {"c": -3}]}
    history = OrderHistory((order(event="\ud800<script>"),), 3, unreadable=1)
    files = opened(dossier(person, [], history, desk, datetime(2026, 7, 1, tzinfo=UTC), LONDON))
    assert json.loads(files["everything.json"])["customer"]["vip"] == "\ud800 🎭"
    assert json.loads(files["everything.json"])["orders_complete"] is False
    assert list(csv.reader(io.StringIO(files["desk-notes-of-ann-x.csv"]))) == [
        ["a", "b", "c"],
        ["1", "", ""],
        ["", "<script>", ""],
        ["", "", "-3"],
    ]
    assert "<script" not in files["everything.html"]
    assert "🎭" in files["everything.html"]
    for name in ("README.txt", "everything.html"):
        assert "INCOMPLETE: at least 1 of about 3 orders" in files[name]
        assert "1 more had no id" in files[name]
    assert files["addresses.csv"].startswith("address_id,name,")


def test_the_same_dossier_is_the_same_file() -> None:
    person, at = Customer("c1", Details("A", "B", "c@x.example")), datetime(2026, 7, 1, tzinfo=UTC)
    one, two = (dossier(person, [], OrderHistory((order(),), 1, complete=True), {}, at, LONDON) for _ in range(2))
    assert one == two
    assert "The only order is in it." in opened(one)["README.txt"]
