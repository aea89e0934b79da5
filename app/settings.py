"""Everything that can be set from outside, read once when the application is built."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Settings(BaseSettings):
    """The CONCORD_* variables, each with the sentence the help page shows."""

    model_config = SettingsConfigDict(env_prefix="CONCORD_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default=Path("data"),
        description="Folder that holds the SQLite database and its lock file.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Address of a PostgreSQL database, used instead of SQLite.",
    )
    database_url_file: Path | None = Field(
        default=None,
        description="File to read the PostgreSQL address from, to keep it out of the environment.",
    )
    base_url: str | None = Field(
        default=None,
        description="Address under which people reach Concord; invitation links start with it.",
    )
    allowed_hosts: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        description="Further host names the server answers to, separated by commas.",
    )
    session_days: int = Field(
        default=14, ge=1, le=365, description="Days after which a sign-in ends by itself."
    )
    invitation_days: int = Field(
        default=14, ge=1, le=365, description="Days for which an invitation link works."
    )
    access_log: bool = Field(
        default=False,
        description="Write a line for each request. It tells who worked when, so it is off.",
    )
    live_seconds: int = Field(
        default=15,
        ge=0,
        le=300,
        description="Seconds for which an open page keeps a connection to hear of changes "
        "before it opens the next (four times as long in sorting); with 0 it looks every ten "
        "seconds instead.",
    )
    upload_megabytes: int = Field(
        default=20, ge=1, le=500, description="Largest file that can be uploaded, in megabytes."
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("base_url")
    @classmethod
    def _full_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("CONCORD_BASE_URL must look like https://concord.example.org")
        return value.rstrip("/")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names (without port) that a request may carry."""
        named = {urlsplit(self.base_url).hostname or ""} if self.base_url else set()
        return LOOPBACK_HOSTS | self.allowed_hosts | named

    @property
    def is_https(self) -> bool:
        return self.base_url is not None and self.base_url.startswith("https://")

    @property
    def postgresql_url(self) -> str | None:
        """The PostgreSQL address, from the variable or from the file it names."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        if self.database_url_file is not None:
            return self.database_url_file.read_text(encoding="utf-8").strip()
        return None
