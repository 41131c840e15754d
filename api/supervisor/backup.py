"""Backs a database up into one file, and restores it in one transaction.

The file is a ZIP, whose checksums tell a damaged copy before anything is touched, of two members:
``turnstone.dump``, as ``pg_dump --format=custom`` writes it, and ``manifest.json``, which names the
roles the dump refers to. Roles belong to a whole server and so are in no dump; passwords are in
neither. Settings of the database itself (``ALTER DATABASE … SET``) are not kept.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.supervisor.binaries import Binaries, find_binaries, installed
from api.supervisor.cluster import Cluster
from api.supervisor.errors import SupervisorError, describe_os_error
from api.supervisor.roles import DATABASE, ROLE_NAMES

FORMAT = 1
DUMP = "turnstone.dump"
MANIFEST = "manifest.json"

_PIECE = 1 << 20
_PREAMBLE_LINES = 40
"""pg_restore's opening lines, in which it sets what an older server does not know."""

_ROLES_OF_THE_DUMP = """
    SELECT DISTINCT r.rolname, r.rolinherit, r.rolbypassrls
    FROM pg_shdepend d JOIN pg_roles r ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid
    WHERE d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND NOT r.rolsuper AND r.rolname NOT LIKE 'pg\\_%%' AND r.rolname <> ALL (%s)
    ORDER BY 1
"""
_MEMBERSHIPS = """
    SELECT g.rolname, m.rolname, bool_or(a.admin_option), {inherit}, {may_set}
    FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
    WHERE g.rolname = ANY (%(roles)s) OR m.rolname = ANY (%(roles)s)
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_USER_SCHEMAS = r"nspname !~ '^pg_' AND nspname <> 'information_schema'"
_IS_EMPTY = f"""
    WITH theirs AS (SELECT oid, nspname FROM pg_namespace WHERE {_USER_SCHEMAS})
    SELECT NOT EXISTS (SELECT FROM theirs WHERE nspname <> 'public')
       AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace IN (SELECT oid FROM theirs))
       AND NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace IN (SELECT oid FROM theirs))
       AND NOT EXISTS (SELECT FROM pg_type WHERE typnamespace IN (SELECT oid FROM theirs))
"""


def backup(source: Cluster | str, file: Path, *, postgres_bin: Path | None = None) -> None:
    """Writes a consistent picture of the database to ``file`` (0600), which must not exist yet.

    ``source`` is a running cluster, or the URL of a role that row-level security does not bind: for
    any other role pg_dump refuses rather than leave rows out. Nothing has to be stopped for it.
    """
    if file.exists():
        raise SupervisorError(f"{file} exists already; choose another name")
    url = _url(source)
    making = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with _connect(url) as connection:
            tools = _tools(connection.info.server_version // 10000, _bin_of(source, postgres_bin))
            manifest = _manifest(connection, tools)
        descriptor = os.open(making, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as sink:
                with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
                    archive.writestr(MANIFEST, json.dumps(manifest, indent=2) + "\n")
                    with archive.open(DUMP, "w", force_zip64=True) as dump:
                        _dump(tools, url, dump)
                sink.flush()
                os.fsync(sink.fileno())
            making.rename(file)
        finally:
            making.unlink(missing_ok=True)
    except OSError as error:
        raise SupervisorError(f"cannot write the backup {describe_os_error(error)}") from None


def restore(
    target: Cluster | str,
    file: Path,
    *,
    force: bool = False,
    postgres_bin: Path | None = None,
    lock_seconds: int = 10,
) -> None:
    """Fills an empty database from a backup; all of it or, whatever happens, nothing.

    With ``force`` whatever the database holds is dropped first, in the same transaction. ``target``
    is a running cluster or the URL of a role that may create the objects and any missing roles.
    Sessions at work in a database to be emptied are waited for, ``lock_seconds`` at most.
    """
    url = _url(target)
    manifest = _checked(file)
    try:
        with _connect(url) as connection:
            major = connection.info.server_version // 10000
            is_empty = connection.execute(_IS_EMPTY).fetchone() == (True,)
            if not is_empty and not force:
                raise SupervisorError("the database is not empty; nothing was restored")
            prologue: list[sql.Composable] = [
                sql.SQL("BEGIN; SET LOCAL lock_timeout = {};").format(f"{lock_seconds}s"),
                *([] if is_empty else _emptying(connection)),
                *_missing_roles(connection, manifest),
            ]
            opening = sql.SQL("\n").join(prologue).as_string(connection)
        tools = _tools(max(major, int(manifest["tools_major"])), _bin_of(target, postgres_bin))
        with zipfile.ZipFile(file) as archive, archive.open(DUMP) as dump:
            _replay(tools, url, opening, dump, older_server=major < 17)
        with _connect(url, autocommit=True) as connection:
            connection.execute("ANALYZE")
    except OSError as error:
        raise SupervisorError(f"cannot restore: {describe_os_error(error)}") from None
    if isinstance(target, Cluster):
        target.data.remember(samples=None)


def _url(place: Cluster | str) -> str:
    return place.url("superuser", DATABASE) if isinstance(place, Cluster) else place


def _bin_of(place: Cluster | str, postgres_bin: Path | None) -> Path | None:
    return place.binaries().folder if isinstance(place, Cluster) else postgres_bin


def _connect(url: str, *, autocommit: bool = False) -> psycopg.Connection:
    try:
        return psycopg.connect(url, connect_timeout=10, autocommit=autocommit)
    except psycopg.Error as error:
        reason = " ".join(str(error).split("\n")[0].split())
        raise SupervisorError(f"cannot reach the database: {reason}") from None


def _tools(major: int, setting: Path | None) -> Binaries:
    """pg_dump and its like: of the server's own major version if installed, else of a newer one."""
    choices = [find_binaries(setting)] if setting is not None else list(installed())
    fitting = sorted((found for found in choices if found.major >= major), key=lambda found: found.major)
    for found in fitting:
        if all((found.folder / name).is_file() for name in ("pg_dump", "pg_restore", "psql")):
            return found
    raise SupervisorError(
        f"no pg_dump, pg_restore and psql of PostgreSQL {major} or newer found; set TURNSTONE_POSTGRES_BIN"
    )


