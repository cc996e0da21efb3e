"""The settings: each fault is a sentence that names the setting, and the key never prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lib.records.store import Store, WrongDatabase
from lib.settings import PLATFORM, ROOT, BadSettings, Settings, check_together, load_settings

KEY = "canary-key-3f9a"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


def load(tmp_path: Path, text: str = "") -> Settings:
    file = tmp_path / "secrets.toml"
    file.write_text(text)
    return check_together(load_settings(file))


def test_without_a_key_the_desk_runs_its_sandbox(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.sandboxed
    assert not settings.needs_sign_in
    assert settings.base_url == PLATFORM


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f'DIFFERENT_BREED_ADMIN_KEY = "{KEY}"\nDIFFERENT_BREED_PROFILE_ID = "one"\nDESK_SIGN_IN = "none"\n'
    assert load(tmp_path, text).profile_id == "one"
    monkeypatch.setenv("DIFFERENT_BREED_PROFILE_ID", "two")
    assert load(tmp_path, text).profile_id == "two"


def test_a_real_platform_is_closed_until_somebody_says_who_may_use_it(tmp_path: Path) -> None:
    text = f'DIFFERENT_BREED_ADMIN_KEY = "{KEY}"\nDIFFERENT_BREED_PROFILE_ID = "one"\n'
    assert load(tmp_path, text).needs_sign_in
    assert not load(tmp_path, text + 'DESK_SIGN_IN = "none"\n').needs_sign_in


def test_the_key_never_prints(tmp_path: Path) -> None:
    text = f'DIFFERENT_BREED_ADMIN_KEY = "{KEY}"\nDIFFERENT_BREED_PROFILE_ID = "one"\n'
    settings = load(tmp_path, text)
    assert settings.admin_key.get_secret_value() == KEY
    assert KEY not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DIFFERENT_BREED_BASE_URL", "http://platform.example/api", "https://"),
        ("DIFFERENT_BREED_BASE_URL", "ftp://127.0.0.1/api", "https://"),
        ("DIFFERENT_BREED_BASE_URL", "https://key@platform.example", "plain web address"),
        ("DIFFERENT_BREED_BASE_URL", "platform", "plain web address"),
        ("DIFFERENT_BREED_ADMIN_KEY", f"{KEY}\nx: y", "the key alone"),
        ("DIFFERENT_BREED_ADMIN_KEY", "schlüssel", "the key alone"),
        ("DIFFERENT_BREED_PROFILE_ID", "a,b", "letters, digits"),
        ("DESK_TIME_ZONE", "Mars/Olympus", "IANA name"),
        ("DESK_SIGN_IN", "maybe", "none"),
        ("DESK_ROLE", "king", "eraser"),
        ("DESK_CACHE_SECONDS", "soon", "integer"),
        ("DESK_SANDBOX_CUSTOMERS", "2", "greater than"),
    ],
)
def test_each_fault_is_a_sentence_that_names_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as fault:
        load(tmp_path)
    (sentence,) = fault.value.sentences
    assert sentence.startswith(name)
    assert words in sentence
    assert KEY not in sentence


def test_a_key_needs_its_profile_and_a_profile_its_key(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="DIFFERENT_BREED_PROFILE_ID is missing"):
        load(tmp_path, f'DIFFERENT_BREED_ADMIN_KEY = "{KEY}"\n')
    with pytest.raises(BadSettings, match="DIFFERENT_BREED_ADMIN_KEY is missing"):
        load(tmp_path, 'DIFFERENT_BREED_PROFILE_ID = "one"\n')


def test_a_file_that_is_no_toml_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"secrets\.toml cannot be read"):
        load(tmp_path, "DIFFERENT_BREED_ADMIN_KEY = \n")


def test_the_table_in_the_readme_is_the_settings_themselves() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `((?:DESK|DIFFERENT_BREED)_[A-Z_]+)` \| (.+?) \|", readme, re.MULTILINE))
    assert rows == {str(field.alias): field.description for field in Settings.model_fields.values()}


def test_names_without_their_prefix_are_nobody_elses_business(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SIGN_IN": "none",
        "ROLE": "viewer",
        "DATABASE_URL": "sqlite://",
        "TIME_ZONE": "Asia/Tokyo",
        "ADMIN_KEY": "key",
    }.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.lower(), value)
    settings = load_settings(Path("nowhere"))
    assert settings.sandboxed
    assert (settings.sign_in, settings.role, settings.time_zone) == ("", "eraser", "Europe/London")
    assert settings.database_url == ""


@pytest.mark.parametrize(
    "address", ["nonsense", "nodialect://x", "postgresql+nodriver://x", "sqlite:////proc/no/desk.db"]
)
def test_a_database_that_cannot_be_opened_is_a_sentence(address: str) -> None:
    with pytest.raises(WrongDatabase) as fault:
        Store(address)
    assert "Check" in str(fault.value) or "looks like" in str(fault.value)


@pytest.mark.parametrize(
    ("name", "value"), [("DIFFERENT_BREED_BASE_URL", "https://x.example:abc"), ("DESK_DATA_FOLDER", "/var/what?")]
)
def test_an_address_or_folder_that_cannot_be_used_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as faults:
        load_settings(Path("nowhere"))
    assert faults.value.sentences[0].startswith(f"{name} must be")


def test_a_database_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "desk.db"
    file.touch(0o644)
    Store(f"sqlite:///{file}").close()
    assert file.stat().st_mode & 0o777 == 0o600
