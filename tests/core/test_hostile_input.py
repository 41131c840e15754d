"""Whatever is sent, to whichever operation: it is refused as a problem, and never a fault of ours."""

from __future__ import annotations

import json

import pytest

from tests.core.furnished import ITEMS, Furnished, furnish
from tests.core.hostile import FLAVOURS, Flavour, Operation, fields_of, instance, operations
from tests.core.telling import JSON, is_no_fault
from tests.factories.world import Service

OPERATIONS = {
    operation.name: operation for operation in operations() if not operation.path.startswith("/v1/auth")
}
BODIES = {name: operation for name, operation in OPERATIONS.items() if operation.body}
DAYS = dict.fromkeys(("since", "until", "from", "to"), ("9999-12-31", "0001-01-01"))
READS = {name: operation for name, operation in OPERATIONS.items() if operation.verb == "get"}
MADE = {f"POST /v1/plans/{{plan}}{path}": body for _, path, body in ITEMS}


@pytest.fixture(scope="module")
async def furnished(service: Service) -> Furnished:
    return await furnish(await service.new_plan())


class TestBodies:
    @pytest.mark.parametrize("flavour", FLAVOURS, ids=lambda flavour: flavour.name)
    @pytest.mark.parametrize("name", BODIES)
    async def test_wholly_hostile(self, furnished: Furnished, name: str, flavour: Flavour) -> None:
        operation = BODIES[name]
        assert operation.body
        await send(furnished, operation, instance(operation.body, flavour))

    @pytest.mark.parametrize("name", BODIES)
    async def test_hostile_in_one_field(self, furnished: Furnished, name: str) -> None:
        operation = BODIES[name]
        assert operation.body
        sound = MADE.get(name, {})
        tag = '"1.a"'
        for field, schema in fields_of(operation.body).items():
            tag = await send(furnished, operation, sound | {field: instance(schema, FLAVOURS[0])}, tag)


async def send(furnished: Furnished, operation: Operation, body: object, tag: str = '"1.a"') -> str:
    """As JSON that may hold half a character; returns the item's ETag afterwards."""
    headers = JSON | ({} if operation.verb == "post" else {"If-Match": tag})
    answer = await furnished.client.request(
        operation.verb.upper(),
        furnished.fill(operation.path),
        content=json.dumps(body).encode(),
        headers=headers,
    )
    is_no_fault(answer)
    found: str = answer.headers.get("etag", tag)
    return found


class TestPaths:
    @pytest.mark.parametrize("name", [name for name in OPERATIONS if "{" in OPERATIONS[name].path])
    async def test_hostile_in_one_place(self, furnished: Furnished, name: str) -> None:
        operation = OPERATIONS[name]
        for parameter in operation.named("path"):
            for value in ("a%00b", "%FF%27", "9" * 30):
                path = furnished.fill(operation.path, **{parameter: value})
                answer = await furnished.client.request(
                    operation.verb.upper(), path, content=b"{}", headers=JSON | {"If-Match": '"1.a"'}
                )
                is_no_fault(answer)


class TestQueries:
    @pytest.mark.parametrize("name", [name for name in READS if READS[name].named("query")])
    async def test_hostile_in_one_parameter(self, furnished: Furnished, name: str) -> None:
        operation = READS[name]
        path = furnished.fill(operation.path)
        for parameter in operation.named("query"):
            for value in ("a%00b", "%ED%A0%80%27--", "9" * 30, *DAYS.get(parameter, ())):
                is_no_fault(await furnished.client.get(f"{path}?{parameter}={value}"))

    @pytest.mark.parametrize(
        "moment",
        [
            "0001-01-01",
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00%2B14:00",
            "9999-12-31",
            "9999-12-31T23:59:59-14:00",
            "2026-01-01T00:00:00",
            "2026-02-30",
            "2026-W01-1",
            "20260101T0000Z",
            "now",
            "infinity",
            "2026-01-01T00:00:00.1234567890Z",
        ],
    )
    async def test_moments_out_of_reach(self, furnished: Furnished, moment: str) -> None:
        is_no_fault(await furnished.client.get(furnished.plan.url(f"/actions?as_of={moment}")))


class TestHeaders:
    @pytest.mark.parametrize("value", [b"a\0b", b"\xff\xfe", b"", b"x" * 600, b'"'])
    @pytest.mark.parametrize(
        "header",
        [
            b"Turnstone-Reason",
            b"Idempotency-Key",
            b"If-Match",
            b"If-None-Match",
            b"X-Request-ID",
            b"User-Agent",
            b"Accept",
            b"Accept-Encoding",
            b"Content-Type",
            b"Content-Encoding",
            b"Authorization",
            b"Cookie",
            b"Origin",
            b"X-Turnstone-Client",
            b"Range",
        ],
    )
    async def test_hostile_in_one(self, furnished: Furnished, header: bytes, value: bytes) -> None:
        url = furnished.plan.url("/actions/A1")
        body = b'{"title": "Do it"}'
        for verb in ("GET", "PATCH", "POST"):
            sent = {b"If-Match": b'"1.a"', b"Content-Type": b"application/json"} | {header: value}
            path = furnished.plan.url("/themes") if verb == "POST" else url
            content = b'{"ref": "T1"}' if verb == "POST" else body
            answer = await furnished.client.request(
                verb, path, headers=sent, content=None if verb == "GET" else content
            )
            is_no_fault(answer)
