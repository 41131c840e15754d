"""``make run``: the database, the API and the worker as one thing that starts and stops."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL, SIGTERM

import api
from api.settings import Settings
from api.supervisor.children import Child, KeptDatabase, RestartPolicy, Restarts
from api.supervisor.cluster import Cluster
from api.supervisor.datadir import default_data_dir
from api.supervisor.errors import Cancelled, SupervisorError, describe_os_error
from api.supervisor.external import check_external
from api.supervisor.processes import end, has_ended, kill_and_wait, spawn, started_at
from api.supervisor.schema import is_current
from api.supervisor.signals import Signals

GRACE_SECONDS = 10.0
"""What the API and the worker get to finish what they are at."""
READY_SECONDS = 120.0

_CLI = (sys.executable, "-m", "api.cli")


@dataclass(frozen=True)
class Commands:
    """The programs the supervisor runs, each by its full path."""

    migrate: Sequence[str] = (*_CLI, "migrate")
    load_samples: Sequence[str] = (*_CLI, "samples", "load")
    show_sign_ins: Sequence[str] = (*_CLI, "samples", "sign-ins")
    serve: Sequence[str] = (*_CLI, "serve")
    worker: Sequence[str] = (*_CLI, "worker")
    versions: Path | None = Path(api.__file__).parents[1] / "migrations" / "versions"
    """Alembic's revisions: with the database at their heads ``migrate`` is left out. None: never left out."""


def run(settings: Settings, commands: Commands | None = None, policy: RestartPolicy | None = None) -> int:
    """Runs everything until asked to stop; the exit code, 0 if it was asked for.

    Main thread only. Whatever happens, nothing it started is running when it returns; and if it is
    killed, Linux stops its children for it.
    """
    with Signals() as signals:
        supervisor = _Supervisor(settings, commands or Commands(), policy or RestartPolicy(), signals)
        code = 1
        try:
            supervisor.start()
            supervisor.watch()
        except Cancelled:
            code = 0
        except SupervisorError as error:
            complain(str(error))
        except OSError as error:
            complain(describe_os_error(error))
        except Exception as error:
            if settings.log_level == "debug":
                traceback.print_exc()
            complain(f"unexpected {type(error).__name__}: {' '.join(str(error).split())}")
        finally:
            supervisor.stop()
    return code


def complain(text: str) -> None:
    """One line on stderr, whatever the text."""
    with suppress(OSError, ValueError):
        print(f"turnstone: {' '.join(text.split())}", file=sys.stderr, flush=True)


def say(text: str) -> None:
    # A closed terminal or pipe is no reason to leave a database running.
    with suppress(OSError, ValueError):
        print(text, flush=True)


