"""Large files over HTTP: received without being held, read by the worker, whatever happens to it."""

from __future__ import annotations

import asyncio
import base64
from hashlib import sha256

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.benchmarks import filing, waiting
from api.settings import Settings
from api.vocabulary import Role
from tests.benchmarks.making import HEADER, Json, a_dataset, a_file, a_ref, authority, england, send
from tests.benchmarks.test_importing import releases_of, series_of
from tests.benchmarks.test_long_files import many_lines
from tests.factories.world import PlanWorld
from tests.measurements.sending import Work

LINES = [england("22.6"), authority("838", "14.7"), authority("933", "c")]
IMPORTER = Role.PERFORMANCE_OFFICER


async def put_off(
    plan: PlanWorld, dataset: str, file: bytes, headers: dict[str, str] | None = None, **query: str
) -> httpx.Response:
    client = await plan.client(IMPORTER)
    return await client.post(
        f"/v1/benchmarks/{dataset}/releases",
        content=file,
        params={"released_on": "2025-10-30", "dry_run": "false"} | query,
        headers={"Content-Type": "text/csv", "Prefer": "respond-async"} | (headers or {}),
    )


async def status_of(plan: PlanWorld, answer: httpx.Response) -> Json:
    assert answer.status_code == 202, answer.text
    read = await (await plan.client(IMPORTER)).get(answer.headers["location"])
    assert read.status_code == 200, read.text
    found: Json = read.json()
    return found


async def parts_held(plan: PlanWorld, answer: httpx.Response) -> int:
    held: int = await plan.service.one(
        "select count(*) from benchmark_import_part where import_id = %s", answer.json()["import"]
    )
    return held


