"""Any customer, however an operator knows them; nobody who was erased; no text that breaks the search."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.models import Customer, Details
from lib.records.directory import Directory
from lib.records.folding import fold
from lib.records.store import Store, WrongDatabase

PEOPLE = {
    "cus_zoe1": Details("Zoë", "Łukasiewicz-Ångström", "zoe@example.org"),
    "cus_obr1": Details("Siobhán", "O'Brien", "siobhan.obrien@example.com"),
    "cus_ann1": Details("Anna", "Müller", "anna.mueller@example.com"),
    "cus_ann2": Details("Anna", "Müller", "anna.berlin@example.net"),
    "cus_huo1": Details("Thị Hương", "Nguyễn", "huong@example.com"),
    "cus_wan1": Details("小明", "王", "wang@example.com"),
    "cus_ara1": Details("محمد", "الخوارزمي", "m@example.com"),
    "cus_pct1": Details("100%", "a_b", "percent@example.com"),
    "cus_str1": Details("Karl", "Straße", "KARL@Example.COM"),
}


@pytest.fixture
def full(directory: Directory) -> Directory:
    for cust_id, details in PEOPLE.items():
        assert directory.saw(Customer(cust_id, details), "opened")
    return directory


def ids(directory: Directory, query: str) -> list[str]:
    return [match.entry.cust_id for match in directory.find(query).matches]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("angstrom", "cus_zoe1"),
        ("lukasiewicz zoe", "cus_zoe1"),
        ("ZOË", "cus_zoe1"),
        ("o'brien", "cus_obr1"),
        ("siobhan", "cus_obr1"),
        ("obrien@", "cus_obr1"),
        ("nguyen huong", "cus_huo1"),
        ("小明", "cus_wan1"),
        ("محمد", "cus_ara1"),
        ("strasse", "cus_str1"),
        ("karl@example.com", "cus_str1"),
        ("mailto:zoe@example.org", "cus_zoe1"),
        ("Zoë <zoe@example.org>", "cus_zoe1"),
        ('"zoe@example.org"', "cus_zoe1"),
        ("https://desk.example/customer?id=cus_obr1&x=1", "cus_obr1"),
        ("#cus_obr1", "cus_obr1"),
        ("cus_obr", "cus_obr1"),
        ("100%", "cus_pct1"),
        ("a_b", "cus_pct1"),
    ],
)
def test_found_however_they_are_known(full: Directory, query: str, first: str) -> None:
    assert ids(full, query)[0] == first


def test_both_people_of_one_name_are_found_and_neither_is_exact(full: Directory) -> None:
    found = full.find("müller anna")
    assert {m.entry.cust_id for m in found.matches} == {"cus_ann1", "cus_ann2"}
    assert found.exact is None


def test_one_exact_hit_is_said(full: Directory) -> None:
    for query in ("cus_ann2", "ANNA.berlin@example.net"):
        exact = full.find(query).exact
        assert exact
        assert exact.cust_id == "cus_ann2"


def test_wildcards_of_the_database_are_letters_like_others(full: Directory) -> None:
    assert ids(full, "0%") == ["cus_pct1"]
    assert ids(full, "%") == []  # one letter alone is the start of a word
    assert ids(full, "zz_zz") == []
    assert ids(full, "%%%%") == []


def test_nothing_found_has_near_misses(full: Directory) -> None:
    found = full.find("anna schmidt")
    assert found.matches == ()
    assert {m.entry.cust_id for m in found.near} == {"cus_ann1", "cus_ann2"}


def test_at_most_twenty_are_shown(directory: Directory) -> None:
    for number in range(60):
        directory.saw(Customer(f"cus_{number:04d}", Details("Same", f"Name{number}", f"s{number}@x.example")), "opened")
    assert len(ids(directory, "same")) == 20


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(), max_size=40))
def test_no_text_breaks_the_search(full: Directory, query: str) -> None:
    full.find(query)


@pytest.mark.parametrize("query", ["x" * 10_000, "a " * 5000, "NEAR(a b)", '"', "*", "a\x00b", "\ud800", "' OR 1=1 --"])
def test_hostile_text_is_only_text(full: Directory, query: str) -> None:
    full.find(query)
    assert full.overview().count == len(PEOPLE)


def test_folding_twice_is_folding_once() -> None:
    for text in ("Straße", "Ångström", "İstanbul", "ﬁ", "Nguyễn", "a\u200db"):
        assert fold(fold(text)) == fold(text)


def test_an_erased_customer_is_gone_and_stays_gone(full: Directory) -> None:
    assert ids(full, "siobhan") == ["cus_obr1"]
    full.bury("cus_obr1")
    full.forget("cus_obr1")
    assert ids(full, "siobhan") == []
    assert full.entry("cus_obr1") is None
    assert not full.saw(Customer("cus_obr1", PEOPLE["cus_obr1"]), "opened")
    assert full.entry("cus_obr1") is None
    assert full.buried("cus_obr1")


def test_a_newer_look_replaces_the_old(full: Directory) -> None:
    full.saw(Customer("cus_zoe1", Details("Zoë", "New", "new@example.org")), "opened")
    assert ids(full, "angstrom") == []
    assert ids(full, "new@") == ["cus_zoe1"]


def test_one_database_serves_one_profile(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    Store(url, profile="one").close()
    with pytest.raises(WrongDatabase, match="another profile"):
        Store(url, profile="two")


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    Store(f"sqlite:///{tmp_path / 'deep' / 'a.db'}").close()
    assert (tmp_path / "deep" / "a.db").stat().st_mode & 0o077 == 0
    assert (tmp_path / "deep").stat().st_mode & 0o077 == 0
