"""The ``turnstone`` command. Each command imports what it needs when it runs, so that all start fast."""

from __future__ import annotations

import sys

import typer

from api.cli import benchmarks, database, keys, people, plans, processes, push, samples

app = typer.Typer(
    name="turnstone",
    help="Runs an improvement plan for a children's services department.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (processes, database, plans, push, benchmarks, people, keys, samples):
    module.register(app)


def main() -> None:
    """Runs the command line; an expected failure is one line on stderr, never a traceback."""
    from pydantic import ValidationError

    from api.core.errors import Problem
    from api.supervisor.errors import SupervisorError

    try:
        app()
    except (SupervisorError, Problem) as error:
        fail(str(error))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        fail(f"{where}: {first['msg'].removeprefix('Value error, ')}")
    except OSError as error:
        fail(f"{error.filename or ''} {error.strerror or error}".strip())


def fail(message: str) -> None:
    print(f"turnstone: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(1)
