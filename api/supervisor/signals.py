"""Asking the supervisor to stop, heard at once and acted on only where it is safe."""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, Self

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ECHO_SECONDS = 0.5
"""A signal this soon after another is the same request: make passes on what the group got already."""


class Signals:
    """Counts requests to stop while entered; main thread only.

    The handlers do nothing but count, so no request ever lands between starting a process and
    noting that it was started.
    """

    def __init__(self) -> None:
        self.count = 0
        """How often a stop was asked for."""
        self._latest = float("-inf")
        self._terminal: int | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._heard, self._told = socket.socketpair()
        self._heard.setblocking(False)
        self._told.setblocking(False)
        for number in STOPPING:
            # Under nohup a hang-up is meant to pass unheard.
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._ask)
        # The end of a child wakes ``wait`` as well.
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        self._poll = select.poll()
        self._poll.register(self._heard, select.POLLIN)
        if signal.SIGHUP in self._before:
            self._watch_terminal()
        return self

    def _watch_terminal(self) -> None:
        """A lost terminal signals only whoever leads the session, and make passes that on to nobody."""
        for descriptor in (0, 1, 2):
            if os.isatty(descriptor):
                self._terminal = descriptor
                self._poll.register(descriptor, 0)
                return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._heard.close()
        self._told.close()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._latest >= ECHO_SECONDS:
            self.count += 1
            self._latest = now

    def asked(self) -> bool:
        return self.count > 0

    def wait(self, seconds: float) -> None:
        """Returns after ``seconds``, or at once when a signal comes or a child ends."""
        for descriptor, _ in self._poll.poll(max(seconds, 0.0) * 1000):
            if descriptor == self._terminal:
                self._poll.unregister(descriptor)
                self._ask(signal.SIGHUP, None)
        with suppress(BlockingIOError):
            while self._heard.recv(4096):
                pass
