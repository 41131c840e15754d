"""The migrations make what the tables say, and can be taken back to nothing."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from api.supervisor.binaries import find_binaries
from tests.conftest import ROOT, url_of


@pytest.fixture
def empty(worker_id: str) -> Iterator[str]:
    """A database with nothing in it; its URL as the owner."""
    name = f"migrating_{worker_id}"
    with psycopg.connect(url_of("owner", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield url_of("owner", name)
        connection.execute(f"drop database {name}")


def config_for(url: str) -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    return config


def schema_of(url: str) -> str:
    """Everything pg_dump tells of a database's schema, without what it makes up anew each time."""
    given = os.environ.get("TURNSTONE_POSTGRES_BIN")
    program = find_binaries(Path(given) if given else None).program("pg_dump")
    dump = subprocess.run(
        [program, "--schema-only", "--no-password", f"--dbname={url}"],
        capture_output=True,
        text=True,
    )
    assert dump.returncode == 0, dump.stderr
    return re.sub(r"(?m)^(\\(un)?restrict .*|--.*)\n", "", dump.stdout)


def test_they_stand_in_one_line() -> None:
    assert len(ScriptDirectory.from_config(config_for("")).get_heads()) == 1


def test_what_they_make_is_what_the_tables_say(database: str) -> None:
    command.check(config_for(url_of("owner", database)))


def test_down_to_nothing_and_up_again(empty: str) -> None:
    command.upgrade(config_for(empty), "head")
    first = schema_of(empty)
    assert "CREATE TABLE public.action_history" in first
    command.downgrade(config_for(empty), "base")
    left = schema_of(empty)
    assert (
        re.findall(r"CREATE (?:TABLE|VIEW|FUNCTION|SCHEMA|TYPE|POLICY) (?!public\.alembic_version)\S+", left)
        == []
    )
    command.upgrade(config_for(empty), "head")
    assert schema_of(empty) == first


def test_each_can_be_taken_back_and_made_again(empty: str) -> None:
    config = config_for(empty)
    made = []
    for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
        command.upgrade(config, script.revision)
        made.append(schema_of(empty))
    for before in reversed(made[:-1]):
        command.downgrade(config, "-1")
        assert schema_of(empty) == before