def _manifest(connection: psycopg.Connection, tools: Binaries) -> dict[str, Any]:
    known = list(ROLE_NAMES.values())
    roles = connection.execute(_ROLES_OF_THE_DUMP, (known,)).fetchall()
    finer = connection.info.server_version >= 160000
    memberships = connection.execute(
        _MEMBERSHIPS.format(
            inherit="bool_or(a.inherit_option)" if finer else "true",
            may_set="bool_or(a.set_option)" if finer else "true",
        ).encode(),
        {"roles": [role[0] for role in roles]},
    ).fetchall()
    return {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "server": connection.info.parameter_status("server_version"),
        "tools_major": tools.major,
        "roles": [{"name": name, "inherit": inherit, "bypassrls": bypass} for name, inherit, bypass in roles],
        "memberships": [
            {"role": role, "member": member, "admin": admin, "inherit": inherit, "set": may_set}
            for role, member, admin, inherit, may_set in memberships
        ],
    }


def _checked(file: Path) -> dict[str, Any]:
    """The manifest of a backup that is whole."""
    try:
        with zipfile.ZipFile(file) as archive:
            damaged = archive.testzip()
            manifest = json.loads(archive.read(MANIFEST))
            archive.getinfo(DUMP)
    except OSError as error:
        raise SupervisorError(f"cannot read the backup {describe_os_error(error)}") from None
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError):
        raise SupervisorError(f"{file} is not a Turnstone backup, or not a whole one") from None
    if damaged is not None:
        raise SupervisorError(f"{file} is damaged; nothing was restored")
    if manifest.get("format") != FORMAT:
        raise SupervisorError(f"{file} was made by a newer Turnstone")
    return dict(manifest)


