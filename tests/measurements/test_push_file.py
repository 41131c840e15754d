"""``turnstone push``, over a real socket."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from api.measurements.push import push, read_file
from api.measurements.sender import Body, CannotSend, Sender
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi
from tests.measurements.conftest import Machine
from tests.measurements.files.making import workbook
from tests.measurements.making import lock
from tests.measurements.sending import Work


@pytest.fixture
def send(plan: PlanWorld, address: str, machine: Machine, tmp_path: Path) -> Any:
    """Push a file of this name and content; returns the exit code and what was printed."""

    async def sent(name: str, content: str | bytes, **options: Any) -> tuple[int, str]:
        file = tmp_path / name
        encoding = options.pop("encoding", "utf-8")
        file.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        out = io.StringIO()
        given: dict[str, Any] = {
            "url": address,
            "client_id": machine.client_id,
            "client_secret": machine.secret,
            "plan": plan.ref,
            "out": out,
            "err": out,
            "sleep": lambda _: None,
        } | options
        return await asyncio.to_thread(push, file, **given), out.getvalue()

    return sent


class TestCsv:
    async def test_the_first_time_stores_and_again_is_unchanged(self, plan: PlanWorld, send: Any) -> None:
        await a_kpi(plan)
        content = 'KPI,Period,Value,Note\r\nK1,Aug-26,85.6,\r\n\r\nK1,Sep-26,86,"Two\nlines"\r\n'
        assert await send("v.csv", content, encoding="utf-8-sig") == (0, "2 rows: 2 created\n")
        code, printed = await send("v.csv", content, encoding="utf-8-sig")
        first, second = printed.splitlines()
        assert code == 0 and second == "2 rows: 2 unchanged"
        assert first.startswith("The identical file was stored before, as submission ")
        held = await (await plan.manager()).get(plan.url("/kpis/K1/measurements"))
        assert [(m["value"], m["note"]) for m in held.json()["items"]] == [(85.6, None), (86, "Two\nlines")]

    async def test_rejected_rows_are_named_by_line(self, plan: PlanWorld, send: Any) -> None:
        await a_kpi(plan)
        content = "kpi;period;value\nK1;2026-08;85,6\nK9;2026-08;1\nK9;2026-09;1\nK1;2026-09;2\n"
        code, printed = await send("v.csv", content)
        assert code == 1
        assert "4 rows: 4 rejected (nothing was stored)" in printed
        assert "  line 2: “85,6” is not a number" in printed
        assert "  lines 3 and 4: There is no KPI “K9”" in printed
        assert "/rejected-rows.csv" in printed.splitlines()[-1]
        code, printed = await send("v.csv", content, mode="partial")
        assert code == 1 and "4 rows: 1 created, 3 rejected\n" in printed

    async def test_a_dry_run_stores_nothing(self, plan: PlanWorld, send: Any) -> None:
        await a_kpi(plan)
        code, printed = await send("v.csv", "kpi,period,value\nK1,2026-08,70\n", dry_run=True)
        assert (code, printed) == (0, "1 rows: 1 created (dry run: nothing was stored)\n")
        assert await plan.service.one("select count(*) from series where plan_id = %s", plan.id) == 0

    async def test_a_file_that_is_none_has_an_exit_code_of_its_own(self, plan: PlanWorld, send: Any) -> None:
        code, printed = await send("v.csv", "colour,size\nred,1\n")
        assert (
            code == 3 and printed.startswith("Nothing was stored: No header row") and "(no_header)" in printed
        )

    async def test_what_was_decided_is_told(self, plan: PlanWorld, send: Any) -> None:
        await a_kpi(plan)
        code, printed = await send(
            "v.csv", "Ref,Target,Aug-26,Sep-26\nK1,90,0.8,0.9\n", percentages_are="fractions"
        )
        assert code == 0
        assert printed.splitlines() == [
            "Left out, by their names: columns 2 “Target”.",
            "Read as fractions of one, so that 0.814 is 81.4 per cent: K1.",
            "2 rows: 2 created",
        ]

    async def test_what_is_hard_to_believe_is_told_by_kind(
        self, plan: PlanWorld, send: Any, address: str
    ) -> None:
        await a_kpi(plan, definition={"plausible_high": 95, "plausible_jump": 20})
        content = "kpi,period,value\n" + "".join(f"K1,2026-0{n},{90 + n}\n" for n in range(1, 10))
        code, printed = await send("v.csv", content + "K1,2026-10,70\n")
        assert code == 0
        counted, first, kind, *shown, more, other, jump, where = printed.splitlines()
        assert counted == "10 rows: 10 created"
        assert first == "5 rows are hard to believe; taken, and held under query until somebody looks:"
        assert (kind, more) == ("  outside_plausible_range: 4", "    and 1 more")
        assert [line.partition(":")[0] for line in shown] == [f"    K1 2026-0{n}" for n in (6, 7, 8)]
        assert (other, jump.partition(":")[0]) == ("  implausible_jump: 1", "    K1 2026-10")
        (found,) = (await (await plan.manager()).get(plan.url("/submissions"))).json()["items"]
        page = f"{address}/plans/{plan.ref}/values/queries?submission={found['submission']}"
        assert where == f"Where to look at them: {page}"

    async def test_what_came_late_says_why_and_for_whom_it_waits(
        self, plan: PlanWorld, send: Any, address: str
    ) -> None:
        await a_kpi(plan)
        assert (await send("v.csv", "kpi,period,value\nK1,2026-08,70\n"))[0] == 0
        await lock(plan, kpis=["K1"], to="2026-08-31")
        content = "kpi,period,value\nK1,2026-08,71\nK1,2026-07,N/A\nK1,2026-09,72\n"
        code, printed = await send("v.csv", content, dry_run=True)
        assert code == 0 and "somebody must accept what would wait:" in printed and "Where" not in printed
        code, printed = await send("v.csv", content)
        assert code == 0
        counted, why, changed, new, where = printed.splitlines()
        assert counted == "3 rows: 1 created, 2 queued"
        assert why == (
            "2 rows are late revisions, for their periods are locked; somebody must accept what waits:"
        )
        assert (changed, new) == ("  K1 2026-08: 70 → 71", "  K1 2026-07: nothing → not available")
        assert where.startswith(f"Where to accept or decline them: {address}/plans/{plan.ref}/values/late?")

    async def test_source_and_reference_go_with_it(self, plan: PlanWorld, send: Any) -> None:
        await a_kpi(plan)
        content = "kpi,period,value\nK1,2026-08,70\n"
        assert (await send("v.csv", content, source="Mosaic", external_reference="job-7"))[0] == 0
        (found,) = (await (await plan.manager()).get(plan.url("/submissions"))).json()["items"]
        assert (found["source"], found["external_reference"], found["file_name"]) == (
            "Mosaic",
            "job-7",
            "v.csv",
        )


class TestJson:
    async def test_numbers_go_digit_for_digit(self, plan: PlanWorld, send: Any) -> None:
        await a_kpi(plan, unit="none")
        content = (
            '{"source": "Mosaic", "rows": [{"kpi": "K1", "period": "2026-08", "value": 123456789.123456}]}'
        )
        assert (await send("v.json", content))[0] == 0
        manager = await plan.manager()
        held = await manager.get(plan.url("/kpis/K1/measurements/_all/2026-08"))
        assert '"value" : 123456789.123456' in held.text
        submissions = (await manager.get(plan.url("/submissions"))).json()["items"]
        assert submissions[0]["source"] == "Mosaic" and submissions[0]["by"] == "Case management"

    async def test_rows_are_named_by_their_place(self, plan: PlanWorld, send: Any) -> None:
        rows = [{"kpi": "K9", "period": "2026-08", "value": 1}] * 30
        code, printed = await send("v.json", json.dumps(rows))
        assert code == 1 and "rows 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 20 more: There is no KPI" in printed

    async def test_ndjson_is_named_by_line(self, plan: PlanWorld, send: Any) -> None:
        code, printed = await send("v.ndjson", '{"kpi": "K9", "period": "2026-08", "value": 1}\n' * 2)
        assert code == 1 and "  lines 1 and 2: There is no KPI" in printed

    @pytest.mark.parametrize("content", ["{", "3", '{"values": []}', "[]"])
    def test_a_file_that_is_none_is_refused(self, content: str, tmp_path: Path) -> None:
        file = tmp_path / "v.json"
        file.write_text(content)
        with pytest.raises(CannotSend):
            read_file(file)


class TestPutOff:
    async def test_a_workbook_is_waited_for(self, plan: PlanWorld, send: Any, work: Work) -> None:
        await a_kpi(plan)
        content = workbook(("S", [["Ref", "Aug-26", "Sep-26"], ["K1", 70, "lots"], ["K9", 1, 2]]))
        sending = asyncio.create_task(send("v.xlsx", content, mode="partial", sleep=soon))
        await until_ended(sending, work)
        code, printed = sending.result()
        assert code == 1
        assert printed.splitlines()[0] == "4 rows: 1 created, 3 rejected"
        assert "  S!C2: “lots” is not a number" in printed and "  S!B3; S!C3:" not in printed
        assert "  S!B3 and S!C3: There is no KPI “K9”" in printed

    async def test_a_run_that_was_killed_is_found_again(
        self, plan: PlanWorld, send: Any, work: Work, machine: Machine, address: str
    ) -> None:
        await a_kpi(plan)
        content = workbook(("S", [["Ref", "Aug-26"], ["K1", 70]]))
        with pytest.raises(Killed):
            await send("v.xlsx", content, sleep=killed)
        sending = asyncio.create_task(send("v.xlsx", content, sleep=soon))
        await asyncio.sleep(0.3)
        await until_ended(sending, work)
        code, printed = sending.result()
        first, second = printed.splitlines()
        assert first.startswith("This file is being read already, as submission ")
        assert (code, second) == (0, "1 rows: 1 created")
        assert await plan.service.one("select count(*) from submission where plan_id = %s", plan.id) == 1


class Killed(Exception):
    """Stands for the end of the process: nothing is tidied up, nobody is told."""


def killed(_: float) -> None:
    raise Killed


def soon(_: float) -> None:
    time.sleep(0.05)


async def until_ended(sending: asyncio.Task[Any], work: Work) -> None:
    while not sending.done():
        await work()
        await asyncio.sleep(0.05)


class TestCannotSend:
    async def test_a_wrong_secret(self, plan: PlanWorld, send: Any) -> None:
        code, printed = await send("v.csv", "kpi,period,value\nK1,2026-08,1\n", client_secret="wrong")
        assert code == 2 and printed.startswith("turnstone push: The service refused the sign-in")

    async def test_a_plan_that_is_not_there(self, send: Any) -> None:
        code, printed = await send("v.csv", "kpi,period,value\nK1,2026-08,1\n", plan="nowhere")
        assert code == 2 and "The service answered 404" in printed

    async def test_nobody_at_the_address_is_tried_again_and_told(self, send: Any) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            waits: list[float] = []
            code, printed = await send(
                "v.csv",
                "kpi,period,value\nK1,2026-08,1\n",
                url=f"http://127.0.0.1:{closed.getsockname()[1]}",
                sleep=waits.append,
            )
        assert code == 2 and "does not take requests (ConnectError" in printed
        assert len(waits) == 6 and waits == sorted(waits)

    def test_a_name_that_does_not_say_what_it_is(self, tmp_path: Path) -> None:
        file = tmp_path / "values.dat"
        file.write_text("kpi,period,value")
        err = io.StringIO()
        assert push(file, url="http://x", client_id="", client_secret="", plan="", err=err) == 2
        assert "must end with what the file is" in err.getvalue()

    async def test_a_missing_file(self, tmp_path: Path) -> None:
        err = io.StringIO()
        code = push(tmp_path / "none.csv", url="http://x", client_id="", client_secret="", plan="", err=err)
        assert code == 2 and "none.csv: No such file" in err.getvalue()


class Scripted(BaseHTTPRequestHandler):
    """A service that is busy on demand: it answers as told, and notes what it was asked."""

    answers: ClassVar[list[tuple[Any, ...]]] = []
    """Each a status and headers, perhaps a body."""
    seen: ClassVar[list[dict[str, str]]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        is_sign_in = self.path.endswith("/token")
        token = {"access_token": f"token-{len(self.seen)}"}
        status, headers, *said = (200, {}, token) if is_sign_in else self.answers.pop(0)
        body = json.dumps(said[0] if said else {}).encode()
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


BODY = Body(b"{}", "application/x-ndjson")


class TestRetries:
    @pytest.fixture
    def service(self) -> Iterator[str]:
        Scripted.answers, Scripted.seen = [], []
        with HTTPServer(("127.0.0.1", 0), Scripted) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()
            thread.join()

    def test_wait_as_long_as_the_service_says(self, service: str) -> None:
        Scripted.answers = [(429, {"Retry-After": "7"}), (503, {}), (201, {})]
        waits: list[float] = []
        with httpx.Client(base_url=service) as client:
            assert Sender(client, "id", "secret", waits.append).post("/x", BODY, "key").status_code == 201
        assert waits[0] == 7 and 0.8 <= waits[1] <= 1.2
        assert {request["idempotency-key"] for request in Scripted.seen[1:]} == {"key"}

    def test_a_request_in_progress_is_waited_for(self, service: str) -> None:
        """As after a service was killed while it handled it: its key is let go of after a while."""
        busy = (409, {"Retry-After": "2"}, {"type": "/v1/problems/in-progress"})
        Scripted.answers = [busy] * 45 + [(201, {})]
        waits: list[float] = []
        with httpx.Client(base_url=service) as client:
            assert Sender(client, "id", "secret", waits.append).post("/x", BODY, "key").status_code == 201
        assert waits == [2] * 45

    def test_an_ended_token_is_renewed_once(self, service: str) -> None:
        Scripted.answers = [(401, {}), (201, {}), (401, {}), (401, {})]
        with httpx.Client(base_url=service) as client:
            sender = Sender(client, "id", "secret", lambda _: None)
            assert sender.post("/x", BODY, "key").status_code == 201
            assert Scripted.seen[-1]["authorization"] == "Bearer token-3"
            assert sender.post("/x", BODY, "key").status_code == 401