class _Supervisor:
    def __init__(
        self, settings: Settings, commands: Commands, policy: RestartPolicy, signals: Signals
    ) -> None:
        self._settings = settings
        self._commands = commands
        self._policy = policy
        self._signals = signals
        self._cluster: Cluster | None = None
        self._children: list[Child] = []
        self._tended: list[Restarts] = []
        self._urls: dict[str, str] = {}
        self._began = time.monotonic()

    # -- starting -----------------------------------------------------------------------------

    def start(self) -> None:
        settings = self._settings
        if settings.sample_mode and not settings.is_loopback:
            raise SupervisorError(
                f"sample mode has published sign-ins and listens on 127.0.0.1 only, not on {settings.host}"
            )
        if settings.database_url is None:
            self._take_data_dir()
            check_port(settings.host, settings.port)
            self._start_database()
        else:
            check_port(settings.host, settings.port)
            self._use_external_database()
        was_current = self._migrate()
        # A first load comes before the API, or the first sign-in would fail; later ones beside it.
        load_later = (
            was_current and self._cluster is not None and bool(self._cluster.data.state.get("samples"))
        )
        if settings.sample_mode and not load_later:
            self._load_samples()
        for name, argv, urls in (
            ("the API", self._commands.serve, ("DATABASE_URL",)),
            ("the worker", self._commands.worker, ("DATABASE_URL", "WORKER_DATABASE_URL")),
        ):
            self._start_child(Child(name, argv, self._environment(urls)))
        if settings.sample_mode and load_later:
            self._load_samples()
        sign_ins = (
            self._task("showing the sample sign-ins", self._commands.show_sign_ins, catch=True)
            if (settings.sample_mode)
            else ""
        )
        self._wait_until_ready()
        say(
            f"Turnstone is ready at {self.address} ({time.monotonic() - self._began:.1f} s). Ctrl-C stops it."
        )
        if sign_ins.strip():
            say(sign_ins.rstrip())

    def _take_data_dir(self) -> None:
        self._cluster = Cluster(
            self._settings.data_dir or default_data_dir(), postgres_bin=self._settings.postgres_bin
        )
        self._cluster.data.create(self._cluster.user)
        self._cluster.data.lock()
        self._end_orphans(self._cluster)

    def _start_database(self) -> None:
        assert self._cluster is not None
        cluster = self._cluster
        if not cluster.is_initialised:
            say(f"Making a database in {cluster.data.folder}")
        cluster.start(self._signals.asked)
        self._tended.append(Restarts(KeptDatabase(cluster, self._signals.asked), self._policy))
        say(f"Database: PostgreSQL {cluster.version} in {cluster.data.folder}")
        self._urls = {
            "DATABASE_URL": cluster.url("service"),
            "MIGRATE_DATABASE_URL": cluster.url("owner"),
            "WORKER_DATABASE_URL": cluster.url("worker"),
        }

    def _use_external_database(self) -> None:
        settings = self._settings
        assert settings.database_url is not None
        service = settings.database_url
        self._urls = {
            "DATABASE_URL": service.get_secret_value(),
            "MIGRATE_DATABASE_URL": (settings.migrate_database_url or service).get_secret_value(),
            "WORKER_DATABASE_URL": (settings.worker_database_url or service).get_secret_value(),
        }
        for name, url in self._urls.items():
            check_external(f"TURNSTONE_{name}", url)
            self._raise_if_asked()
        say("Database: the one of TURNSTONE_DATABASE_URL")

    def _migrate(self) -> bool:
        """Brings the schema up to date; whether it was so already."""
        versions = self._commands.versions
        if versions is not None and is_current(self._urls["MIGRATE_DATABASE_URL"], versions):
            return True
        say("Migrating the database")
        self._task("migrating the database", self._commands.migrate)
        return False

    def _load_samples(self) -> None:
        if self._cluster is None or not self._cluster.data.state.get("samples"):
            say("Loading the sample plans")
        self._task("loading the sample plans", self._commands.load_samples)
        if self._cluster is not None:
            self._cluster.data.remember(samples=True)

    def _environment(self, urls: Sequence[str]) -> dict[str, str]:
        """Ours, with the settings in force and only those database URLs the program needs."""
        settings = self._settings
        environment = {
            name: value
            for name, value in os.environ.items()
            if name.removeprefix("TURNSTONE_") not in self._urls
        }
        environment |= {f"TURNSTONE_{name}": self._urls[name] for name in urls}
        environment |= {
            "TURNSTONE_HOST": settings.host,
            "TURNSTONE_PORT": str(settings.port),
            "TURNSTONE_SAMPLE_MODE": str(settings.sample_mode).lower(),
            "PYTHONUNBUFFERED": "1",
        }
        if self._cluster is not None:
            environment["TURNSTONE_DATA_DIR"] = str(self._cluster.data.folder)
        return environment

    def _task(self, what: str, argv: Sequence[str], *, catch: bool = False) -> str:
        """Runs a program to its end while tending the others; what it printed, if it was to be caught."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            process = spawn(
                argv,
                death_signal=SIGTERM,
                env=self._environment(tuple(self._urls)),
                stdout=output if catch else None,
                stderr=errors,
            )
            try:
                while not has_ended(process):
                    self._tend(0.05)
            finally:
                end([process], GRACE_SECONDS, self._is_pressed)
            errors.seek(0)
            said = errors.read().decode(errors="replace")
            if process.returncode != 0:
                if self._settings.log_level == "debug":
                    sys.stderr.write(said)
                lines = [line for line in said.splitlines() if line.strip()]
                reason = lines[-1].removeprefix("turnstone: ") if lines else f"exit code {process.returncode}"
                raise SupervisorError(f"{what} failed: {reason}")
            output.seek(0)
            return output.read().decode(errors="replace")

    def _start_child(self, child: Child) -> None:
        self._children.append(child)
        child.start()
        self._tended.append(Restarts(child, self._policy))
        self._note_children()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not answers_ready(self._settings.host, self._settings.port):
            if time.monotonic() > deadline:
                raise SupervisorError(f"the API was not ready within {READY_SECONDS:.0f} s")
            self._tend(0.05)

    @property
    def address(self) -> str:
        host = local_host(self._settings.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self._settings.port}"

    # -- watching -----------------------------------------------------------------------------

    def watch(self) -> None:
        """Until a stop is asked for (Cancelled) or something cannot be kept up (SupervisorError)."""
        while True:
            self._tend(1.0)

    def _tend(self, longest: float) -> None:
        before = [child.process for child in self._children]
        for tended in self._tended:
            self._raise_if_asked()
            due = tended.tend()
            longest = longest if due is None else min(longest, due)
        if [child.process for child in self._children] != before:
            self._note_children()
        self._raise_if_asked()
        self._signals.wait(longest)
        self._raise_if_asked()

    def _raise_if_asked(self) -> None:
        if self._signals.asked():
            raise Cancelled

    # -- stopping -----------------------------------------------------------------------------

    def _is_pressed(self) -> bool:
        return self._signals.count > 1

    def stop(self) -> None:
        """Worker and API first, the database last. One more signal hastens the first, two the second."""
        running = [child.process for child in reversed(self._children) if child.process is not None]
        if running or (self._cluster is not None and self._cluster.pid is not None):
            say("Stopping")
        end(running, GRACE_SECONDS, self._is_pressed)
        if self._cluster is not None:
            with suppress(OSError):
                if self._cluster.data.is_locked:
                    self._cluster.data.remember(processes=None)
            self._cluster.stop(lambda: self._signals.count > 2)

    # -- children that outlived a supervisor --------------------------------------------------

    def _note_children(self) -> None:
        if self._cluster is not None:
            running = {child.process.pid for child in self._children if child.process is not None}
            self._cluster.data.remember(processes=[[pid, started_at(pid)] for pid in sorted(running)])

    def _end_orphans(self, cluster: Cluster) -> None:
        """Ends what a supervisor killed outright had started and the kernel did not stop, or not yet."""
        noted = cluster.data.state.get("processes") or []

        def left() -> list[int]:
            return [pid for pid, start in noted if start is not None and started_at(pid) == start]

        if left() and not kill_and_wait(left, SIGTERM, GRACE_SECONDS):
            kill_and_wait(left, SIGKILL, GRACE_SECONDS, group=True)
        if noted:
            cluster.data.remember(processes=None)


def local_host(host: str) -> str:
    """The address at which we ourselves reach a server that listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # not bound


def check_port(host: str, port: int) -> None:
    """Raises SupervisorError with the reason when nothing can listen on the port."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
            probe.listen(1)
    except socket.gaierror:
        raise SupervisorError(f"TURNSTONE_HOST: {host} is no address of this machine") from None
    except PermissionError:
        raise SupervisorError(f"port {port} is reserved for root; set PORT to one above 1023") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SupervisorError(
                f"port {port} on {host} is taken by another program; stop it or set PORT"
            ) from None
        raise SupervisorError(f"cannot listen on {host} port {port}: {error.strerror}") from None


def answers_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(local_host(host), port, timeout=2.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
