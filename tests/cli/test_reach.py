"""What a command line says when the database is not what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import ROOT, url_of


@pytest.fixture
def empty(worker_id: str) -> Iterator[str]:
    """A database without a schema; its URL as the service."""
    name = f"unmigrated_{worker_id}"
    with psycopg.connect(url_of("owner", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield url_of("service", name)
        connection.execute(f"drop database {name} with (force)")


@pytest.mark.parametrize(
    "command", [["samples", "next-month"], ["plan", "export", "northmoor"], ["samples", "load"]]
)
def test_a_database_not_migrated_is_one_clear_line(empty: str, command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *command],
        env=os.environ
        | {"TURNSTONE_DATABASE_URL": empty, "TURNSTONE_SAMPLE_MODE": "true", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == "turnstone: the database is not at this version; run `turnstone migrate` first\n"
