"""The whole supervisor, as a process of its own, over small real programs."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from api.supervisor.binaries import Binaries, find_binaries
from api.supervisor.cluster import Cluster
from api.supervisor.processes import command_lines

CopyData = Callable[[Path], Path]

PROJECT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).with_name("programs.py")
PATIENCE = 15.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


class Service:
    """One ``make run`` in its own folder: start it, look at it, signal it."""

    def __init__(self, room: Path, data: Path, **environment: str) -> None:
        self.cluster = Cluster(data)
        self.port = free_port()
        self.diary_file = room / "diary"
        self.diary_file.touch()
        self._out = room / "out"
        self._err = room / "err"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TURNSTONE_")},
            "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")])),
            "DIARY": str(self.diary_file),
            "TURNSTONE_DATA_DIR": str(data),
            "PORT": str(self.port),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, str(PROGRAMS), "supervise"],
                env={**self.environment, **environment},
                stdout=out,
                stderr=err,
            )

    def start_and_wait(self, **environment: str) -> None:
        self.start(**environment)
        wait_for(lambda: "is ready at" in self.out or self.ended)
        assert not self.ended, self.err

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def diary(self) -> list[str]:
        return self.diary_file.read_text().splitlines()

    @property
    def ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self) -> int:
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def stop(self) -> int:
        self.send(signal.SIGTERM)
        return self.wait()

    def visit(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
            text = answer.read()
        assert isinstance(text, bytes)
        return text.decode()

    def has_noted(self, name: str) -> bool:
        return any(line.startswith(f"{name} ") for line in self.diary)

    def pid_of(self, name: str) -> int:
        """Of the latest program that noted this name."""
        return [int(line.split()[1]) for line in self.diary if re.fullmatch(rf"{name} \d+", line)][-1]

    @property
    def running(self) -> dict[int, str]:
        """Command lines of the database and the programs that belong to it."""
        marks = (str(self.cluster.data.pgdata), self.cluster.data.fingerprint)
        noted = {int(found[1]) for line in self.diary if (found := re.fullmatch(r"\w+ (\d+)", line))}
        return {
            pid: line
            for pid, line in command_lines().items()
            if any(mark in line for mark in marks) or (pid in noted and str(PROGRAMS) in line)
        }

    def kill_what_is_left(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def binaries() -> Binaries:
    """The default only: what differs between versions is the cluster's affair, and tested there."""
    return find_binaries()


@pytest.fixture
def service(room: Path, copy_data: CopyData) -> Iterator[Service]:
    (room / "data").mkdir(mode=0o711)
    made = Service(room, copy_data(room / "data"))
    yield made
    made.kill_what_is_left()


@pytest.fixture
def bare_service(room: Path) -> Iterator[Service]:
    """Its data directory has still to be made."""
    made = Service(room, room / "data")
    yield made
    made.kill_what_is_left()


def only_line(text: str) -> str:
    (line,) = text.splitlines()
    assert line.startswith("turnstone: ")
    return line.removeprefix("turnstone: ")


