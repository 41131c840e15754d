"""Stand-ins for the service's own programs, and the supervisor over them. Run as a script.

``python programs.py supervise`` is the supervisor; every other first argument is one of its
programs. ``DIARY`` names the file in which they note what happens; ``BEHAVIOUR`` changes what they do.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import FrameType

BEHAVIOUR = os.environ.get("BEHAVIOUR", "").split()
DIARY = Path(os.environ["DIARY"])
REVISION = "first"


def note(text: str) -> None:
    with DIARY.open("a", encoding="utf-8") as diary:
        diary.write(f"{text}\n")


def supervise() -> int:
    from api.settings import Settings
    from api.supervisor.children import RestartPolicy
    from api.supervisor.run import Commands, run

    def program(name: str) -> tuple[str, ...]:
        return (sys.executable, __file__, name)

    versions = DIARY.with_name("versions")
    versions.mkdir(exist_ok=True)
    (versions / "first.py").write_text(f'revision: str = "{REVISION}"\ndown_revision: str | None = None\n')
    commands = Commands(
        migrate=program("migrate"),
        load_samples=program("load"),
        show_sign_ins=program("sign-ins"),
        serve=program("serve"),
        worker=program("worker"),
        versions=versions,
    )
    return run(Settings(), commands, RestartPolicy(most=2, first_pause=0.05))


def migrate() -> None:
    import psycopg

    note("migrate")
    if "migrate-slowly" in BEHAVIOUR:
        time.sleep(60)
    if "migrate-fails" in BEHAVIOUR:
        sys.exit("Traceback (most recent call last):\nturnstone: column lost_children already exists")
    with psycopg.connect(os.environ["TURNSTONE_MIGRATE_DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES (%s)", (REVISION,))
        connection.execute("CREATE TABLE visits (at timestamptz DEFAULT now())")
        connection.execute("GRANT SELECT, INSERT ON visits TO PUBLIC")


class Api(BaseHTTPRequestHandler):
    """Ready while it reaches the database; each other request is a visit and answers how many there were."""

    def do_GET(self) -> None:
        import psycopg

        try:
            with psycopg.connect(os.environ["TURNSTONE_DATABASE_URL"]) as connection:
                if self.path != "/readyz":
                    connection.execute("INSERT INTO visits DEFAULT VALUES")
                row = connection.execute("SELECT count(*), current_user FROM visits").fetchone()
        except psycopg.Error as error:
            self.send_error(503, str(error).splitlines()[0])
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(repr(row).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def end_politely(name: str) -> None:
    def leave(_number: int, _frame: FrameType | None) -> None:
        note(f"{name} was asked to stop")
        if f"{name}-stubborn" not in BEHAVIOUR:
            note(f"{name} stopped")
            os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    note(f"{name} {os.getpid()}")


def serve() -> None:
    server = HTTPServer((os.environ["TURNSTONE_HOST"], int(os.environ["TURNSTONE_PORT"])), Api)
    assert "TURNSTONE_MIGRATE_DATABASE_URL" not in os.environ
    end_politely("api")
    server.serve_forever()


def work() -> None:
    if "worker-crashes" in BEHAVIOUR:
        note("worker crashed")
        sys.exit("cannot find the queue\nboom")
    import psycopg

    with psycopg.connect(os.environ["TURNSTONE_WORKER_DATABASE_URL"]) as connection:
        note(repr(connection.execute("SELECT current_user").fetchone()))
    end_politely("worker")
    if "worker-forks" in BEHAVIOUR and os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        note(f"grandchild {os.getpid()}")
    while True:
        signal.pause()


if __name__ == "__main__":
    match sys.argv[1]:
        case "supervise":
            sys.exit(supervise())
        case "migrate":
            migrate()
        case "load":
            note("load")
        case "sign-ins":
            print("lead@example.org  sesame")
        case "serve":
            serve()
        case "worker":
            work()
