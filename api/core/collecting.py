"""The garbage collector, told what it need not look at."""

from __future__ import annotations

import gc


def leave_what_is_loaded() -> None:
    """Take all that was loaded so far out of the collector's sight, for the life of the process.

    Code, models and routes are never garbage, yet would be walked through again and again while a
    file of many rows is read: a third of the reading's time.
    """
    gc.collect()
    gc.freeze()
