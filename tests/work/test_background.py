"""What goes on in the background, names and imports: each says how it ended, and none is lost in a thread."""

from __future__ import annotations

import httpx
import pytest

from lib.records.files import Table
from lib.records.importing import apply, plan
from lib.work.fill import Fill
from lib.work.importer import Import
from tests.work.conftest import Room

IDS = {"cust_id": "cust_id"}


def unnamed(room: Room, *ids: str) -> None:
    apply(plan(room.directory, Table(("cust_id",), [(cust_id,) for cust_id in ids]), IDS))


def ended(fill: Fill) -> Fill:
    fill.start()
    assert fill._thread
    fill._thread.join(20)
    assert not fill.running
    return fill


def test_names_are_filled_in_and_one_that_cannot_be_read_does_not_end_it(room: Room) -> None:
    people = room.sandbox.roster()[:3]
    unnamed(room, people[0]["cust_id"], "cus_unknown0001", people[1]["cust_id"], people[2]["cust_id"])
    line = httpx.HTTPTransport()

    def garbled(request: httpx.Request) -> httpx.Response:
        if request.headers.get("customer") == people[1]["cust_id"]:
            return httpx.Response(200, text="<html>")
        return line.handle_request(request)

    room.api.gateway._reads._transport = httpx.MockTransport(garbled)
    fill = ended(Fill(room.api, room.directory))
    assert (fill.done, fill.missing, fill.stopped_by, fill.failed) == (4, 2, None, False)
    entry = room.directory.entry(people[2]["cust_id"])
    assert entry
    assert entry.details.email == people[2]["email"]
    assert room.directory.overview().unnamed == 2


def test_a_platform_that_is_away_and_a_disk_that_is_full_are_told(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    unnamed(room, room.sandbox.roster()[0]["cust_id"])
    with monkeypatch.context() as broken:
        broken.setattr(room.directory, "saw", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        assert ended(Fill(room.api, room.directory)).failed
    room.api.shelves.forget_everything()
    room.sandbox.stop()
    fill = ended(Fill(room.api, room.directory))
    assert fill.stopped_by
    assert not fill.failed


def test_an_import_runs_by_itself_and_says_what_it_did(room: Room) -> None:
    planned = plan(room.directory, Table(("cust_id",), [(f"cus_{n:05d}",) for n in range(2500)]), IDS)
    importer = Import()
    assert importer.start(planned)
    importer.wait()
    assert importer.counts
    assert (importer.done, importer.counts.new, importer.failed) == (2500, 2500, False)
    assert importer.ended
    assert room.directory.overview().count == 2500


def test_an_import_that_breaks_off_says_how_far_it_came_and_goes_on_the_next_time(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table(("cust_id",), [(f"cus_{n:05d}",) for n in range(2500)])
    importer = Import()
    begins = iter(range(10))
    begin = room.store.begin
    with monkeypatch.context() as broken:
        broken.setattr(room.store, "begin", lambda: begin() if next(begins) < 2 else (_ for _ in ()).throw(OSError()))
        importer.start(plan(room.directory, table, IDS))
        importer.wait()
    assert importer.failed
    assert importer.counts is None
    assert (importer.done, room.directory.overview().count) == (2000, 2000)
    again = plan(room.directory, table, IDS)
    assert (again.new, again.unchanged) == (500, 2000)