class TestStarting:
    def test_from_nothing_to_ready(self, bare_service: Service) -> None:
        bare_service.start_and_wait(TURNSTONE_SAMPLE_MODE="true")
        assert f"http://127.0.0.1:{bare_service.port}" in bare_service.out
        assert "lead@example.org" in bare_service.out
        assert bare_service.visit() == "(1, 'turnstone_service')"
        wait_for(lambda: "('turnstone_worker',)" in bare_service.diary)
        assert bare_service.diary[:2] == ["migrate", "load"]
        assert bare_service.stop() == 0
        assert bare_service.running == {}

    def test_again_it_is_quick_and_keeps_its_data(self, service: Service) -> None:
        service.start_and_wait(TURNSTONE_SAMPLE_MODE="true")
        service.visit()
        service.stop()
        began = time.monotonic()
        service.start_and_wait(TURNSTONE_SAMPLE_MODE="true")
        assert time.monotonic() - began < 5
        assert service.visit() == "(2, 'turnstone_service')"
        assert service.diary.count("migrate") == 1
        service.stop()

    def test_samples_and_their_sign_ins_only_where_asked_for(self, service: Service) -> None:
        service.start_and_wait()
        assert "load" not in service.diary
        assert "lead@example.org" not in service.out
        service.stop()

    def test_a_failed_migration_ends_it_in_one_line(self, service: Service) -> None:
        service.start(BEHAVIOUR="migrate-fails")
        assert service.wait() == 1
        assert only_line(service.err) == (
            "migrating the database failed: column lost_children already exists"
        )
        assert service.running == {}


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
    def test_leaves_nothing_running(self, service: Service, number: signal.Signals) -> None:
        service.start_and_wait(BEHAVIOUR="worker-forks")
        wait_for(lambda: service.has_noted("grandchild"))
        service.send(number)
        assert service.wait() == 0
        assert service.running == {}
        assert service.err == ""
        assert {"api stopped", "worker stopped"} <= set(service.diary)
        assert "database system is shut down" in service.cluster.data.log.read_text()

    def test_during_the_migration(self, service: Service) -> None:
        service.start(BEHAVIOUR="migrate-slowly")
        wait_for(lambda: "migrate" in service.diary)
        assert service.stop() == 0
        assert service.running == {}

    @pytest.mark.parametrize(
        "stage", ["data/lock", "data/initialising-*/pgdata/base", "data/pgdata/postmaster.pid"]
    )
    def test_during_the_first_start(self, bare_service: Service, room: Path, stage: str) -> None:
        bare_service.start()
        wait_for(lambda: list(room.glob(stage)))
        assert bare_service.stop() == 0
        assert bare_service.running == {}
        assert bare_service.err == ""

    def test_a_second_ctrl_c_hastens_and_still_shuts_the_database_down(self, service: Service) -> None:
        service.start_and_wait(BEHAVIOUR="worker-stubborn")
        wait_for(lambda: service.has_noted("worker"))
        service.send(signal.SIGINT)
        wait_for(lambda: "worker was asked to stop" in service.diary)
        time.sleep(0.6)
        assert not service.ended
        began = time.monotonic()
        service.send(signal.SIGINT)
        assert service.wait() == 0
        assert time.monotonic() - began < 5
        assert service.running == {}
        assert "database system is shut down" in service.cluster.data.log.read_text()

    def test_a_lost_terminal_stops_it_though_nobody_passes_the_signal_on(self, service: Service) -> None:
        """Whoever leads the session gets the hang-up; this one, like make, just waits for its child."""
        leader, terminal = pty.fork()
        if leader == 0:
            command = f'trap : HUP; "{sys.executable}" "{PROGRAMS}" supervise; :'
            os.execve("/bin/sh", ["/bin/sh", "-c", command], service.environment)
        seen = b""
        while b"is ready at" not in seen:
            seen += os.read(terminal, 4096)
        wait_for(lambda: service.has_noted("worker"))
        os.close(terminal)
        os.waitpid(leader, 0)
        assert service.running == {}
        assert "database system is shut down" in service.cluster.data.log.read_text()

    def test_nobody_reading_what_it_prints_is_no_obstacle(self, service: Service) -> None:
        reading, writing = os.pipe()
        service.process = subprocess.Popen(
            [sys.executable, str(PROGRAMS), "supervise"],
            env=service.environment,
            stdout=writing,
            stderr=writing,
        )
        os.close(writing)
        os.close(reading)
        wait_for(lambda: service.has_noted("worker"))
        assert service.stop() == 0
        assert service.running == {}


class TestDying:
    def test_killed_itself_it_takes_all_along_and_starts_again(self, service: Service) -> None:
        service.start_and_wait()
        service.visit()
        service.send(signal.SIGKILL)
        service.wait()
        service.start_and_wait()
        assert service.visit() == "(2, 'turnstone_service')"
        assert service.stop() == 0

    def test_killed_itself_nothing_is_left_after_a_moment(self, service: Service) -> None:
        """On Linux; elsewhere the next start clears up."""
        service.start_and_wait()
        wait_for(lambda: service.has_noted("worker"))
        service.send(signal.SIGKILL)
        service.wait()
        if sys.platform == "linux":
            wait_for(lambda: service.running == {})
            assert "database system is shut down" in service.cluster.data.log.read_text()

    def test_a_killed_database_comes_back(self, service: Service) -> None:
        service.start_and_wait()
        service.visit()
        pid = int((service.cluster.data.pgdata / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: pid not in command_lines() and service.cluster.is_running)
        assert service.visit() == "(2, 'turnstone_service')"
        assert service.stop() == 0
        assert service.running == {}

    @pytest.mark.parametrize("name", ["api", "worker"])
    def test_a_killed_program_comes_back(self, service: Service, name: str) -> None:
        service.start_and_wait()
        wait_for(lambda: service.has_noted("worker"))
        first = service.pid_of(name)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: service.pid_of(name) != first)
        assert service.stop() == 0
        assert service.running == {}

    def test_a_program_that_cannot_live_ends_it_all_in_one_line(self, service: Service) -> None:
        service.start(BEHAVIOUR="worker-crashes")
        assert service.wait() == 1
        last = service.err.splitlines()[-1]
        assert last == ("turnstone: the worker stopped 3 times within 60 s: cannot find the queue | boom")
        assert service.diary.count("worker crashed") == 3
        assert service.running == {}
        assert "database system is shut down" in service.cluster.data.log.read_text()


