"""Programs the supervisor keeps running, and how often it tries again."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Protocol

from api.supervisor.cluster import Cluster
from api.supervisor.errors import SupervisorError
from api.supervisor.processes import has_ended, spawn

LAST_LINES = 3
LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class RestartPolicy:
    """How often a program may die: more than ``most`` times ``within`` seconds is too often."""

    most: int = 5
    within: float = 60.0
    first_pause: float = 0.2
    """Seconds before the first new start; doubled for each death that is still remembered."""


class Kept(Protocol):
    """Something to be started again when it dies."""

    name: str

    def start(self) -> None: ...
    def has_died(self) -> bool: ...
    def last_words(self) -> str: ...


class Restarts:
    """Watches one kept thing and starts it again, later each time."""

    def __init__(self, kept: Kept, policy: RestartPolicy) -> None:
        self.kept = kept
        self._policy = policy
        self._deaths: deque[float] = deque()
        self._due: float | None = None

    def tend(self) -> float | None:
        """Does what is due now; seconds until the next start is, if one is.

        Raises SupervisorError when it died too often.
        """
        if self._due is not None:
            left = self._due - time.monotonic()
            if left > 0:
                return left
            self._due = None
            try:
                self.kept.start()
            except SupervisorError as error:
                return self._note_death(str(error))
        if not self.kept.has_died():
            return None
        return self._note_death(self.kept.last_words())

    def _note_death(self, last_words: str) -> float:
        now = time.monotonic()
        self._deaths.append(now)
        while now - self._deaths[0] > self._policy.within:
            self._deaths.popleft()
        if len(self._deaths) > self._policy.most:
            raise SupervisorError(
                f"{self.kept.name} stopped {len(self._deaths)} times within "
                f"{self._policy.within:.0f} s: {last_words}"
            )
        pause = min(self._policy.first_pause * 2.0 ** (len(self._deaths) - 1), LONGEST_PAUSE)
        self._due = now + pause
        return pause


class Child:
    """A program of ours. What it writes to stderr passes on to ours, its end being remembered."""

    def __init__(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self._argv = list(argv)
        self._env = dict(env)
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        self._last.clear()
        self.process = spawn(self._argv, death_signal=signal.SIGTERM, env=self._env, stderr=subprocess.PIPE)
        assert self.process.stderr is not None
        self._reader = threading.Thread(target=self._pass_on, args=(self.process.stderr,), daemon=True)
        self._reader.start()

    def _pass_on(self, source: IO[bytes]) -> None:
        with source:
            for line in source:
                text = line.decode(errors="replace").rstrip()
                if text:
                    self._last.append(text)
                with suppress(OSError, ValueError):
                    sys.stderr.write(f"{text}\n")
                    sys.stderr.flush()

    def has_died(self) -> bool:
        return self.process is not None and has_ended(self.process)

    def last_words(self) -> str:
        if self._reader is not None:
            self._reader.join(1.0)
        code = self.process.returncode if self.process is not None else None
        return " | ".join(self._last) or f"exit code {code}, and it wrote nothing"


class KeptDatabase:
    """The embedded database as something to be kept; the API and the worker reconnect by themselves."""

    name = "the database"

    def __init__(self, cluster: Cluster, signals_asked: Callable[[], bool]) -> None:
        self._cluster = cluster
        self._asked = signals_asked

    def start(self) -> None:
        self._cluster.start(self._asked)

    def has_died(self) -> bool:
        return self._cluster.has_died()

    def last_words(self) -> str:
        return self._cluster.last_complaint()
