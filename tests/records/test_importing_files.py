"""What files can do to an import: odd forms, hostile sizes, and a directory that changed meanwhile."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from lib.models import Customer, Details
from lib.records.directory import Directory
from lib.records.importing import NotImportable, Plan, Table, apply, export, plan, read_table, suggest
from lib.settings import ROOT


def planned(directory: Directory, content: bytes, name: str = "list.csv") -> Plan:
    table = read_table(name, content)
    return plan(directory, table, suggest(table.columns))


def workbook(cells: dict[tuple[int, int], object]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for (row, column), value in cells.items():
            sheet.write(row, column, value)
    return content.getvalue()


def test_a_name_that_begins_with_an_apostrophe_keeps_it(directory: Directory) -> None:
    apply(planned(directory, b"cust_id,surname\nc1,'t Hooft\n"))
    entry = directory.entry("c1")
    assert entry
    assert entry.details.surname == "'t Hooft"
    again = planned(directory, export(directory))
    assert (again.unchanged, again.writes) == (1, [])


def test_a_refusal_names_the_line_that_a_person_sees(directory: Directory) -> None:
    content = b'sep=;\ncust_id;surname\nc1;"two\nlines"\n\n;\nbad id;x\n'
    (refusal,) = planned(directory, content).refused
    assert refusal.line == 7
    sheet = workbook({(2, 0): "cust_id", (3, 0): "c1", (6, 0): "bad id"})
    (refusal,) = planned(directory, sheet, "list.xlsx").refused
    assert refusal.line == 7


def test_a_table_made_by_hand_needs_no_lines(directory: Directory) -> None:
    result = plan(directory, Table(("cust_id",), [("c1",), ("",)]), {"cust_id": "cust_id"})
    assert [refusal.line for refusal in result.refused] == [3]


def test_what_was_confirmed_after_the_plan_is_not_overwritten_by_a_blank(directory: Directory) -> None:
    directory.saw(Customer("c1", Details("Anna", "Old", "old@x.example")), "opened")
    waiting = planned(directory, b"cust_id,email,surname\nc1,,New\nc2,b@x.example,B\n")
    directory.saw(Customer("c1", Details("Anna", "Old", "fresh@x.example")), "opened")
    seen = directory.entry("c1")
    counts = apply(waiting)
    entry = directory.entry("c1")
    assert seen
    assert entry
    assert entry.details == Details("Anna", "New", "fresh@x.example")
    assert entry.seen_at == seen.seen_at
    assert (counts.new, counts.changed) == (1, 1)


def test_who_was_erased_after_the_plan_is_counted_once(directory: Directory) -> None:
    waiting = planned(directory, b"cust_id\nc1\nc2\n")
    directory.bury("c1")
    counts = apply(waiting)
    assert (counts.new, counts.erased) == (1, 1)


def test_a_plan_applied_twice_changes_nothing_more(directory: Directory) -> None:
    waiting = planned(directory, b"cust_id\nc1\nc2\n")
    assert apply(waiting).new == 2
    counts = apply(waiting)
    assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 2)


@pytest.mark.parametrize("far", [(1_048_575, 0), (5, 16_383)])
def test_one_far_cell_does_not_fill_the_memory(far: tuple[int, int]) -> None:
    near = {(0, 0): "cust_id", (1, 0): "c1"}
    assert read_table("list.xlsx", workbook({**near})).rows == [("c1",)]
    with pytest.raises(NotImportable, match="a cell beyond"):
        read_table("list.xlsx", workbook({**near, far: "x"}))


def test_a_file_that_unpacks_to_far_more_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    with pytest.raises(NotImportable, match="unpacks"):
        read_table("list.xlsx", content.getvalue())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x" * (64 * 2**20 + 1), "too large"),
        (b"cust_id\n" + b"c\n" * 200_001, "more than 200,000 rows"),
        (b"," * 200 + b"\n", "name its columns"),
        (b"\xff\xfec", "neither CSV nor Excel"),
    ],
    ids=["bytes", "rows", "heading", "half a character"],
)
def test_bounds_are_sentences(content: bytes, words: str) -> None:
    with pytest.raises(NotImportable, match=words):
        read_table("list.csv", content)


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        (("Customer ID", "customer_id", "CUST-ID", "id"), "cust_id"),
        (("E-Mail", "email address", "Email"), "email"),
        (("First Name", "Given name", "Vorname"), "forename"),
        (("Last name", "Nachname", "surname"), "surname"),
    ],
)
def test_usual_headings_are_recognised(headings: tuple[str, ...], field: str) -> None:
    for heading in headings:
        assert suggest((heading, "other"))[field] == heading


def test_the_command_lists_refused_lines_and_says_what_is_wrong_with_a_database(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("cust_id\n" + "bad id\n" * 23 + "c1\n")
    command = [sys.executable, "-m", "lib.records.directory", "import", str(file), "--database"]

    def run(database: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, database], cwd=ROOT, capture_output=True, text=True, timeout=60)

    done = run(f"sqlite:///{tmp_path / 'desk.db'}")
    assert done.returncode == 0, done.stderr
    assert "23 refused" in done.stdout
    assert "line 2: " in done.stdout
    assert "and 3 more" in done.stdout
    failed = run("no address")
    assert failed.returncode == 1
    assert "no address of a database" in failed.stderr
    assert "Traceback" not in failed.stderr
