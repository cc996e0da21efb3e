"""How a query is read, what comes first, and text that no database keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.cells import safe_cell
from lib.models import Customer, Details
from lib.records import queries
from lib.records.directory import Directory
from lib.records.folding import fold
from lib.records.importing import Table, apply, plan
from lib.records.store import Store


def known(directory: Directory, cust_id: str, forename: str, surname: str, email: str = "") -> None:
    assert directory.saw(Customer(cust_id, Details(forename, surname, email)), "opened")


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=40))
def test_folding_is_stable_for_any_text(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert safe_cell(safe_cell(text)) == safe_cell(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("𝐀ℌ", "ah"), ("O’Brien", "o'brien"), ("Anne–Marie", "anne-marie"), (" Æ\tØ\u200b ", "ae o"), ("Ａｂ", "ab")],
)
def test_what_is_typed_differently_is_folded_alike(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("typed", "wanted", "read_as"),
    [
        ("https://desk.example/customer?x=1&id=cus_1#top", "cus_1", "link"),
        ('"Anna Müller" <anna@x.example>', "anna@x.example", "e-mail"),
        ("MAILTO:anna@x.example?subject=Hi", "anna@x.example", "e-mail"),
        ("„anna@x.example“", "anna@x.example", "e-mail"),
        ("# cus_1abc", "cus_1abc", "customer id"),
        ("anna müller", "anna müller", "words"),
        ("a", "a", "at least two characters"),
        ("\u200b \x00", "", "nothing to look for"),
    ],
)
def test_a_query_is_read_as_what_it_looks_like(typed: str, wanted: str, read_as: str) -> None:
    read = queries.read(typed)
    assert read.wanted == wanted
    assert read_as in read.read_as


def test_a_short_surname_comes_before_hundreds_of_newer_words_that_contain_it(directory: Directory) -> None:
    known(directory, "cus_wei", "Wei", "Li", "wei@x.example")
    rows = [(f"cus_{number}", "Li", f"Olivia{number}") for number in range(320)]
    table = Table(("cust_id", "forename", "surname"), rows)
    apply(plan(directory, table, {name: name for name in table.columns}))
    first = directory.find("li").matches[0]
    assert (first.entry.cust_id, first.why) == ("cus_wei", "surname")


def test_an_unknown_e_mail_has_near_misses_and_each_only_once(directory: Directory) -> None:
    known(directory, "c1", "Anna", "Berg", "anna.berg@old.example")
    assert [m.entry.cust_id for m in directory.find("anna.berg@new.example").near] == ["c1"]
    assert [m.entry.cust_id for m in directory.find("anna berg nobody").near] == ["c1"]


def test_ids_differ_by_case_and_the_whole_id_is_the_exact_one(directory: Directory) -> None:
    known(directory, "cus_AB", "Anna", "A")
    known(directory, "cus_ab", "Bea", "B")
    found = directory.find("cus_AB")
    assert found.exact
    assert found.exact.cust_id == found.matches[0].entry.cust_id == "cus_AB"
    assert {m.entry.cust_id for m in directory.find("CUS_A").matches} == {"cus_AB", "cus_ab"}


def test_text_that_no_database_keeps_is_kept_without_it(directory: Directory) -> None:
    known(directory, "c1", "A\ud800", "Nul\x00")
    entry = directory.entry("c1")
    assert entry
    assert entry.details == Details("A?", "Nul", "")
    assert directory.entry("\ud800") is None
    assert directory.with_email("\ud800") == directory.with_email(" \u200b") == ()


def test_the_figures_say_how_old_the_directory_is(store: Store) -> None:
    directory = Directory(store)
    assert directory.overview().newest_seen is None
    known(directory, "c1", "", "")
    known(directory, "c2", "Anna", "Berg")
    figures = directory.overview()
    assert (figures.count, figures.unnamed, figures.by_source, figures.last_import) == (2, 1, {"opened": 2}, None)
    assert figures.newest_seen
    assert directory.unnamed(5) == ["c1"]


def test_an_export_reads_every_entry_once_over_batches(directory: Directory) -> None:
    for number in range(25):
        known(directory, f"c{number:02d}", "A", "B")
    assert [e.cust_id for e in directory.everybody(batch=10)] == [f"c{number:02d}" for number in range(25)]


def test_nothing_of_an_erased_name_is_left_in_the_files(store: Store, directory: Directory, tmp_path: Path) -> None:
    def kept() -> bool:
        return any(b"Canarywood" in file.read_bytes() for file in tmp_path.glob("desk.db*"))

    known(directory, "c1", "Anna", "Canarywood")
    assert kept()
    directory.bury("c1")
    directory.bury("c1")  # a second erasure of the same customer is no error
    directory.forget("c1")
    store.scrub()
    assert not kept()