class TestRefusing:
    def test_a_taken_port(self, service: Service) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", service.port))
            other.listen()
            service.start()
            assert service.wait() == 1
        assert only_line(service.err) == (
            f"port {service.port} on 127.0.0.1 is taken by another program; stop it or set PORT"
        )
        assert service.running == {}

    def test_a_data_directory_in_use(self, service: Service, room: Path) -> None:
        service.start_and_wait()
        (room / "second").mkdir()
        second = Service(room / "second", service.cluster.data.folder)
        second.start()
        assert second.wait() == 1
        assert re.match(
            r"another Turnstone \(process \d+\) is using .*; stop it first", only_line(second.err)
        )
        service.visit()
        assert service.stop() == 0

    @pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
    def test_sample_mode_for_all_the_world(self, service: Service, host: str) -> None:
        service.start(TURNSTONE_SAMPLE_MODE="true", TURNSTONE_HOST=host)
        assert service.wait() == 1
        assert f"127.0.0.1 only, not on {host}" in only_line(service.err)

    def test_a_host_that_is_not_ours(self, service: Service) -> None:
        service.start(TURNSTONE_HOST="192.0.2.1")
        assert service.wait() == 1
        assert "cannot listen on 192.0.2.1" in only_line(service.err)

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("postgresql://me:secret@127.0.0.1:1/nothing", "Connection refused"),
            ("postgresql://me:secret@127.0.0.1:port/nothing", "port"),
            ("postgresql://me:secret@/nothing?host=/nowhere", "No such file or directory"),
            ("postgresql://me:secret@127.0.0.1/nothing?sslmode=maybe", "sslmode"),
        ],
        ids=["dead", "misspelt", "no socket", "bad option"],
    )
    def test_an_external_database_out_of_reach(self, bare_service: Service, url: str, reason: str) -> None:
        bare_service.start(TURNSTONE_DATABASE_URL=url)
        assert bare_service.wait() == 1
        line = only_line(bare_service.err)
        assert line.startswith("TURNSTONE_DATABASE_URL: ")
        assert reason in line
        assert "secret" not in line
        assert not bare_service.cluster.data.folder.exists()

    def test_a_data_directory_that_cannot_be(self, room: Path) -> None:
        (room / "file").touch()
        service = Service(room, room / "file" / "data")
        service.start()
        assert service.wait() == 1
        assert only_line(service.err).startswith("cannot use the data directory")

    def test_settings_that_make_no_sense(self) -> None:
        answer = subprocess.run(
            [sys.executable, "-m", "api.supervisor"],
            cwd=PROJECT,
            env={**os.environ, "TURNSTONE_DATABASE_URL": "mysql://me:secret@example.org/"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 1
        assert only_line(answer.stderr) == "TURNSTONE_DATABASE_URL: must start with postgresql://"


class TestExternalDatabase:
    def test_is_used_and_left_running(self, service: Service, bare_service: Service, room: Path) -> None:
        external = service.cluster
        with external:
            bare = bare_service
            bare.start_and_wait(
                TURNSTONE_DATABASE_URL=external.url("service"),
                TURNSTONE_MIGRATE_DATABASE_URL=external.url("owner"),
                TURNSTONE_WORKER_DATABASE_URL=external.url("worker"),
            )
            assert bare.visit() == "(1, 'turnstone_service')"
            assert bare.stop() == 0
            assert external.is_running
