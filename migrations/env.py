"""Runs migrations as the owner, in one transaction each, never waiting long for a lock."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

from api.core.database import sqlalchemy_url
from api.settings import get_settings
from api.tables import metadata

LOCK_TIMEOUT = "5s"
"""A migration that cannot get its lock fails and is run again; it never queues the service behind it."""

ADVISORY_KEY = 7_402_186_335
"""Two migrators started at once: the second waits, then finds nothing to do."""


def run() -> None:
    given = context.config.attributes.get("url")
    settings = get_settings()
    secret = settings.migrate_database_url or settings.database_url
    url = given or (secret.get_secret_value() if secret else None)
    if url is None:
        raise SystemExit("turnstone: set TURNSTONE_MIGRATE_DATABASE_URL to migrate a database")
    engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transaction_per_migration=True,
            include_object=_is_ours,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": ADVISORY_KEY})
        connection.commit()
    engine.dispose()


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """History tables follow their table (migrations.versioning); procrastinate's are its own."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_")) and not (
        kind == "table" and name is not None and name.endswith("_history")
    )


run()
