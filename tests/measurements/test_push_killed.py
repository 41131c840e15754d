"""``turnstone push`` as a command, against a service that is killed and started again while it sends."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT, url_of
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi
from tests.measurements.conftest import Machine
from tests.measurements.sending import rows_stored
from tests.service import free_port

PIECE = 1 << 16


def started(command: list[str], given: dict[str, str], **streams: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", *command], cwd=ROOT, env=os.environ | given, **streams
    )


def started_service(database: str, port: int) -> subprocess.Popen[bytes]:
    given = {
        "TURNSTONE_DATABASE_URL": url_of("service", database),
        "TURNSTONE_PORT": str(port),
        "TURNSTONE_LOG_LEVEL": "error",
    }
    return started(["serve"], given, stdout=subprocess.DEVNULL)


def started_worker(database: str) -> subprocess.Popen[bytes]:
    given = {"TURNSTONE_DATABASE_URL": url_of("worker", database), "TURNSTONE_LOG_LEVEL": "error"}
    return started(["worker"], given, stdout=subprocess.DEVNULL)


@dataclass
class Killable:
    """The service behind an address that stays while its processes go and come.

    The one that comes next is started beforehand: how long a start takes says nothing about pushing.
    """

    processes: list[subprocess.Popen[bytes]]
    ports: list[int]
    kill_after: int | None = None
    """Bytes from a sender after which it is killed, once."""
    kills: int = 0
    is_away: bool = False

    def kill(self) -> None:
        process = self.processes[self.kills]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.is_away = True
        self.kills += 1

    def come_back(self) -> None:
        self.is_away = False

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection to the service; cut while the service is away."""
        if self.is_away:
            writer.close()
            return
        back, on = await asyncio.open_connection("127.0.0.1", self.ports[self.kills])
        await asyncio.gather(self._copy(reader, on, counted=True), self._copy(back, writer, counted=False))

    async def _copy(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, counted: bool) -> None:
        passed = 0
        with suppress(OSError):
            while piece := await source.read(PIECE):
                passed += len(piece)
                if counted and self.kill_after is not None and passed > self.kill_after:
                    self.kill_after = None
                    self.kill()
                to.write(piece)
                await to.drain()
        to.close()


@pytest.fixture
async def killable(database: str) -> AsyncIterator[Killable]:
    ports = [free_port() for _ in range(3)]
    processes = [started_service(database, port) for port in ports]
    async with httpx.AsyncClient() as client:
        for port in ports:
            await until_ready(client, f"http://127.0.0.1:{port}/readyz")
    yield Killable(processes, ports)
    for process in processes:
        process.kill()
        process.wait()


async def until_ready(client: httpx.AsyncClient, address: str) -> None:
    while True:
        with suppress(httpx.TransportError):
            if (await client.get(address)).status_code == 200:
                return
        await asyncio.sleep(0.05)


def large_csv(folder: Path) -> Path:
    """Over five megabytes, so that it is put off."""
    months = [f"{year}-{month:02}" for year in range(1990, 2014) for month in range(1, 13)][:280]
    file = folder / "values.csv"
    file.write_text(
        "kpi,period,value,note\n" + "".join(f"K1,{month},70,{'x' * 19_000}\n" for month in months)
    )
    return file


async def until(process: subprocess.Popen[bytes], seen: bytearray, pattern: bytes) -> None:
    """Until the terminal shows it."""
    while not re.search(pattern, seen):
        assert process.poll() is None, seen.decode()
        await asyncio.sleep(0.02)


async def test_a_service_killed_half_way_and_again_while_it_is_waited_for(
    plan: PlanWorld, killable: Killable, machine: Machine, database: str, tmp_path: Path
) -> None:
    await a_kpi(plan)
    killable.kill_after = 2_000_000
    front = await asyncio.start_server(killable.pass_on, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{front.sockets[0].getsockname()[1]}"
    terminal, its_end = pty.openpty()
    seen = bytearray()

    def hear() -> None:
        with suppress(OSError):
            seen.extend(os.read(terminal, PIECE))

    asyncio.get_running_loop().add_reader(terminal, hear)
    pushing = started(
        ["push", str(large_csv(tmp_path)), "--url", address, "--plan", plan.ref],
        {
            "TURNSTONE_CLIENT_ID": machine.client_id,
            "TURNSTONE_CLIENT_SECRET": machine.secret,
            "TERM": "xterm",
            "COLUMNS": "100",
        },
        stdout=subprocess.PIPE,
        stderr=its_end,
    )
    worker = None
    try:
        while not killable.kills:
            assert pushing.poll() is None, seen.decode()
            await asyncio.sleep(0.02)
        await asyncio.sleep(1)
        killable.come_back()
        await until(pushing, seen, rb"Reading")
        killable.kill()
        await asyncio.sleep(1)
        killable.come_back()
        worker = started_worker(database)
        out, _ = await asyncio.to_thread(pushing.communicate, timeout=240)
    finally:
        asyncio.get_running_loop().remove_reader(terminal)
        for process in (pushing, worker):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        front.close()
        os.close(terminal)
        os.close(its_end)
    assert (pushing.returncode, out.decode()) == (0, "280 rows: 280 created\n")
    shown = seen.decode()
    assert re.search(r"Sending.* \d\.\d MB", shown) and re.search(r"Reading.* \d+ rows", shown)
    assert await rows_stored(plan) == 280
    assert await plan.service.one("select count(*) from submission where plan_id = %s", plan.id) == 1
