"""Owns "Download everything": all that is held on one person as one ZIP with a page to read, JSON and CSV."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from lib.cells import csv_file, safe_cell
from lib.history.exports import as_text, orders_csv
from lib.models import Address, Customer, OrderHistory, json_number

POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
"""The page loads and runs nothing, whatever it is opened with."""
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
    here = at.astimezone(zone)
    when = here.strftime("%d %B %Y, %H:%M %Z")
    covers = _covers(history)
    files = {
        "README.txt": _readme(when, covers).encode(),
        "everything.html": _page(customer, addresses, history, desk, f"{when}. {covers}", zone).encode(
            "utf-8", "replace"
        ),
        "everything.json": _json(customer, addresses, history, desk, at),
        "details.csv": _csv([{"cust_id": customer.cust_id, **customer.details.to_json()}]),
        "addresses.csv": _csv([address.to_json() for address in addresses], [item.name for item in fields(Address)]),
        "orders.csv": orders_csv(history.orders, zone),
        **{f"desk-{_file_name(name)}.csv": _csv(rows) for name, rows in desk.items()},
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (max(here.year, 1980), *here.timetuple()[1:6]))
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _file_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "more"


def _covers(history: OrderHistory) -> str:
    """How much of the order history is in it; nothing partial is handed over as whole."""
    count, lost = len(history.orders), history.unreadable
    without_id = f" {lost:,} more had no id and could not be read." if lost else ""
    if history.complete and not lost:
        return {0: "There are no orders.", 1: "The only order is in it."}.get(count, f"All {count:,} orders are in it.")
    about = "" if history.total is None else f" of about {history.total:,}"
    return f"INCOMPLETE: at least {count:,}{about} orders; not all could be read.{without_id}"


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
        "orders_complete": history.complete and not history.unreadable,
        "orders": [dict(order.raw) for order in history.orders],
        "desk": {name: list(rows) for name, rows in desk.items()},
    }
    return json.dumps(document, default=json_number, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def _columns(rows: Rows) -> list[str]:
    """Every column that any row has, in the order in which they come up."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _cell(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, default=json_number)


def _safe(value: object) -> str:
    """A cell that no spreadsheet runs; numbers stay numbers."""
    return _cell(value) if isinstance(value, (int, float, Decimal)) else safe_cell(_cell(value))


def _csv(rows: Rows, columns: Sequence[str] = ()) -> bytes:
    names = columns or _columns(rows) or ["nothing is held"]
    return csv_file([[safe_cell(name) for name in names], *([_safe(row.get(name)) for name in names] for row in rows)])


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
        _table([{"cust_id": customer.cust_id, **customer.details.to_json(), **customer.raw}]),
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
    head = f'<meta charset="utf-8">{POLICY}<title>Everything that is held</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en">{head}{body}</html>'


def _table(rows: Rows) -> str:
    if not rows:
        return "<p>Nothing.</p>"
    names = _columns(rows)
    heading = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = ("".join(f"<td>{escape(_cell(row.get(name)))}</td>" for name in names) for row in rows)
    return f"<table><tr>{heading}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
