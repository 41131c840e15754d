"""What an earlier life left behind does not stop the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from api.supervisor.cluster import Cluster
from api.supervisor.processes import command_lines

PROJECT = Path(__file__).parents[2]


def processes_of(cluster: Cluster) -> list[str]:
    marks = (str(cluster.data.pgdata), cluster.data.fingerprint)
    return [line for line in command_lines().values() if any(mark in line for mark in marks)]


def wait_until_gone(cluster: Cluster, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while processes_of(cluster):
        assert time.monotonic() < deadline, processes_of(cluster)
        time.sleep(0.02)


def remember(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def recall(cluster: Cluster) -> object:
    with psycopg.connect(cluster.url("owner")) as connection:
        row = connection.execute("SELECT answer FROM kept").fetchone()
    return row[0] if row else None


@pytest.fixture
def durable(cluster: Cluster) -> Iterator[Cluster]:
    """The same with what a test cluster goes without: a commit that is answered is on disk."""
    made = Cluster(cluster.data.folder, postgres_bin=cluster.binaries().folder)
    yield made
    made.stop()


class TestPidFile:
    @pytest.mark.parametrize(
        "content",
        [b"", b"\n", b"garbage\n", b"12", b"\xff\xfe\x00\x01", b"-1\n/nowhere\n", b"99999999999999999999\n"],
        ids=["empty", "blank", "words", "truncated", "binary", "negative", "huge"],
    )
    def test_senseless_content(self, cluster: Cluster, content: bytes) -> None:
        (cluster.data.pgdata / "postmaster.pid").write_bytes(content)
        with cluster:
            assert cluster.is_running

    def test_number_that_now_belongs_to_another_program(self, cluster: Cluster) -> None:
        bystander = subprocess.Popen(["sleep", "60"])
        try:
            (cluster.data.pgdata / "postmaster.pid").write_text(
                f"{bystander.pid}\n{cluster.data.pgdata}\n1700000000\n5432\n\n\n  1 1\nready   \n"
            )
            assert not cluster.is_running
            with cluster:
                assert cluster.is_running
            assert bystander.poll() is None
        finally:
            bystander.kill()
            bystander.wait()

    def test_stale_lock_of_the_socket(self, cluster: Cluster) -> None:
        with cluster:
            pass
        (cluster.data.folder / "socket" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
        with cluster:
            assert cluster.is_running


class TestKilledServer:
    def test_starts_again_with_its_data(self, durable: Cluster) -> None:
        durable.start()
        remember(durable)
        assert durable.pid is not None
        os.kill(durable.pid, signal.SIGKILL)
        while not durable.has_died():
            time.sleep(0.01)
        assert not durable.is_running
        durable.start()
        assert recall(durable) == 42

    def test_busy_orphans_of_a_killed_server_are_cleared_away(self, durable: Cluster) -> None:
        durable.start()
        remember(durable)
        with psycopg.connect(durable.url("superuser")) as busy:
            busy.execute("SET client_connection_check_interval = 0")
            backend = busy.info.backend_pid

            # A loop that never looks up, so the backend does not notice its postmaster is gone.
            def loop() -> None:
                with suppress(psycopg.Error):
                    busy.execute("SELECT count(*) FROM generate_series(1, 1000000000000)")

            thread = threading.Thread(target=loop)
            thread.start()
            time.sleep(0.1)
            assert durable.pid is not None
            os.kill(durable.pid, signal.SIGKILL)
            while not durable.has_died():
                time.sleep(0.01)
            assert backend in command_lines()
            durable.start()
            thread.join(10)
            assert not thread.is_alive()
            assert backend not in command_lines()
        assert recall(durable) == 42


class TestKilledSupervisor:
    SUPERVISOR = (
        "import sys, time; from pathlib import Path; from api.supervisor.cluster import Cluster;"
        "cluster = Cluster(Path(sys.argv[1])); cluster.start();"
        "print(cluster.pid, flush=True); time.sleep(60)"
    )

    def test_takes_its_server_with_it(self, cluster: Cluster) -> None:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", self.SUPERVISOR, str(cluster.data.folder)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
        )
        assert supervisor.stdout is not None
        with supervisor.stdout:
            assert int(supervisor.stdout.readline()) > 0
            remember(cluster)
            supervisor.kill()
            supervisor.wait()
        if sys.platform == "linux":
            wait_until_gone(cluster)
            assert "database system is shut down" in cluster.data.log.read_text()
        with cluster:
            assert recall(cluster) == 42

    def test_the_next_need_not_wait_for_the_old_server(self, cluster: Cluster) -> None:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", self.SUPERVISOR, str(cluster.data.folder)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
        )
        assert supervisor.stdout is not None
        with supervisor.stdout:
            supervisor.stdout.readline()
            supervisor.kill()
            supervisor.wait()
        with cluster:
            assert cluster.is_running

    @pytest.mark.parametrize("pid_file", ["whole", "truncated", "gone"])
    def test_a_server_that_outlived_it_is_replaced(self, cluster: Cluster, pid_file: str) -> None:
        with cluster:
            remember(cluster)
        cluster.data.make_socket_dir(5432, cluster.user)
        old = subprocess.Popen(
            [
                str(cluster.binaries().folder / "postgres"),
                "-D",
                str(cluster.data.pgdata),
                "-c",
                "listen_addresses=",
                "-c",
                f"unix_socket_directories={cluster.data.socket_dir(5432)}",
                "-c",
                f"cluster_name=turnstone-{cluster.data.fingerprint}",
            ],
            stderr=subprocess.DEVNULL,
            user=cluster.user.uid if cluster.user else None,
            group=cluster.user.gid if cluster.user else None,
            extra_groups=[] if cluster.user else None,
        )
        try:
            while not cluster.is_running:
                assert old.poll() is None
                time.sleep(0.01)
            file = cluster.data.pgdata / "postmaster.pid"
            if pid_file == "truncated":
                os.truncate(file, 2)
            if pid_file == "gone":
                file.unlink()
            reaper = threading.Thread(target=old.wait)
            reaper.start()
            with cluster:
                assert cluster.pid != old.pid
                assert recall(cluster) == 42
            reaper.join(5)
            assert old.returncode is not None
        finally:
            if old.poll() is None:
                old.kill()
                old.wait()
