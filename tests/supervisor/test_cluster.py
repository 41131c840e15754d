"""One data directory: made once, closed to others, on every PostgreSQL at hand."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from api.supervisor.binaries import Binaries
from api.supervisor.cluster import PORT, Cluster, temporary_cluster
from api.supervisor.datadir import LONGEST_SOCKET_PATH
from api.supervisor.errors import Cancelled, SupervisorError
from api.supervisor.roles import ROLE_NAMES, Role

CopyData = Callable[[Path], Path]

PROJECT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def scalar(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


class TestInitialise:
    def test_makes_a_cluster_once(self, room: Path, binaries: Binaries) -> None:
        cluster = Cluster(room / "new", postgres_bin=binaries.folder, durable=False)
        try:
            assert cluster.initialise() is True
            passwords = [file.read_text() for file in sorted(cluster.data.secrets.iterdir())]
            assert cluster.initialise() is False
            assert [file.read_text() for file in sorted(cluster.data.secrets.iterdir())] == passwords
            assert not list(cluster.data.folder.glob("initialising-*"))
        finally:
            cluster.stop()

    def test_killed_half_way_it_starts_afresh(self, room: Path, binaries: Binaries) -> None:
        program = (
            "import sys; from pathlib import Path; from api.supervisor.cluster import Cluster;"
            "Cluster(Path(sys.argv[1]), postgres_bin=Path(sys.argv[2])).initialise()"
        )
        data = room / "data"
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(data), str(binaries.folder)], cwd=PROJECT
        )
        while not list(data.glob("initialising-*/pgdata/base")):
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not (data / "pgdata").exists()
        with Cluster(data, postgres_bin=binaries.folder, durable=False) as cluster:
            assert scalar(cluster.url("service"), "SELECT 1") == 1
            assert not list(data.glob("initialising-*"))

    def test_stops_when_asked_and_leaves_nothing_half_made(self, room: Path, binaries: Binaries) -> None:
        cluster = Cluster(room / "data", postgres_bin=binaries.folder)
        asked = iter([False] * 3)
        with pytest.raises(Cancelled):
            cluster.start(lambda: next(asked, True))
        cluster.stop()
        assert sorted(entry.name for entry in cluster.data.folder.iterdir()) == ["lock", "secrets"]

    def test_refuses_a_folder_of_something_else(self, room: Path) -> None:
        (room / "pgdata").mkdir()
        (room / "pgdata" / "letters.txt").touch()
        (room / "lock").touch()
        cluster = Cluster(room)
        with pytest.raises(SupervisorError, match="not a PostgreSQL cluster"):
            cluster.initialise()
        cluster.stop()
        assert (room / "pgdata" / "letters.txt").exists()


class TestRoles:
    def test_each_role_signs_in_as_itself(self, cluster: Cluster) -> None:
        with cluster:
            for role, name in ROLE_NAMES.items():
                assert scalar(cluster.url(role), "SELECT current_user") == name

    def test_they_may_what_they_should_and_no_more(self, cluster: Cluster) -> None:
        query = """
            SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication
            FROM pg_roles WHERE rolname LIKE 'turnstone%' ORDER BY 1
        """
        with cluster, psycopg.connect(cluster.url("superuser")) as connection:
            assert connection.execute(query).fetchall() == [
                ("turnstone_owner", False, True, True, False, False),
                ("turnstone_service", False, False, False, False, False),
                ("turnstone_worker", False, False, False, False, False),
            ]

    def test_only_the_owner_makes_tables(self, cluster: Cluster) -> None:
        with cluster:
            with psycopg.connect(cluster.url("owner")) as connection:
                connection.execute("CREATE TABLE held (id int)")
            for role in ("service", "worker"):
                with (
                    psycopg.connect(cluster.url(role)) as connection,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                ):
                    connection.execute("CREATE TABLE not_held (id int)")
                with psycopg.connect(cluster.url(role)) as connection:
                    connection.execute("CREATE TEMPORARY TABLE staging (id int)")

    def test_unfinished_roles_are_finished_at_the_next_start(self, cluster: Cluster) -> None:
        with cluster, psycopg.connect(cluster.url("superuser"), autocommit=True) as connection:
            connection.execute("DROP DATABASE turnstone")
            connection.execute("DROP ROLE turnstone_worker")
            cluster.data.remember(roles=None)
        with cluster:
            assert scalar(cluster.url("worker"), "SELECT current_database()") == "turnstone"

    def test_the_database_speaks_utf8_by_code_point(self, cluster: Cluster) -> None:
        with cluster:
            assert scalar(cluster.url("owner"), "SHOW server_encoding") == "UTF8"
            assert scalar(cluster.url("owner"), "SELECT 'Z' < 'a' AND 'z' < 'é'") is True
            assert scalar(cluster.url("owner"), "SELECT lower('É')") == "é"

    def test_its_urls_serve_sqlalchemy_too(self, cluster: Cluster) -> None:
        with cluster:
            url = cluster.url("service").replace("postgresql://", "postgresql+psycopg://")
            engine = create_engine(url)
            with engine.connect() as connection:
                assert connection.execute(text("SELECT current_user")).scalar() == "turnstone_service"
            engine.dispose()


class TestSecrets:
    def test_passwords_are_for_our_eyes_only(self, cluster: Cluster) -> None:
        assert mode(cluster.data.secrets) == 0o700
        files = list(cluster.data.secrets.iterdir())
        assert {file.name for file in files} == set(ROLE_NAMES.values())
        assert {mode(file) for file in files} == {0o600}
        assert len({file.read_text() for file in files}) == len(files)

    @pytest.mark.parametrize("role", list(ROLE_NAMES))
    def test_a_wrong_password_is_refused(self, cluster: Cluster, role: Role) -> None:
        with cluster:
            password = cluster.data.password(ROLE_NAMES[role])
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(cluster.url(role).replace(password, "guess"))

    def test_every_way_in_asks_for_scram(self, cluster: Cluster) -> None:
        with cluster, psycopg.connect(cluster.url("superuser")) as connection:
            rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
            stored = connection.execute(
                "SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin"
            ).fetchone()
        assert rules == [("scram-sha-256",)]
        assert stored == (True,)

    def test_passwords_stay_out_of_the_log_and_the_command_line(self, cluster: Cluster) -> None:
        with cluster:
            command = subprocess.run(
                ["ps", "-o", "args=", "-p", str(cluster.pid)], capture_output=True, text=True, check=True
            ).stdout
            seen = command + cluster.data.log.read_text()
        assert not any(file.read_text().strip() in seen for file in cluster.data.secrets.iterdir())
        assert mode(cluster.data.log) == 0o600

    def test_a_lost_password_is_one_clear_line(self, cluster: Cluster) -> None:
        (cluster.data.secrets / "turnstone_owner").unlink()
        with pytest.raises(SupervisorError, match=r"secrets/turnstone_owner is missing"):
            cluster.url("owner")


class TestSocket:
    def test_only_a_socket_of_its_own_listens(self, cluster: Cluster) -> None:
        with cluster:
            assert scalar(cluster.url("owner"), "SHOW listen_addresses") == ""
            assert mode(cluster.data.socket_dir(PORT)) == 0o700

    def test_a_long_path_gets_a_short_one(self, room: Path, copy_data: CopyData, binaries: Binaries) -> None:
        data = room / ("deep" * 12) / ("deeper" * 12)
        data.mkdir(parents=True)
        data.parent.chmod(0o711)
        data.chmod(0o711)
        with Cluster(copy_data(data), postgres_bin=binaries.folder, durable=False) as cluster:
            folder = cluster.data.socket_dir(PORT)
            (path,) = (entry for entry in folder.iterdir() if entry.is_socket())
            assert len(os.fsencode(path)) <= LONGEST_SOCKET_PATH
            assert data not in folder.parents
            assert mode(folder) == 0o700
            assert scalar(cluster.url("worker"), "SELECT 1") == 1
        assert not folder.exists()


class TestRunning:
    def test_starts_and_stops(self, cluster: Cluster) -> None:
        assert not cluster.is_running
        cluster.start()
        assert cluster.is_running
        pid = cluster.pid
        cluster.start()
        assert cluster.pid == pid
        cluster.stop()
        assert not cluster.is_running
        assert "database system is shut down" in cluster.data.log.read_text()

    def test_open_sessions_do_not_delay_the_stop(self, cluster: Cluster) -> None:
        cluster.start()
        with closing(psycopg.connect(cluster.url("service"))) as connection:
            connection.execute("SELECT 1")
            began = time.monotonic()
            cluster.stop()
            assert time.monotonic() - began < 5

    def test_another_process_sees_it_run(self, cluster: Cluster) -> None:
        onlooker = Cluster(cluster.data.folder)
        with cluster:
            assert onlooker.is_running
            with onlooker.available() as same:
                assert scalar(same.url("owner"), "SELECT 1") == 1
            assert cluster.is_running
        assert not onlooker.is_running

    def test_available_starts_and_stops_its_own(self, cluster: Cluster) -> None:
        with cluster.available():
            assert cluster.is_running
        assert not cluster.is_running

    def test_two_supervisors_do_not_share_a_directory(self, cluster: Cluster) -> None:
        with cluster:
            second = Cluster(cluster.data.folder, durable=False)
            with pytest.raises(SupervisorError, match=rf"another Turnstone \(process {os.getpid()}\)"):
                second.start()
            assert cluster.is_running
        second.start()
        second.stop()

    def test_durable_clusters_sync_and_test_clusters_do_not(self, cluster: Cluster) -> None:
        with cluster:
            assert scalar(cluster.url("owner"), "SHOW fsync") == "off"
        safe = Cluster(cluster.data.folder)
        with safe:
            assert scalar(safe.url("owner"), "SHOW fsync") == "on"
            assert scalar(safe.url("owner"), "SHOW synchronous_commit") == "on"
            assert scalar(safe.url("owner"), "SHOW full_page_writes") == "on"

    def test_a_start_that_fails_says_why(self, cluster: Cluster) -> None:
        (cluster.data.pgdata / "postgresql.conf").write_text("nonsense = yes\n")
        with pytest.raises(SupervisorError, match=r"did not start: configuration file .* contains errors"):
            cluster.start()

    def test_data_of_a_version_not_installed(self, cluster: Cluster) -> None:
        (cluster.data.pgdata / "PG_VERSION").write_text("14\n")
        with pytest.raises(SupervisorError, match="of PostgreSQL 14"):
            Cluster(cluster.data.folder).binaries()

    def test_a_temporary_one_leaves_nothing(self, binaries: Binaries) -> None:
        with temporary_cluster(binaries.folder) as cluster:
            assert scalar(cluster.url("owner"), "SELECT 1") == 1
        assert not cluster.data.folder.exists()
