"""The organiser's list: read whatever a spreadsheet saves, planned before it is applied, the same twice as once."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from lib.models import Customer, Details
from lib.records.directory import Directory
from lib.records.importing import NotImportable, Plan, apply, export, plan, read_table, suggest
from lib.settings import ROOT

LIST = "cust_id,email,forename,surname\nc1,a@x.example,Anna,Müller\nc2,b@x.example,Béla,Ø\n"


def planned(directory: Directory, content: bytes, name: str = "list.csv") -> Plan:
    table = read_table(name, content)
    return plan(directory, table, suggest(table.columns))


def counted(p: Plan) -> tuple[int, int, int, int, int]:
    return p.new, p.changed, p.unchanged, p.erased, len(p.refused)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_in_any_usual_form_is_read(directory: Directory, encoding: str, delimiter: str) -> None:
    apply(planned(directory, LIST.replace(",", delimiter).encode(encoding)))
    entry = directory.entry("c1")
    assert entry
    assert entry.details == Details("Anna", "Müller", "a@x.example")
    assert entry.seen_at is None
    assert directory.find("bela").matches


def test_an_excel_file_is_read_as_text(directory: Directory) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            [["Customer ID", "E-Mail", "First name", "Last name", "CRM id"], [4711, "a@x.example", "A", "B", 9]]
        ):
            sheet.write_row(row, 0, cells)
    apply(planned(directory, content.getvalue(), "list.xlsx"))
    entry = directory.entry("4711")
    assert entry
    assert (entry.external_ref, entry.details.surname) == ("9", "B")


def test_the_same_file_twice_changes_nothing(directory: Directory) -> None:
    first = planned(directory, LIST.encode())
    assert counted(first) == (2, 0, 0, 0, 0)
    apply(first)
    again = planned(directory, LIST.encode())
    assert counted(again) == (0, 0, 2, 0, 0)
    assert again.writes == []


def test_a_change_is_one_and_a_blank_cell_is_none(directory: Directory) -> None:
    apply(planned(directory, LIST.encode()))
    changed = planned(directory, b"cust_id,email,forename,surname\nc1,,Anne,\nc2,b@x.example,,\n")
    assert counted(changed) == (0, 1, 1, 0, 0)
    apply(changed)
    entry = directory.entry("c1")
    assert entry
    assert entry.details == Details("Anne", "Müller", "a@x.example")


def test_an_erased_customer_is_not_brought_back(directory: Directory) -> None:
    apply(planned(directory, LIST.encode()))
    assert directory.entry("c1")
    directory.bury("c1")
    directory.forget("c1")
    again = planned(directory, LIST.encode())
    assert counted(again) == (0, 0, 1, 1, 0)
    apply(again)
    assert directory.entry("c1") is None


def test_an_erasure_between_plan_and_import_is_respected(directory: Directory) -> None:
    waiting = planned(directory, LIST.encode())
    directory.bury("c1")
    assert apply(waiting).erased == 1
    assert directory.entry("c1") is None
    assert directory.entry("c2")


def test_every_odd_row_is_refused_with_its_line_and_a_reason(directory: Directory) -> None:
    rows = [
        "c1,a@x.example",
        ",b@x.example",
        "c 3,c@x.example",
        "c4,nobody",
        "c1,other@x.example",
        "c1,a@x.example",
        f"c7,{'x' * 1001}@x",
    ]
    result = planned(directory, ("cust_id,email\n" + "\n".join(rows)).encode())
    assert counted(result) == (1, 0, 1, 0, 5)
    assert [r.line for r in result.refused] == [3, 4, 5, 6, 8]
    assert all(r.reason for r in result.refused)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "neither CSV nor Excel"),
        (b"PK\x03\x04 no zip at all", "cannot be read"),
        (b"email,surname\na@x.example,B\n", "no column with customer ids"),
        (b"a,a\n1,2\n", "same name"),
    ],
)
def test_what_is_no_list_is_a_sentence(directory: Directory, content: bytes, words: str) -> None:
    with pytest.raises(NotImportable, match=words) as fault:
        planned(directory, content)
    assert str(fault.value).endswith(".")


def test_a_cell_that_never_ends_is_a_refused_row(directory: Directory) -> None:
    assert len(planned(directory, b'cust_id,email\n"never ends').refused) == 1


def test_a_hundred_thousand_rows_are_taken_and_progress_is_told(directory: Directory) -> None:
    text = "cust_id,email\n" + "".join(f"cus_{n:06d},p{n}@x.example\n" for n in range(100_000))
    heard: list[tuple[int, int]] = []
    counts = apply(planned(directory, text.encode()), lambda done, total: heard.append((done, total)))
    assert counts.new == directory.overview().count == 100_000
    assert heard[-1] == (100_000, 100_000)
    assert directory.find("p99999@x.example").matches[0].entry.cust_id == "cus_099999"


def test_the_export_is_safe_and_comes_back_as_it_was(directory: Directory) -> None:
    evil = Details('=HYPERLINK("http://x")', "+1", "e@x.example")
    directory.saw(Customer("c9", evil), "opened")
    content = export(directory)
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert row["forename"].startswith("'=")
    assert row["surname"].startswith("'+")
    assert counted(planned(directory, content)) == (0, 0, 1, 0, 0)


def test_the_command_imports_and_counts(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="utf-8")
    command = [sys.executable, "-m", "lib.records.directory", "import", str(file)]
    environment = os.environ | {"DESK_DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}"}
    for said in ("2 new, 0 changed", "0 new, 0 changed, 2 unchanged"):
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
    file.write_text("email\nx@x.example\n")
    failed = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert failed.returncode == 1
    assert "no column with customer ids" in failed.stderr
    assert "Traceback" not in failed.stderr
