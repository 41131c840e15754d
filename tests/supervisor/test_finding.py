"""Finding programs, stepping down, and telling whether migrations are applied."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from api.supervisor.binaries import (
    REQUIRED,
    Binaries,
    find_binaries,
    installed,
    reachable_binaries,
    wheel_folder,
)
from api.supervisor.cluster import Cluster
from api.supervisor.datadir import DataDir, default_data_dir
from api.supervisor.errors import SupervisorError
from api.supervisor.identity import UnixUser, barrier, can_execute
from api.supervisor.schema import heads

CopyData = Callable[[Path], Path]

STRANGER = UnixUser("stranger", 54321, 54321)


def fake(folder: Path, version: str) -> Path:
    folder.mkdir()
    for name in REQUIRED:
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version} (Ours)'\n")
        (folder / name).chmod(0o755)
    return folder


class TestFindBinaries:
    def test_the_setting_comes_first(self, tmp_path: Path) -> None:
        assert find_binaries(fake(tmp_path / "bin", "17.2")).version == "17.2"

    def test_then_the_wheel_then_the_newest_of_the_system(self) -> None:
        folders = [found.folder for found in installed()]
        assert find_binaries().folder == folders[0]
        wheel = wheel_folder()
        assert wheel is None or folders[0] == wheel
        majors = [found.major for found in installed() if found.folder.match("/usr/lib/postgresql/*/bin")]
        assert majors == sorted(majors, reverse=True)

    def test_a_setting_without_programs(self, tmp_path: Path) -> None:
        with pytest.raises(SupervisorError, match="TURNSTONE_POSTGRES_BIN: no PostgreSQL server programs in"):
            find_binaries(tmp_path)

    def test_a_setting_too_old(self, tmp_path: Path) -> None:
        with pytest.raises(SupervisorError, match=r"PostgreSQL 14\.9 is too old, 15 or newer"):
            find_binaries(fake(tmp_path / "bin", "14.9"))

    @pytest.mark.parametrize("version", ["18beta1", "19devel"])
    def test_versions_yet_to_come(self, tmp_path: Path, version: str) -> None:
        assert find_binaries(fake(tmp_path / "bin", version)).major == int(version[:2])

    def test_data_asks_for_its_own_major_version(self, binaries: Binaries) -> None:
        assert find_binaries(major=binaries.major).major == binaries.major

    def test_a_major_version_that_is_not_here(self, tmp_path: Path) -> None:
        with pytest.raises(SupervisorError, match="the data is of PostgreSQL 99, which is not installed"):
            find_binaries(major=99)
        with pytest.raises(SupervisorError, match=r"TURNSTONE_POSTGRES_BIN is 17\.2"):
            find_binaries(fake(tmp_path / "bin", "17.2"), major=18)


class TestSteppingDown:
    def test_a_closed_folder_on_the_way_is_named(self, room: Path) -> None:
        (room / "closed" / "inner").mkdir(parents=True)
        (room / "closed").chmod(0o700)
        assert barrier(room / "closed" / "inner" / "file", STRANGER) == (room / "closed").resolve()
        assert barrier(room / "closed", STRANGER) is None
        assert barrier(room / "closed" / "inner", None) is None

    def test_programs_out_of_reach_are_copied_once_and_run(
        self, room: Path, copy_data: CopyData, binaries: Binaries
    ) -> None:
        """They lie in a closed folder first, as a virtual environment does in root's home."""
        closed = room / "closed"
        closed.mkdir(mode=0o700)
        package = binaries.folder.parent.parent
        for folder in [binaries.folder.parent, package.with_name(f"{package.name}.libs")]:
            if folder.is_dir():
                to = closed / folder.relative_to(package.parent)
                to.parent.mkdir(exist_ok=True)
                subprocess.run(["cp", "-aL", str(folder), str(to)], check=True)
        hidden = Binaries(
            closed / package.name / binaries.folder.parent.name / binaries.folder.name, binaries.version
        )
        assert not can_execute(hidden.folder / "postgres", STRANGER)

        copied = reachable_binaries(hidden, STRANGER, room / "shared")
        assert all(can_execute(copied.folder / name, STRANGER) for name in REQUIRED)
        before = (copied.folder / "postgres").stat().st_ino
        assert reachable_binaries(hidden, STRANGER, room / "shared") == copied
        assert (copied.folder / "postgres").stat().st_ino == before
        assert [entry.name for entry in (room / "shared").iterdir()] == [copied.folder.parents[2].name]
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700

        (closed).rename(room / "gone")
        (room / "data").mkdir(mode=0o711)
        with Cluster(copy_data(room / "data"), postgres_bin=copied.folder, durable=False) as cluster:
            assert cluster.is_running

    def test_programs_within_reach_stay_where_they_are(self, binaries: Binaries, room: Path) -> None:
        assert reachable_binaries(binaries, None, room / "shared") == binaries
        assert not (room / "shared").exists()


class TestDataDirectory:
    def test_behind_a_closed_folder_is_one_clear_line_and_nothing_is_loosened(self, room: Path) -> None:
        (room / "closed").mkdir(mode=0o700)
        with pytest.raises(SupervisorError, match=r"the user stranger, .* cannot enter .*/closed; choose a"):
            DataDir(room / "closed" / "data").create(STRANGER)
        assert stat.S_IMODE((room / "closed").stat().st_mode) == 0o700
        assert not (room / "closed" / "data").exists()

    def test_a_full_folder_that_is_not_ours_is_not_opened_to_anybody(self, room: Path) -> None:
        (room / "mine").mkdir(mode=0o700)
        (room / "mine" / "letters").touch()
        with pytest.raises(SupervisorError, match="choose an empty folder or a new one"):
            DataDir(room / "mine").create(STRANGER)
        assert stat.S_IMODE((room / "mine").stat().st_mode) == 0o700

    def test_a_new_one_is_closed(self, room: Path) -> None:
        DataDir(room / "data").create(None)
        assert stat.S_IMODE((room / "data").stat().st_mode) == 0o700

    def test_its_default_place(self, tmp_path: Path) -> None:
        place = default_data_dir(tmp_path)
        if os.geteuid() == 0:
            assert place.parent == Path("/var/lib/turnstone")
            assert place != default_data_dir(tmp_path / "other")
        else:
            assert place == tmp_path / ".data"


class TestHeads:
    def write(self, folder: Path, revision: str, down: str) -> None:
        (folder / f"{revision}.py").write_text(
            f'"""A revision."""\nrevision: str = "{revision}"\ndown_revision = {down}\n\ndef upgrade(): ...\n'
        )

    def test_the_last_of_a_line(self, tmp_path: Path) -> None:
        self.write(tmp_path, "a", "None")
        self.write(tmp_path, "b", '"a"')
        assert heads(tmp_path) == {"b"}

    def test_branches_and_merges(self, tmp_path: Path) -> None:
        self.write(tmp_path, "a", "None")
        self.write(tmp_path, "b", '"a"')
        self.write(tmp_path, "c", '"a"')
        assert heads(tmp_path) == {"b", "c"}
        self.write(tmp_path, "d", '("b", "c")')
        assert heads(tmp_path) == {"d"}

    @pytest.mark.parametrize("text", ["revision = 'a'", "revision = make()\ndown_revision = None", "def ("])
    def test_a_file_it_cannot_read_makes_it_unsure(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "odd.py").write_text(text)
        assert heads(tmp_path) is None
