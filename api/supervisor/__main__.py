"""``python -m api.supervisor``: what ``make run`` runs."""

from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    # Until the supervisor listens nothing has been started, so a stop is simply the end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: os._exit(0))

    from pydantic import ValidationError

    from api.settings import Settings
    from api.supervisor.run import complain, run

    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        name = name if name in {"PORT"} or name.startswith("TURNSTONE_") else f"TURNSTONE_{name}"
        complain(f"{name}: {first['msg'].removeprefix('Value error, ')}")
        return 1
    return run(settings)


if __name__ == "__main__":
    sys.exit(main())
