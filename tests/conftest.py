"""A real cluster for the whole run, a migrated database for each worker, a fresh plan for each test.

Tests never empty tables: each makes its own plan, as plans live beside each other in earnest.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.database import WORKER_ROLE, make_engine
from api.core.jobs import QUEUE
from api.main import create_app
from api.settings import Settings
from api.supervisor.cluster import Cluster, temporary_cluster
from api.worker import make_jobs
from tests.factories.world import PlanWorld, Service

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "turnstone_template"
CLUSTER = pytest.StashKey[Cluster]()


def pytest_configure(config: pytest.Config) -> None:
    """The controller alone starts the cluster and makes the template; workers are told where it is."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    bin_dir = os.environ.get("TURNSTONE_POSTGRES_BIN")
    stack = ExitStack()
    cluster = stack.enter_context(temporary_cluster(Path(bin_dir) if bin_dir else None))
    config.add_cleanup(stack.close)
    config.stash[CLUSTER] = cluster
    with psycopg.connect(cluster.url("owner", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {TEMPLATE}")
    migrate(cluster.url("owner", TEMPLATE))
    for role in ("owner", "service", "worker"):
        os.environ[f"TURNSTONE_TEST_{role.upper()}_URL"] = cluster.url(role, "DATABASE")


def migrate(url: str, revision: str = "head") -> None:
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def url_of(role: str, database: str) -> str:
    return os.environ[f"TURNSTONE_TEST_{role.upper()}_URL"].replace("/DATABASE?", f"/{database}?")


@pytest.fixture(scope="session")
def database(worker_id: str) -> str:
    """This worker's own database, cloned from the migrated template; it goes with the cluster."""
    name = f"turnstone_{worker_id}"
    with psycopg.connect(url_of("owner", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}")
    return name


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    told: dict[str, str] = getattr(request.config, "workerinput", {})
    return told.get("workerid", "main")


@pytest.fixture(scope="session")
def settings(database: str) -> Settings:
    return Settings.model_validate({"database_url": url_of("service", database), "sample_mode": False})


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The service with its lifespan running, as the service's own role."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
def engine(app: FastAPI) -> AsyncEngine:
    """The service's engine: under row-level security, acting as nobody until told."""
    engine: AsyncEngine = app.state.engine
    return engine


@pytest.fixture(scope="session")
async def owner(database: str) -> AsyncIterator[AsyncConnection[DictRow]]:
    """The database's owner, in autocommit, for looking behind the API."""
    connection = await AsyncConnection.connect(
        url_of("owner", database), autocommit=True, row_factory=dict_row
    )
    async with connection:
        yield connection


@pytest.fixture(scope="session")
async def service(app: FastAPI, owner: AsyncConnection[DictRow]) -> AsyncIterator[Service]:
    """Sign-ins that belong to no plan: an admin, and a stranger who is a member of nothing."""
    async with Service(app, owner) as service:
        yield service


@pytest.fixture
async def plan(service: Service) -> PlanWorld:
    """A fresh active plan with nothing in it; people appear in it as they are asked for."""
    return await service.new_plan()


@pytest.fixture(scope="session")
async def worker_engine(database: str) -> AsyncIterator[AsyncEngine]:
    """The worker's own engine: its role, on this database."""
    engine = make_engine(url_of("worker", database), role=WORKER_ROLE, pool_size=4)
    yield engine
    await engine.dispose()


@pytest.fixture
def work(database: str, settings: Settings, worker_engine: AsyncEngine) -> Callable[[], Awaitable[None]]:
    """Run every job that waits, as the worker does, and come back when none is left."""

    async def run() -> None:
        jobs = make_jobs(url_of("worker", database), worker_engine, settings)
        async with jobs.open_async():
            await jobs.run_worker_async(
                wait=False, delete_jobs="successful", install_signal_handlers=False, queues=[QUEUE]
            )

    return run
