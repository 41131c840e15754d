"""What is backed up comes back, all of it or nothing."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from api.supervisor.backup import DUMP, backup, restore
from api.supervisor.binaries import Binaries
from api.supervisor.cluster import Cluster
from api.supervisor.errors import SupervisorError

CopyData = Callable[[Path], Path]

SCHEMA = """
    CREATE ROLE turnstone_scribe NOLOGIN;
    GRANT turnstone_scribe TO turnstone_owner;
    CREATE TABLE plan (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL);
    CREATE TABLE change (id bigint GENERATED ALWAYS AS IDENTITY, title text);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
        AS $$ BEGIN INSERT INTO change (title) VALUES (new.title); RETURN new; END $$;
    GRANT CREATE ON SCHEMA public TO turnstone_scribe;
    ALTER TABLE change OWNER TO turnstone_scribe;
    ALTER FUNCTION note() OWNER TO turnstone_scribe;
    CREATE TRIGGER noted AFTER INSERT ON plan FOR EACH ROW EXECUTE FUNCTION note();
    ALTER TABLE plan ENABLE ROW LEVEL SECURITY;
    ALTER TABLE plan FORCE ROW LEVEL SECURITY;
    CREATE POLICY mine ON plan FOR SELECT TO turnstone_service
        USING (title = current_setting('turnstone.principal', true));
    CREATE POLICY writing ON plan FOR INSERT TO turnstone_owner WITH CHECK (true);
    GRANT SELECT ON plan TO turnstone_service;
    ALTER TABLE plan OWNER TO turnstone_owner;
    SET ROLE turnstone_owner;
    INSERT INTO plan (title) SELECT 'Plan ' || n FROM generate_series(1, 500) n;
