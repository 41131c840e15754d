"""Files from the command line: of any length, in flat memory."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import psutil
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.benchmarks.importing_files import import_file
from api.benchmarks.schemas import BenchmarkImportRead, DatasetCreate
from api.core.errors import Problem, ProblemType
from api.settings import Settings
from tests.benchmarks.making import HEADER, a_file, a_ref, authority, england
from tests.factories.world import Service

RELEASED = date(2025, 10, 30)


def new(ref: str) -> DatasetCreate:
    return DatasetCreate.model_validate(
        {
            "ref": ref,
            "title": "Re-referrals",
            "source": "Department for Education",
            "filters": ["group"],
            "indicators": [{"name": "n"}, {"name": "rate"}],
        }
    )


def many_lines(count: int) -> Iterator[str]:
    """Of twenty years, a hundred authorities, and as many groups as it takes."""
    for number in range(count):
        code, year, group = 100 + number % 100, 2000 + number // 100 % 20, number // 2000
        figure = "c" if number % 97 == 0 else str(number % 1000 / 10)
        yield authority(str(code), f"Group {group},{number},{figure}", str(year))


def write(path: Path, lines: Iterator[str]) -> Path:
    with path.open("w", newline="") as file:
        file.write(f"{HEADER},group,n,rate\r\n")
        for line in lines:
            file.write(f"{line}\r\n")
    return path


class TestImportFile:
    async def test_previews_unless_told_otherwise(
        self, engine: AsyncEngine, service: Service, tmp_path: Path
    ) -> None:
        ref = a_ref()
        path = write(tmp_path / "figures.csv", iter([england("All,5,6")]))
        told = await import_file(engine, path, ref, released_on=RELEASED, new=new(ref))
        assert (told.dry_run, told.release, told.counts.lines) == (True, None, 1)
        assert await service.one("select id from benchmark_dataset where ref = %s", ref) is None

    async def test_imports_as_the_system_saying_from_which_file(
        self, engine: AsyncEngine, service: Service, tmp_path: Path
    ) -> None:
        ref = a_ref()
        path = write(tmp_path / "figures.csv", iter([england("All,5,6")]))
        told = await import_file(engine, path, ref, released_on=RELEASED, dry_run=False, new=new(ref))
        reason = await service.one(
            "select reason from change where entity = 'benchmark_release' and entity_id = %s", told.release
        )
        assert reason == "Imported from figures.csv"

    async def test_a_file_with_errors_leaves_not_even_the_new_dataset(
        self, engine: AsyncEngine, service: Service, tmp_path: Path
    ) -> None:
        ref = a_ref()
        path = write(tmp_path / "figures.csv", iter([england("All,5,oops")]))
        with pytest.raises(Problem) as refused:
            await import_file(engine, path, ref, released_on=RELEASED, dry_run=False, new=new(ref))
        assert refused.value.kind is ProblemType.INVALID
        assert [error["pointer"] for error in refused.value.errors or []] == ["/2/rate"]
        assert BenchmarkImportRead.model_validate(refused.value.members["import"]).error_count == 1
        assert await service.one("select id from benchmark_dataset where ref = %s", ref) is None

    async def test_two_at_once_of_one_file_make_one_release(
        self, engine: AsyncEngine, service: Service, tmp_path: Path
    ) -> None:
        ref = a_ref()
        path = tmp_path / "figures.csv"
        path.write_bytes(a_file([england("All,1,2")], "group,n,rate"))
        await import_file(engine, path, ref, released_on=RELEASED, dry_run=False, new=new(ref))
        path.write_bytes(a_file([england("All,3,4")], "group,n,rate"))
        told = await asyncio.gather(
            *(import_file(engine, path, ref, released_on=RELEASED, dry_run=False) for _ in range(2))
        )
        assert told[0].release == told[1].release
        assert {one.is_known for one in told} == {True, False}


async def run(settings: Settings, path: Path, ref: str, *options: str) -> tuple[int, str, int]:
    """As :func:`command`, of an import."""
    asked = (str(path), "--dataset", ref, "--released-on", "2025-10-30", *options)
    return await command(settings, "import", *asked)


async def command(settings: Settings, *words: str) -> tuple[int, str, int]:
    """The command's exit code, what it printed, and the most memory it held, in bytes."""
    assert settings.database_url is not None
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "api.cli",
        "benchmarks",
        *words,
        env=os.environ | {"TURNSTONE_DATABASE_URL": settings.database_url.get_secret_value()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told = asyncio.create_task(process.communicate())
    most = 0
    watched = psutil.Process(process.pid)
    while not told.done():
        with suppress(psutil.NoSuchProcess):
            most = max(most, watched.memory_info().rss)
        await asyncio.sleep(0.02)
    printed, _ = await told
    assert process.returncode is not None
    return process.returncode, printed.decode(), most


class TestCommand:
    async def test_tells_first_and_imports_when_told_to(
        self, settings: Settings, service: Service, tmp_path: Path
    ) -> None:
        ref = a_ref()
        path = write(tmp_path / "figures.csv", iter([england("All,5,c")]))
        making = ("--new-title", "Re-referrals")
        code, printed, _ = await run(settings, path, ref, *making)
        assert (code, "Would import a release" in printed, "confidential: 1" in printed) == (0, True, True)
        code, printed, _ = await run(settings, path, ref, *making, "--apply")
        assert (code, "Imported release" in printed) == (0, True)
        code, printed, _ = await run(settings, path, ref, "--apply")
        assert (code, "held already" in printed) == (0, True)

    async def test_says_where_the_errors_are(self, settings: Settings, tmp_path: Path) -> None:
        ref = a_ref()
        path = write(
            tmp_path / "figures.csv", iter([england("All,5,6"), england("Boys,5,oops"), england("Girls,5,7")])
        )
        for options in ((), ("--apply",)):
            code, printed, _ = await run(settings, path, ref, "--new-title", "Re-referrals", *options)
            assert (code, "error in line 3, rate: “oops”" in printed) == (1, True), printed

    async def test_withdraws_and_says_what_is_in_force(
        self, settings: Settings, service: Service, tmp_path: Path
    ) -> None:
        ref = a_ref()
        making = ("--new-title", "Re-referrals", "--apply")
        code, printed, _ = await run(
            settings, write(tmp_path / "1.csv", iter([england("All,5,6")])), ref, *making
        )
        assert code == 0, printed
        second = write(tmp_path / "2.csv", iter([england("All,5,7")]))
        code, printed, _ = await run(settings, second, ref, "--apply")
        assert code == 0, printed
        held = await service.one(
            "select array_agg(r.id order by r.id) from benchmark_release r"
            " join benchmark_dataset d on d.id = r.dataset_id where d.ref = %s",
            ref,
        )
        asked = ("withdraw", str(held[1]), "--dataset", ref, "--reason", "Two authorities were swapped")
        code, printed, _ = await command(settings, *asked)
        assert (code, f"release {held[0]} is in force" in printed) == (0, True), printed
        code, printed, _ = await run(settings, second, ref, "--apply")
        assert (code, "was withdrawn (Two authorities were swapped)" in printed) == (0, True), printed


class TestLongFiles:
    async def test_200_000_lines_come_whole_in_flat_memory(
        self, settings: Settings, service: Service, tmp_path: Path
    ) -> None:
        ref, count = a_ref(), 200_000
        making = ("--new-title", "Re-referrals", "--apply")
        short = write(tmp_path / "short.csv", many_lines(2_000))
        long = write(tmp_path / "long.csv", many_lines(count))
        code, printed, for_short = await run(settings, short, a_ref(), *making)
        assert code == 0, printed
        code, printed, for_long = await run(settings, long, ref, *making)
        assert code == 0, printed
        assert for_long - for_short < 10_000_000 < long.stat().st_size
        held = await service.one(
            "select array[count(*), count(*) filter (where f.state = 'confidential'), count(distinct s.id)]"
            " from benchmark_figure f join benchmark_series s on s.id = f.series_id"
            " join benchmark_release r on r.id = s.release_id"
            " join benchmark_dataset d on d.id = r.dataset_id where d.ref = %s",
            ref,
        )
        assert held == [2 * count, len(range(0, count, 97)), 2 * count // 2000]
