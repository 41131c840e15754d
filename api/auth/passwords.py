"""Passwords: Argon2id, a length, and a short list of what everybody tries first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

MIN_LENGTH = 12
MAX_LENGTH = 256
"""Characters. Long enough for any passphrase; bounded, so that hashing is."""

THREADS = 2
"""Hashes computed at once in one process: sign-ins must not starve everything else."""

# OWASP's Argon2id parameters for a server that also does other work: 19 MiB, two passes, one lane.
_HASHES = PasswordHash([Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)])

_ONLY_COMMON_WORDS = re.compile(
    r"(?:"
    r"correcthorsebatterystaple|administrator|unbelievable|manchester|qwertyuiop|liverpool|asdfghjkl|"
    r"qazwsxedc|turnstone|password|passwort|passcode|changeme|iloveyou|sunshine|princess|football|"
    r"baseball|superman|december|qwertyui|children|services|letmein|welcome|testing|arsenal|chelsea|"
    r"everton|england|january|zxcvbnm|council|secret|master|monkey|dragon|batman|united|london|summer|"
    r"winter|spring|autumn|monday|friday|qwerty|asdfgh|zxcvbn|qazwsx|abcdef|ofsted|admin|login|hello|"
    r"abcde|root|user|test|abcd|this|qwe|asd|zxc|abc|the|is|my"
    r")+"
)
_RUNS = ("1234567890" * 30, "abcdefghijklmnopqrstuvwxyz" * 12, "qwertyuiopasdfghjklzxcvbnm" * 12)
_KEYBOARD_WALKS = (
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "zaq12wsxcde34rfv",
    "q1w2e3r4t5y6u7i8o9p0",
)
_DISGUISES = str.maketrans("01345@$!", "oleasasi")

T = TypeVar("T")
_threads: RunVar[anyio.CapacityLimiter] = RunVar("turnstone_password_threads")
_places: RunVar[anyio.CapacityLimiter] = RunVar("turnstone_sign_in_places")


def weakness_of(password: str, *, email: str = "", name: str = "") -> str | None:
    """Why this password will not do, as a sentence; None where it will."""
    plain = normalised(password)
    if len(plain) < MIN_LENGTH:
        return f"Use at least {MIN_LENGTH} characters."
    if len(plain) > MAX_LENGTH:
        return f"Use at most {MAX_LENGTH} characters."
    folded = plain.lower()
    if len(set(folded)) < 5:
        return "Use more than a few different characters."
    if any(folded in run or folded[::-1] in run for run in (*_RUNS, *_KEYBOARD_WALKS)):
        return "Do not use a run of keys or digits."
    readings = _words_beneath(folded)
    if any(_ONLY_COMMON_WORDS.fullmatch(letters) for letters in readings):
        return "This is among the passwords that are tried first; choose another."
    own = {_only_letters(part) for part in (email.lower(), email.lower().partition("@")[0], name.lower())}
    if not readings.isdisjoint(own - {""}):
        return "Do not use your own name or email."
    return None


async def hash_password(password: str) -> str:
    return await _in_thread(_HASHES.hash, normalised(password))


async def verify_password(password: str, held: str | None) -> tuple[bool, str | None]:
    """Whether the password is right, and a new hash where the parameters have changed since.

    Without a hash (nobody has that email) the same work is done, so that time tells nothing.
    """
    return await _in_thread(_verify, normalised(password), held)


def normalised(password: str) -> str:
    """The same password typed on another keyboard or system is the same characters."""
    return unicodedata.normalize("NFKC", password)


def _verify(password: str, held: str | None) -> tuple[bool, str | None]:
    nobodys = _nobodys_hash()
    right, renewed = _HASHES.verify_and_update(password, held or nobodys)
    return (right, renewed) if held is not None else (False, None)


@cache
def _nobodys_hash() -> str:
    return _HASHES.hash("nobody's password")


def _words_beneath(folded: str) -> set[str]:
    """The letters alone, with digits read as the letters they stand for: all of them, and without
    what is only put before or after a word.
    """
    without_end = re.sub(r"[^a-z]+$", "", folded)
    stem = re.sub(r"^[^a-z]+", "", without_end)
    return {_only_letters(part.translate(_DISGUISES)) for part in (folded, without_end, stem)}


def _only_letters(folded: str) -> str:
    return re.sub("[^a-z]", "", folded)


async def _in_thread(work: Callable[..., T], *arguments: Any) -> T:
    return await anyio.to_thread.run_sync(work, *arguments, limiter=_limiter(_threads))


def sign_in_place() -> anyio.CapacityLimiter:
    """One of the places for signing in with a password, to be taken before a database connection is:
    those who wait for a thread must not hold connections that others could use.
    """
    return _limiter(_places)


def _limiter(kept: RunVar[anyio.CapacityLimiter]) -> anyio.CapacityLimiter:
    try:
        return kept.get()
    except LookupError:
        made = anyio.CapacityLimiter(THREADS)
        kept.set(made)
        return made
