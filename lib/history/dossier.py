"""All that is held on one person as one ZIP: a page to read, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from lib.cells import safe_cell
from lib.history.exports import as_text, orders_csv
from lib.models import Address, Customer, OrderHistory

Rows = Sequence[Mapping[str, Any]]
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "td,th{text-align:left;padding:.2em 1em .2em 0}pre{white-space:pre-wrap}"
)


def dossier(
    customer: Customer,
    addresses: Sequence[Address],
    history: OrderHistory,
    desk: Mapping[str, Rows],
    at: datetime,
    zone: ZoneInfo,
) -> bytes:
    """The ZIP. `desk` is what the desk itself holds: named lists of flat rows. File names hold no personal data."""
    when = at.astimezone(zone).strftime("%d %B %Y, %H:%M %Z")
    covers = _covers(history)
    files = {
        "README.txt": _readme(when, covers).encode(),
        "everything.html": _page(customer, addresses, history, desk, f"{when}. {covers}", zone).encode(),
        "everything.json": _json(customer, addresses, history, desk, at),
        "details.csv": _csv([{"cust_id": customer.cust_id, **customer.details.to_json()}]),
        "addresses.csv": _csv([address.to_json() for address in addresses]),
        "orders.csv": orders_csv(history.orders, zone),
        **{f"desk-{name}.csv": _csv(rows) for name, rows in desk.items()},
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def _covers(history: OrderHistory) -> str:
    count = len(history.orders)
    return (
        f"All {count} orders are in it."
        if history.complete
        else f"INCOMPLETE: at least {count} orders; not all could be read."
    )


def _readme(when: str, covers: str) -> str:
    return (
        f"Everything that is held on one customer, as of {when}. {covers}\n\n"
        "everything.html   to read in a browser\n"
        "everything.json   all of it as the platform sent it, and what the dashboard itself holds\n"
        "details.csv, addresses.csv, orders.csv, desk-*.csv   the same as tables\n"
    )


def _json(
    customer: Customer, addresses: Sequence[Address], history: OrderHistory, desk: Mapping[str, Rows], at: datetime
) -> bytes:
    document = {
        "as_of": at.isoformat(),
        "customer": {"cust_id": customer.cust_id, **customer.details.to_json(), **customer.raw},
        "addresses": [address.to_json() for address in addresses],
        "orders_complete": history.complete,
        "orders": [dict(order.raw) for order in history.orders],
        "desk": {name: list(rows) for name, rows in desk.items()},
    }
    return json.dumps(document, default=_exact, ensure_ascii=False, indent=1).encode("utf-8")


def _exact(value: object) -> object:
    """A fraction as a number where that is exact, as text where it is not."""
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    return str(value)


def _csv(rows: Rows) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if rows:
        writer.writerow(rows[0])
        writer.writerows([safe_cell(str("" if v is None else v)) for v in row.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _page(
    customer: Customer,
    addresses: Sequence[Address],
    history: OrderHistory,
    desk: Mapping[str, Rows],
    covers: str,
    zone: ZoneInfo,
) -> str:
    """A page without scripts or links; every value escaped."""
    parts = [
        f"<h1>Everything that is held</h1><p>As of {escape(covers)}</p><h2>Customer</h2>",
        _table([{"id": customer.cust_id, **customer.details.to_json()}]),
        "<h2>Addresses</h2>",
        *(
            f"<pre>{escape(address.block)}\n{escape(address.email)} {escape(address.phone_number)}</pre>"
            for address in addresses
        ),
        "<h2>Orders</h2>",
        *(f"<pre>{escape(as_text(order, zone))}</pre>" for order in history.orders),
    ]
    for name, rows in desk.items():
        parts += [f"<h2>Held by the dashboard: {escape(name)}</h2>", _table(rows)]
    body = "\n".join(parts)
    head = f'<meta charset="utf-8"><title>Everything that is held</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en">{head}{body}</html>'


def _table(rows: Rows) -> str:
    if not rows:
        return "<p>Nothing.</p>"
    heading = "".join(f"<th>{escape(str(name))}</th>" for name in rows[0])
    lines = ("".join(f"<td>{escape(str('' if v is None else v))}</td>" for v in row.values()) for row in rows)
    return f"<table><tr>{heading}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
