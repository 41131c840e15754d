"""The login roles and the database of the embedded cluster."""

from __future__ import annotations

from typing import Literal

import psycopg
from psycopg import sql

Role = Literal["owner", "service", "worker", "superuser"]

DATABASE = "turnstone"
ROLE_NAMES: dict[Role, str] = {
    "owner": "turnstone_owner",
    "service": "turnstone_service",
    "worker": "turnstone_worker",
    "superuser": "postgres",
}
ROLES_VERSION = 1
"""Raise it when this file gives a role or the database something new: existing clusters then catch up."""

_ATTRIBUTES: dict[Role, str] = {
    "owner": "LOGIN NOSUPERUSER CREATEROLE CREATEDB NOBYPASSRLS NOREPLICATION",
    "service": "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS NOREPLICATION",
    "worker": "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS NOREPLICATION",
}


def _verifier(connection: psycopg.Connection, name: str, password: str) -> str:
    """The SCRAM form of a password, so that the server never sees, and never logs, the password itself."""
    return connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()


def ensure_roles(superuser_url: str, passwords: dict[Role, str]) -> None:
    """Makes what is missing and sets the rest right; doing it again, or again after a crash, is harmless.

    ``superuser_url`` names the maintenance database ``postgres``.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        with connection.transaction():
            for role, attributes in _ATTRIBUTES.items():
                name = ROLE_NAMES[role]
                exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
                connection.execute(
                    sql.SQL("{verb} ROLE {name} WITH {attributes} PASSWORD {password}").format(
                        verb=sql.SQL("ALTER" if exists else "CREATE"),
                        name=sql.Identifier(name),
                        attributes=sql.SQL(attributes),
                        password=sql.Literal(_verifier(connection, name, passwords[role])),
                    )
                )
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if not exists:
            connection.execute(
                sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(
                    database=sql.Identifier(DATABASE), owner=sql.Identifier(ROLE_NAMES["owner"])
                )
            )
        connection.execute(
            sql.SQL(
                "REVOKE ALL ON DATABASE {database} FROM PUBLIC;"
                " GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {service}, {worker}"
            ).format(
                database=sql.Identifier(DATABASE),
                service=sql.Identifier(ROLE_NAMES["service"]),
                worker=sql.Identifier(ROLE_NAMES["worker"]),
            )
        )
    with psycopg.connect(superuser_url, dbname=DATABASE, autocommit=True) as connection:
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