"""


@pytest.fixture
def full(cluster: Cluster) -> Iterator[Cluster]:
    """Running, with a little schema that has all the features that make backups hard."""
    with cluster:
        with psycopg.connect(cluster.url("superuser", "turnstone")) as connection:
            connection.execute(SCHEMA.encode())
        yield cluster


@pytest.fixture
def empty(room: Path, copy_data: CopyData, binaries: Binaries) -> Iterator[Cluster]:
    """A second running cluster with nothing in it."""
    (room / "other").mkdir(mode=0o711)
    with Cluster(copy_data(room / "other"), postgres_bin=binaries.folder, durable=False) as cluster:
        yield cluster


def titles(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.url("superuser", "turnstone")) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM plan ORDER BY id")]


def scalar(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


ALL = [f"Plan {n}" for n in range(1, 501)]


class TestBackup:
    def test_into_an_empty_database_elsewhere(self, full: Cluster, empty: Cluster, room: Path) -> None:
        backup(full, room / "plans.backup")
        assert stat.S_IMODE((room / "plans.backup").stat().st_mode) == 0o600
        empty.data.remember(samples=True)
        restore(empty, room / "plans.backup")
        assert titles(empty) == ALL
        as_admin = empty.url("superuser", "turnstone")
        assert scalar(as_admin, "SELECT count(*) FROM change") == 500
        assert scalar(as_admin, "SELECT tableowner FROM pg_tables WHERE tablename = 'change'") == (
            "turnstone_scribe"
        )
        assert scalar(as_admin, "SELECT pg_has_role('turnstone_owner', 'turnstone_scribe', 'MEMBER')") is True
        assert scalar(as_admin, "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'plan'") is True
        assert scalar(empty.url("service"), "SELECT count(*) FROM plan") == 0
        # What was loaded into the old contents says nothing about the new.
        assert "samples" not in empty.data.state

    def test_identities_go_on_where_they_stood(self, full: Cluster, empty: Cluster, room: Path) -> None:
        backup(full, room / "b")
        restore(empty, room / "b")
        with psycopg.connect(empty.url("owner")) as connection:
            connection.execute("INSERT INTO plan (title) VALUES ('next')")
        assert scalar(empty.url("superuser", "turnstone"), "SELECT max(id) FROM plan") == 501

    def test_an_existing_file_is_kept(self, full: Cluster, room: Path) -> None:
        (room / "precious").write_text("letters")
        with pytest.raises(SupervisorError, match="exists already"):
            backup(full, room / "precious")
        assert (room / "precious").read_text() == "letters"

    def test_a_role_bound_by_row_level_security_gets_no_partial_backup(
        self, full: Cluster, room: Path
    ) -> None:
        with pytest.raises(SupervisorError, match="row-level security policy"):
            backup(full.url("owner"), room / "partial")
        assert [file for file in room.iterdir() if "partial" in file.name] == []

    def test_a_folder_that_is_not_there(self, full: Cluster, room: Path) -> None:
        with pytest.raises(SupervisorError, match=r"cannot write the backup .*no such file"):
            backup(full, room / "nowhere" / "file")

    def test_a_database_that_is_not_there(self, room: Path) -> None:
        with pytest.raises(SupervisorError, match="cannot reach the database"):
            backup("postgresql://me:secret@127.0.0.1:1/none", room / "b")


class TestRestore:
    def test_refuses_a_database_with_something_in_it(self, full: Cluster, room: Path) -> None:
        backup(full, room / "b")
        with pytest.raises(SupervisorError, match="not empty; nothing was restored"):
            restore(full, room / "b")

    def test_forced_it_replaces_everything(self, full: Cluster, room: Path) -> None:
        backup(full, room / "b")
        with psycopg.connect(full.url("superuser", "turnstone")) as connection:
            connection.execute("DELETE FROM plan; CREATE SCHEMA extra; CREATE TABLE extra.later (id int)")
        restore(full, room / "b", force=True)
        assert titles(full) == ALL
        assert scalar(full.url("superuser", "turnstone"), "SELECT to_regnamespace('extra')") is None
        with (
            psycopg.connect(full.url("service")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE not_held (id int)")
        with psycopg.connect(full.url("owner")) as connection:
            connection.execute("CREATE TABLE held (id int)")

    def test_a_forced_one_that_fails_changes_nothing(self, full: Cluster, room: Path) -> None:
        backup(full, room / "b")
        broken = room / "broken"
        with zipfile.ZipFile(room / "b") as whole, zipfile.ZipFile(broken, "w") as part:
            for name in whole.namelist():
                content = whole.read(name)
                part.writestr(name, content[: len(content) // 2] if name == DUMP else content)
        with pytest.raises(SupervisorError, match="nothing was restored: "):
            restore(full, broken, force=True)
        assert titles(full) == ALL

    @pytest.mark.parametrize("keep", [0, 100, 3000])
    def test_a_file_cut_short_is_recognised(self, full: Cluster, room: Path, keep: int) -> None:
        backup(full, room / "b")
        (room / "cut").write_bytes((room / "b").read_bytes()[:keep])
        with pytest.raises(SupervisorError, match="not a Turnstone backup, or not a whole one"):
            restore(full, room / "cut", force=True)
        assert titles(full) == ALL

    def test_a_file_with_a_flipped_bit_is_recognised(self, full: Cluster, room: Path) -> None:
        backup(full, room / "b")
        content = bytearray((room / "b").read_bytes())
        content[len(content) // 2] ^= 1
        (room / "bad").write_bytes(content)
        with pytest.raises(SupervisorError, match="is damaged; nothing was restored"):
            restore(full, room / "bad", force=True)

    def test_a_busy_database_is_not_waited_for_without_end(self, full: Cluster, room: Path) -> None:
        backup(full, room / "b")
        with psycopg.connect(full.url("superuser", "turnstone")) as busy:
            busy.execute("SELECT * FROM plan")
            with pytest.raises(SupervisorError, match=r"nothing was restored: .*lock timeout"):
                restore(full, room / "b", force=True, lock_seconds=1)
            busy.rollback()
        assert titles(full) == ALL
