"""Orders as files and as text for an answer by mail."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import ZoneInfo

from lib.cells import safe_cell
from lib.models import Money, Order

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


def exact(amount: Decimal | None) -> str:
    """An amount as a number that a spreadsheet reads: no thousands' marks, at least two places; '' for none."""
    if amount is None:
        return ""
    return f"{amount:.{max(2, -int(amount.as_tuple().exponent))}f}"


def orders_csv(orders: Iterable[Order], zone: ZoneInfo) -> bytes:
    """UTF-8 with a byte-order mark, so that a spreadsheet reads the accents; text cells are safe from formulas."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for order in orders:
        writer.writerow(_row(order, zone))
    return text.getvalue().encode("utf-8-sig")


def _row(order: Order, zone: ZoneInfo) -> list[str]:
    p = order.performance
    names = "; ".join(line.name for line in order.lines if line.kind == "ticket")
    return [
        order.placed.astimezone(zone).isoformat() if order.placed else "",
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
        *(exact(_sum(order, kind)) for kind in ("ticket", "add-on", "fee", "discount")),
        exact(order.total),
        {True: "yes", False: "no", None: ""}[order.adds_up],
    ]


def _sum(order: Order, kind: str) -> Decimal | None:
    amounts = [line.amount for line in order.lines if line.kind == kind]
    return None if None in amounts else sum((a for a in amounts if a is not None), Decimal(0))


def as_text(order: Order, zone: ZoneInfo) -> str:
    """One order as a block for an answer by mail; without personal data."""
    placed = order.placed.astimezone(zone).strftime("%d %b %Y, %H:%M") if order.placed else "not known"
    lines = [f"  {_words(line.name, line.description)}: {_money(line.effect, order)}" for line in order.lines]
    heading = [
        f"Order {order.reference or order.order_id}",
        f"Placed: {placed}",
        f"Event: {order.event or 'not known'}",
    ]
    when = [f"Performance: {order.performance}"] if str(order.performance) else []
    return "\n".join([*heading, *when, f"Status: {order.status}", *lines, f"Total: {_money(order.total, order)}"])


def _words(name: str, description: str) -> str:
    return f"{name} ({description})" if description else name


def _money(amount: Decimal | None, order: Order) -> str:
    return "not known" if amount is None else str(Money(amount, order.currency))


def money_line(order: Order) -> str:
    """Whether the lines come to the total, in a sentence."""
    if order.sum_of_lines is None or order.total is None:
        return "Whether the lines come to the total is not known: an amount is missing or unreadable."
    lines = Money(order.sum_of_lines, order.currency)
    if order.adds_up:
        return f"The lines come to {lines}: that is the total."
    return f"The lines come to {lines}, but the total says {order.money}."
