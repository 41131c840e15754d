"""How a command reaches the database: the one the settings name, or the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Literal

from api.settings import Settings, get_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from api.supervisor.cluster import Cluster

Who = Literal["service", "owner"]


def embedded(settings: Settings) -> Cluster:
    from api.supervisor.cluster import Cluster
    from api.supervisor.datadir import default_data_dir

    return Cluster(settings.data_dir or default_data_dir(), postgres_bin=settings.postgres_bin)


@contextmanager
def database_url(who: Who, settings: Settings | None = None) -> Iterator[str]:
    """The URL to use for the length of a block; the embedded database is started for it if need be."""
    chosen = settings or get_settings()
    secret = chosen.database_url
    if who == "owner":
        secret = chosen.migrate_database_url or secret
    if secret is not None:
        from api.supervisor.external import check_external

        check_external("TURNSTONE_DATABASE_URL", secret.get_secret_value())
        yield secret.get_secret_value()
        return
    with embedded(chosen).available() as cluster:
        yield cluster.url(who)


_NOT_MIGRATED = frozenset({"3F000", "42P01", "42883", "42703"})
"""SQLSTATEs of a schema, table, function or column that is not there."""


@asynccontextmanager
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine that acts as the service's role. Raises SupervisorError for a database not migrated."""
    from sqlalchemy.exc import DBAPIError

    from api.core.database import make_engine
    from api.supervisor.errors import SupervisorError

    made = make_engine(url, pool_size=2)
    try:
        yield made
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in _NOT_MIGRATED:
            raise
        raise SupervisorError("the database is not at this version; run `turnstone migrate` first") from error
    finally:
        await made.dispose()
