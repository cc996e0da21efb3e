"""One `Settings` object, from the environment and `.streamlit/secrets.toml`, validated at start.

The environment wins over the file. Every fault is one sentence that names the setting and says what to do; the key
never prints.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder: `pages/`, `.streamlit/` and, by default, `var/` are beneath it."""

PLATFORM = "https://ms-client.differentbreed.events/api/v1"
"""The platform's documented base address."""


class BadSettings(Exception):
    """The desk cannot start; `sentences` say why, one for each fault."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class Settings(BaseSettings):
    """Every setting of the desk. The description of a field is its row in the README's table."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    base_url: str = Field(
        PLATFORM, alias="DIFFERENT_BREED_BASE_URL", description="Address of the platform: https, or http on loopback."
    )
    admin_key: SecretStr = Field(
        SecretStr(""),
        alias="DIFFERENT_BREED_ADMIN_KEY",
        description="Secret admin key. Empty: the desk starts its embedded sandbox.",
    )
    profile_id: str = Field(
        "", alias="DIFFERENT_BREED_PROFILE_ID", description="Profile that the key belongs to. Needed with a key."
    )
    database_url: str = Field(
        "",
        alias="DESK_DATABASE_URL",
        description="The desk's own records. Default: a SQLite file in the data folder, another one for the sandbox.",
    )
    data_folder: Path = Field(
        ROOT / "var", alias="DESK_DATA_FOLDER", description="Folder for the default database and the sandbox's file."
    )
    time_zone: str = Field(
        "Europe/London", alias="DESK_TIME_ZONE", description="Time zone on screen and in exports, by its IANA name."
    )
    sign_in: Literal["", "none"] = Field(
        "", alias="DESK_SIGN_IN", description="`none`: whoever reaches the desk may use it. Default with the sandbox."
    )
    role: Literal["viewer", "editor", "eraser"] = Field(
        "eraser", alias="DESK_ROLE", description="Role of everybody where nobody signs in: viewer, editor or eraser."
    )
    cache_seconds: int = Field(
        300, alias="DESK_CACHE_SECONDS", ge=60, le=3600, description="How long an answer of the platform is remembered."
    )
    cache_customers: int = Field(
        2000, alias="DESK_CACHE_CUSTOMERS", ge=1, le=100_000, description="How many customers are remembered at once."
    )
    sandbox_customers: int = Field(
        2000, alias="DESK_SANDBOX_CUSTOMERS", ge=30, le=100_000, description="Customers made up for a new sandbox."
    )
    sandbox_big: int = Field(
        5000, alias="DESK_SANDBOX_ORDERS", ge=0, le=100_000, description="Orders of the sandbox's largest customer."
    )
    sandbox_latency_ms: int = Field(
        0, alias="DESK_SANDBOX_LATENCY_MS", ge=0, le=60_000, description="Delay of every answer of the sandbox."
    )

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            raise ValueError("must be a plain web address such as " + PLATFORM) from None
        loopback = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("must be a plain web address such as " + PLATFORM)
        if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
            raise ValueError("must begin with https:// (http:// only for this machine itself)")
        return value.rstrip("/")

    @field_validator("admin_key")
    @classmethod
    def _key(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\x21-\x7e]{0,512}", value.get_secret_value()):
            raise ValueError("must be the key alone: no blanks, line breaks or letters with accents")
        return value

    @field_validator("profile_id")
    @classmethod
    def _profile(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", value):
            raise ValueError("must be the profile's id: letters, digits, - and _")
        return value

    @field_validator("data_folder")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if re.search(r"[?#%\x00-\x1f]", str(value)):
            raise ValueError("must be a folder without ?, # or % in its name")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be the IANA name of a time zone, such as Europe/Berlin") from None
        return value

    @property
    def sandboxed(self) -> bool:
        """Whether the desk runs its embedded sandbox, because no key is configured."""
        return not self.admin_key.get_secret_value()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def database(self) -> str:
        """The address of the desk's own records."""
        name = "sandbox-desk.db" if self.sandboxed else "desk.db"
        return self.database_url or f"sqlite:///{self.data_folder / name}"

    @property
    def sandbox_file(self) -> Path:
        return self.data_folder / "sandbox.db"

    @property
    def needs_sign_in(self) -> bool:
        """Whether nothing may be shown, because a real platform is configured and nobody said who may see it."""
        return not self.sandboxed and self.sign_in != "none"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (the signature is the library's)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first; what `load_settings` read from the file after it."""
        return env_settings, init_settings


def load_settings(file: Path = ROOT / ".streamlit" / "secrets.toml") -> Settings:
    """The settings in force; raises `BadSettings` with a sentence for each fault."""
    try:
        return Settings(**_from_file(file))
    except ValidationError as faults:
        sentences = [f"{fault['loc'][0]} {_reason(fault)}." for fault in faults.errors()]
        raise BadSettings(sentences) from None


def check_together(settings: Settings) -> Settings:
    """Raises `BadSettings` where settings that are right alone are wrong together."""
    if not settings.sandboxed and not settings.profile_id:
        raise BadSettings(["DIFFERENT_BREED_PROFILE_ID is missing: a key needs the id of its profile beside it."])
    if settings.sandboxed and (settings.profile_id or settings.base_url != PLATFORM):
        raise BadSettings(
            ["DIFFERENT_BREED_ADMIN_KEY is missing: set the key too, or neither address nor profile for the sandbox."]
        )
    return settings


def _from_file(file: Path) -> Mapping[str, Any]:
    try:
        content = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        raise BadSettings([".streamlit/secrets.toml cannot be read. Compare it with secrets.example.toml."]) from None
    names = {field.alias for field in Settings.model_fields.values()}
    return {name: value for name, value in content.items() if name in names}


def _reason(fault: Any) -> str:
    """The library's reason as the rest of a sentence: 'must be …'."""
    message = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    return message if message.startswith("must") else f"is not right: {message[:1].lower()}{message[1:]}"
