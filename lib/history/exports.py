"""Owns orders as files and as text for an answer by mail."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from lib.cells import csv_file, safe_cell
from lib.history.periods import local
from lib.models import LINES, Money, Order, exact_sum, exactly

COLUMNS = (
    "placed",
    "placed_utc",
    "reference",
    "order_id",
    "event",
    "performance_start",
    "performance_end",
    "tickets",
    "ticket_names",
    "status",
    "currency",
    "tickets_total",
    "addons_total",
    "fees_total",
    "discounts_total",
    "total",
    "adds_up",
)


def orders_csv(orders: Iterable[Order], zone: ZoneInfo) -> bytes:
    """One row an order, CRLF; UTF-8 with a byte-order mark, so that a spreadsheet reads the accents. Text cells are
    safe from formulas, amounts exact numbers in the order's currency, times ISO 8601 (in `zone` and in UTC)."""
    return csv_file([COLUMNS, *(_row(order, zone) for order in orders)])


def _row(order: Order, zone: ZoneInfo) -> list[str]:
    p, at = order.performance, local(order, zone)
    names = "; ".join(line.name for line in order.lines if line.kind == "ticket")
    return [
        at.isoformat() if at else "",
        order.placed.isoformat() if order.placed else "",
        safe_cell(order.reference),
        safe_cell(order.order_id),
        safe_cell(order.event),
        safe_cell(f"{p.start_date} {p.start_time}".strip()),
        safe_cell(f"{p.end_date} {p.end_time}".strip()),
        str(order.tickets),
        safe_cell(names),
        safe_cell(order.status),
        safe_cell(order.currency),
        *(_plain(_sum(order, kind)) for kind in ("ticket", "add-on", "fee", "discount")),
        _plain(order.total),
        {True: "yes", False: "no", None: ""}[order.adds_up],
    ]


def _plain(amount: Decimal | None) -> str:
    """An amount as a number that a spreadsheet reads; '' for none."""
    return "" if amount is None else exactly(amount)


def _sum(order: Order, kind: str) -> Decimal | None:
    amounts = [line.amount for line in order.lines if line.kind == kind]
    return None if None in amounts else exact_sum(a for a in amounts if a is not None)


def as_text(order: Order, zone: ZoneInfo) -> str:
    """One order as a block for an answer by mail, times in `zone`; without personal data."""
    at = local(order, zone)
    placed = f"{at:%d %b %Y, %H:%M} ({zone.key})" if at else "not known"
    lines = [f"  {_words(line.name, line.description)}: {_money(line.effect, order)}" for line in order.lines]
    heading = [
        f"Order {_line(order.reference or order.order_id)}",
        f"Placed: {placed}",
        f"Event: {_line(order.event) or 'not known'}",
    ]
    when = [f"Performance: {_line(str(order.performance))}"] if str(order.performance) else []
    status = f"Status: {_line(order.status) or 'not known'}"
    return "\n".join([*heading, *when, status, *lines, f"Total: {_money(order.total, order)}"])


def _line(text: str) -> str:
    """Text without line breaks: what stands in an event's name cannot look like a line of ours."""
    return " ".join(text.split())


def _words(name: str, description: str) -> str:
    return _line(f"{name} ({description})" if description else name)


def _money(amount: Decimal | None, order: Order) -> str:
    return "not known" if amount is None else _line(str(Money(amount, order.currency)))


def money_line(order: Order) -> str:
    """Whether the lines come to the total, in a sentence."""
    if order.total is not None and not order.lines and not any(oddity in LINES for oddity in order.oddities):
        return f"Whether the lines come to the total is not known: no lines were sent with the total of {order.money}."
    if order.adds_up is None or order.sum_of_lines is None:
        return "Whether the lines come to the total is not known: an amount is missing or unreadable."
    lines = Money(order.sum_of_lines, order.currency)
    if order.adds_up:
        return f"The lines come to {lines}: that is the total."
    return f"The lines come to {lines}, but the total says {order.money}."