def _emptying(connection: psycopg.Connection) -> list[sql.Composable]:
    schemas = connection.execute(f"SELECT nspname FROM pg_namespace WHERE {_USER_SCHEMAS}").fetchall()
    drops = [sql.SQL("DROP SCHEMA {} CASCADE;").format(sql.Identifier(name)) for (name,) in schemas]
    return [
        *drops,
        sql.SQL("CREATE SCHEMA public AUTHORIZATION pg_database_owner;"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO PUBLIC;"),
    ]


def _missing_roles(connection: psycopg.Connection, manifest: dict[str, Any]) -> list[sql.Composable]:
    existing = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    statements: list[sql.Composable] = []
    made = set()
    for role in manifest["roles"]:
        if role["name"] not in existing:
            made.add(role["name"])
            attributes = "NOLOGIN" + (" INHERIT" if role["inherit"] else " NOINHERIT")
            attributes += " BYPASSRLS" if role["bypassrls"] else ""
            statements.append(
                sql.SQL("CREATE ROLE {} " + attributes + ";").format(sql.Identifier(role["name"]))
            )
    finer = connection.info.server_version >= 160000
    for link in manifest["memberships"]:
        if not {link["role"], link["member"]} & made or not {link["role"], link["member"]} <= existing | made:
            continue
        options = [
            f"{name} {'TRUE' if link[key] else 'FALSE'}"
            for name, key in (("ADMIN", "admin"), ("INHERIT", "inherit"), ("SET", "set"))
        ]
        tail = f"WITH {', '.join(options)}" if finer else ("WITH ADMIN OPTION" if link["admin"] else "")
        statements.append(
            sql.SQL("GRANT {} TO {} " + tail + ";").format(
                sql.Identifier(link["role"]), sql.Identifier(link["member"])
            )
        )
    return statements


def _place(url: str) -> tuple[str, dict[str, str]]:
    """A connection string without its password, and an environment that has it: argv is public."""
    parts: dict[str, Any] = conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo("", **parts), environment


def _dump(tools: Binaries, url: str, sink: IO[bytes]) -> None:
    place, environment = _place(url)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  # argv list, no shell
            [tools.program("pg_dump"), "--format=custom", "--no-password", f"--dbname={place}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
        )
        try:
            assert process.stdout is not None
            with process.stdout as source:
                shutil.copyfileobj(source, sink, _PIECE)
            code = process.wait()
        finally:
            process.kill()
            process.wait()
        if code != 0:
            raise SupervisorError(f"cannot back up: {_first_complaint(errors)}")


def _replay(tools: Binaries, url: str, opening: str, dump: IO[bytes], *, older_server: bool) -> None:
    """pg_restore writes SQL, psql runs it. Without the last line, COMMIT, nothing of it stays."""
    place, environment = _place(url)
    with tempfile.TemporaryFile() as reader_errors, tempfile.TemporaryFile() as writer_errors:
        reader = subprocess.Popen(  # noqa: S603  # argv list, no shell
            [tools.program("pg_restore"), "--file=-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=reader_errors,
            env=environment,
        )
        writer = subprocess.Popen(  # noqa: S603  # argv list, no shell
            [
                tools.program("psql"),
                "--no-psqlrc",
                "--quiet",
                "--no-password",
                "--set=ON_ERROR_STOP=1",
                "--file=-",
                f"--dbname={place}",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=writer_errors,
            env=environment,
        )
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert writer.stdin is not None
        feeder = threading.Thread(target=_feed, args=(dump, reader.stdin), daemon=True)
        try:
            feeder.start()
            with suppress(BrokenPipeError):
                writer.stdin.write(opening.encode() + b"\n")
                for _ in range(_PREAMBLE_LINES):
                    line = reader.stdout.readline()
                    if not (older_server and line.startswith(b"SET transaction_timeout")):
                        writer.stdin.write(line)
                shutil.copyfileobj(reader.stdout, writer.stdin, _PIECE)
                if reader.wait() == 0:
                    writer.stdin.write(b"\nCOMMIT;\n")
                writer.stdin.flush()
            with suppress(BrokenPipeError):
                writer.stdin.close()
            if writer.wait() != 0:
                raise SupervisorError(f"nothing was restored: {_first_complaint(writer_errors)}")
            if reader.wait() != 0:
                raise SupervisorError(f"nothing was restored: {_first_complaint(reader_errors)}")
        finally:
            for process in (reader, writer):
                process.kill()
                process.wait()
            feeder.join()
            reader.stdout.close()


def _feed(dump: IO[bytes], sink: IO[bytes]) -> None:
    with suppress(BrokenPipeError), sink:
        shutil.copyfileobj(dump, sink, _PIECE)


def _first_complaint(output: IO[bytes]) -> str:
    output.seek(0)
    lines = output.read(1_000_000).decode(errors="replace").splitlines()
    for line in lines:
        found = re.search(r"(?:ERROR|FATAL|error):\s*(.+)", line)
        if found:
            return found[1]
    return lines[-1] if lines else "no reason was given"