class TestPutOff:
    async def test_an_import_is_read_by_the_worker(self, plan: PlanWorld, work: Work) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file(LINES), title="2024 to 2025")
        before = await status_of(plan, answer)
        assert (before["status"], before["told"], before["progress"]["share_read"]) == ("pending", None, 0)
        assert (before["size"], before["sha256"]) == (
            len(a_file(LINES)),
            sha256(a_file(LINES)).hexdigest(),
        )
        assert await releases_of(plan, dataset) == []
        await work()
        after = await status_of(plan, answer)
        assert (after["status"], after["progress"], after["problem"]) == ("imported", None, None)
        (release,) = await releases_of(plan, dataset)
        assert (after["told"]["release"], release["title"], release["imported_by"]) == (
            release["release"],
            "2024 to 2025",
            (await plan.user(IMPORTER)).name,
        )
        (series,) = await series_of(plan, dataset, release["release"])
        assert [point["state"] for point in series["points"]] == ["reported", "reported", "confidential"]
        assert await parts_held(plan, answer) == 0

    async def test_a_preview_keeps_nothing_and_tells_all(self, plan: PlanWorld, work: Work) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file([*LINES, england("oops", "2024")]), dry_run="true")
        await work()
        after = await status_of(plan, answer)
        assert (after["status"], after["told"]["error_count"]) == ("previewed", 1)
        assert await releases_of(plan, dataset) == []

    async def test_a_file_with_errors_is_refused_with_each_of_them(self, plan: PlanWorld, work: Work) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file([*LINES, england("oops", "2024")]))
        await work()
        after = await status_of(plan, answer)
        assert (after["status"], after["told"]["release"]) == ("refused", None)
        assert "Line 5" in after["problem"]
        assert [(e["line"], e["column"], e["code"]) for e in after["told"]["errors"]] == [
            (5, "rate", "not_a_figure")
        ]
        assert await releases_of(plan, dataset) == []

    async def test_a_file_over_five_megabytes_is_put_off_by_itself(self, plan: PlanWorld, work: Work) -> None:
        dataset = await a_dataset(plan, filters=["group"], indicators=[{"name": "n"}, {"name": "rate"}])
        lines = "".join(f"{line}\r\n" for line in many_lines(45_000))
        file = f"{HEADER},group,n,rate\r\n{lines}".encode()
        assert len(file) > filing.MOST_AT_ONCE
        answer = await put_off(plan, dataset, file, {"Prefer": ""})
        assert await parts_held(plan, answer) == -(-len(file) // 1_000_000)
        await work()
        after = await status_of(plan, answer)
        assert (after["status"], after["told"]["counts"]["figures"]) == ("imported", 90_000)
        again = await put_off(plan, dataset, file, {"Prefer": ""})
        await work()
        told = (await status_of(plan, again))["told"]
        assert (told["is_known"], told["release"]) == (True, after["told"]["release"])

    async def test_a_day_to_come_and_an_unknown_dataset_are_refused_at_once(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file(LINES), released_on="2999-01-01")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/released_on")
        assert (await put_off(plan, a_ref("none"), a_file(LINES))).status_code == 404

    async def test_an_idempotency_key_gives_the_same_import(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        key = {"Idempotency-Key": a_ref("key")}
        first = await put_off(plan, dataset, a_file(LINES), key)
        second = await put_off(plan, dataset, a_file(LINES), key)
        assert second.json()["import"] == first.json()["import"]
        other = await put_off(plan, dataset, a_file(LINES[:1]), key)
        assert other.status_code == 422


class TestReceived:
    async def test_who_may_not_import_sends_nothing(self, plan: PlanWorld) -> None:
        """They are asked before their bytes are taken."""
        dataset = await a_dataset(plan)
        answer = await send(plan, dataset, a_file(LINES), role=Role.BOARD_MEMBER)
        assert answer.status_code == 403

    async def test_one_that_changed_on_its_way_is_refused(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        digest = base64.b64encode(sha256(a_file(LINES)).digest()).decode()
        cut = await put_off(plan, dataset, a_file(LINES)[:-9], {"Content-Digest": f"sha-256=:{digest}:"})
        assert (cut.status_code, cut.json()["type"]) == (400, "/v1/problems/bad-request")
        whole = await put_off(plan, dataset, a_file(LINES), {"Content-Digest": f"sha-256=:{digest}:"})
        assert whole.status_code == 202

    async def test_one_that_is_cut_off_is_refused(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        file = a_file(LINES)
        short = await put_off(plan, dataset, file[:-9], {"Content-Length": str(len(file))})
        assert short.status_code == 400
        assert await releases_of(plan, dataset) == []

    async def test_one_beyond_the_limit_is_told_the_limit(self, plan: PlanWorld, settings: Settings) -> None:
        dataset = await a_dataset(plan)
        most = settings.max_file_bytes
        answer = await put_off(plan, dataset, b"x", {"Content-Length": str(most + 1)})
        assert (answer.status_code, str(most) in answer.json()["detail"]) == (413, True)

    async def test_a_packed_one_is_refused(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file(LINES), {"Content-Encoding": "gzip"})
        assert answer.status_code == 415


class TestWorker:
    async def test_a_file_without_a_job_is_taken_up_again(
        self, plan: PlanWorld, work: Work, worker_engine: AsyncEngine
    ) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file(LINES))
        await plan.service.owner.execute(
            "delete from procrastinate_jobs where task_name = %s and args ->> 'upload' = %s",
            (filing.TASK, str(answer.json()["import"])),
        )
        assert await waiting.take_up_again(worker_engine) == 1
        assert await waiting.take_up_again(worker_engine) == 0
        await work()
        assert (await status_of(plan, answer))["status"] == "imported"

    async def test_two_at_once_make_one_release(self, plan: PlanWorld, worker_engine: AsyncEngine) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file(LINES))
        import_id = answer.json()["import"]
        await asyncio.gather(*(waiting.read_waiting(worker_engine, import_id) for _ in range(3)))
        assert (await status_of(plan, answer))["status"] == "imported"
        assert len(await releases_of(plan, dataset)) == 1

    async def test_is_given_up_after_as_many_attempts(self, plan: PlanWorld, work: Work) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file(LINES))
        await plan.service.owner.execute(
            "update benchmark_import set attempts = %s where id = %s",
            (waiting.MOST_ATTEMPTS, answer.json()["import"]),
        )
        await work()
        after = await status_of(plan, answer)
        assert (after["status"], await parts_held(plan, answer)) == ("failed", 0)
        assert await releases_of(plan, dataset) == []

    async def test_acts_with_the_rights_that_are_held_when_it_reads(
        self, plan: PlanWorld, work: Work
    ) -> None:
        dataset = await a_dataset(plan)
        answer = await put_off(plan, dataset, a_file(LINES))
        user = await plan.user(IMPORTER)
        await plan.service.owner.execute("delete from membership where principal_id = %s", (user.id,))
        await work()
        ended = await plan.service.one(
            "select array[status, problem] from benchmark_import where id = %s", answer.json()["import"]
        )
        assert ended[0] == "refused" and "no longer" in ended[1]
        assert await releases_of(plan, dataset) == []


@pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.BOARD_MEMBER])
async def test_others_do_not_see_what_waits(plan: PlanWorld, role: Role) -> None:
    dataset = await a_dataset(plan)
    answer = await put_off(plan, dataset, a_file(LINES))
    read = await (await plan.client(role)).get(answer.headers["location"])
    assert read.status_code == 403
