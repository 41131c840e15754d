"""Guessing is slowed, counted together by all replicas, and never a way to lock somebody out."""

from __future__ import annotations

import asyncio
from typing import LiteralString

import httpx
import pytest
from psycopg import AsyncConnection
from psycopg.rows import DictRow

from api.auth.throttle import address_kept, waiting_time
from api.main import create_app
from api.settings import Settings
from tests.auth.doors import Door, Doors, Machine, Makes, Person

WRONG = "not the password"


async def fail(door: Door, email: str, times: int) -> list[int]:
    return [(await door.sign_in(email, WRONG)).status_code for _ in range(times)]


async def age(owner: AsyncConnection[DictRow], subject: str, by: LiteralString) -> None:
    """Make what happened so far older."""
    await owner.execute(
        f"update sign_in_event set at = at - interval '{by}' where subject = %s", (subject.lower(),)
    )


def is_slowed(answer: httpx.Response) -> bool:
    if answer.status_code != 429:
        return False
    assert answer.json()["type"] == "/v1/problems/slow-down"
    assert int(answer.headers["retry-after"]) > 0
    return True


class TestWaitingTime:
    @pytest.mark.parametrize(
        ("failures", "seconds"),
        [(0, 0), (4, 0), (5, 5), (6, 10), (7, 20), (8, 40), (11, 320), (12, 640), (13, 900), (10_000, 900)],
    )
    def test_doubles_up_to_a_quarter_of_an_hour(self, failures: int, seconds: int) -> None:
        assert waiting_time(failures, 5) == seconds


class TestBySubject:
    async def test_after_five_failures_even_the_right_password_must_wait(
        self, door: Door, person: Person
    ) -> None:
        assert await fail(door, person.email, 5) == [401] * 5
        answer = await door.sign_in(person.email)
        assert is_slowed(answer)
        assert 1 <= int(answer.headers["retry-after"]) <= 5

    async def test_after_the_wait_it_may_be_tried(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await fail(door, person.email, 5)
        await age(owner, person.email, "6 seconds")
        assert (await door.sign_in(person.email)).status_code == 201

    async def test_each_further_failure_doubles_the_wait(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await fail(door, person.email, 5)
        waits = []
        for _ in range(3):
            waits.append(int((await door.sign_in(person.email)).headers["retry-after"]))
            await age(owner, person.email, "45 seconds")
            assert (await door.sign_in(person.email, WRONG)).status_code == 401
        assert [round(wait, -1) for wait in waits[1:]] == [10, 20]

    async def test_trying_while_slowed_does_not_lengthen_it(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await fail(door, person.email, 5)
        for _ in range(10):
            assert is_slowed(await door.sign_in(person.email, WRONG))
        await age(owner, person.email, "6 seconds")
        assert (await door.sign_in(person.email)).status_code == 201

    async def test_success_starts_the_count_anew(self, door: Door, person: Person) -> None:
        for _ in range(2):
            assert await fail(door, person.email, 4) == [401] * 4
            assert (await door.sign_in(person.email)).status_code == 201

    async def test_an_hour_later_all_is_forgotten(
        self, door: Door, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await fail(door, person.email, 5)
        await age(owner, person.email, "61 minutes")
        assert await fail(door, person.email, 5) == [401] * 5

    async def test_somebody_who_does_not_exist_is_slowed_alike(self, door: Door) -> None:
        assert await fail(door, "imagined@example.test", 5) == [401] * 5
        assert is_slowed(await door.sign_in("imagined@example.test", WRONG))

    async def test_spelling_the_email_otherwise_does_not_help(self, door: Door, person: Person) -> None:
        for email in (person.email, person.email.upper(), f" {person.email}", person.email.lower()):
            await fail(door, email, 1)
        await door.by_password(person.email, WRONG)
        assert is_slowed(await door.sign_in(person.email))

    async def test_another_address_does_not_help_a_guesser(self, doors: Doors, person: Person) -> None:
        for _ in range(5):
            await fail(await doors.at(), person.email, 1)
        assert is_slowed(await (await doors.at()).sign_in(person.email, WRONG))

    async def test_guessing_elsewhere_does_not_keep_the_owner_out(self, doors: Doors, person: Person) -> None:
        desk, elsewhere = await doors.at(), await doors.at()
        await desk.sign_in(person.email)
        await fail(elsewhere, person.email, 5)
        assert is_slowed(await elsewhere.sign_in(person.email))
        assert (await desk.sign_in(person.email)).status_code == 201

    async def test_guessing_at_the_owners_desk_is_slowed_all_the_same(
        self, door: Door, person: Person
    ) -> None:
        await door.sign_in(person.email)
        await fail(door, person.email, 5)
        assert is_slowed(await door.sign_in(person.email))

    async def test_others_are_not_slowed(self, door: Door, person: Person, make: Makes) -> None:
        await fail(door, person.email, 5)
        assert (await door.sign_in((await make.person()).email)).status_code == 201

    async def test_integrations_are_slowed_too(self, door: Door, machine: Machine) -> None:
        for _ in range(5):
            assert (await door.by_secret(machine.client_id, "wrong")).status_code == 401
        assert is_slowed(await door.by_secret(machine.client_id, machine.secret))

    async def test_guessing_the_old_password_is_slowed_too(self, door: Door, person: Person) -> None:
        await door.sign_in(person.email)
        body = {"old_password": WRONG, "new_password": "another river, other words"}
        for _ in range(5):
            assert (await door.client.post("/v1/auth/password", json=body)).status_code == 401
        assert is_slowed(await door.client.post("/v1/auth/password", json=body))

    async def test_many_at_once_get_no_further(self, doors: Doors, person: Person) -> None:
        doors_there = [await doors.at() for _ in range(12)]
        answers = await asyncio.gather(*(door.sign_in(person.email, WRONG) for door in doors_there))
        assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7

    async def test_two_replicas_count_as_one(self, doors: Doors, person: Person, settings: Settings) -> None:
        second = create_app(settings)
        async with second.router.lifespan_context(second):
            here, there = await doors.at(), await doors.at(app=second)
            await asyncio.gather(fail(here, person.email, 2), fail(there, person.email, 3))
            assert is_slowed(await here.sign_in(person.email))
            assert is_slowed(await there.sign_in(person.email))


class TestByAddress:
    async def filled(self, owner: AsyncConnection[DictRow], address: str, failures: int) -> None:
        await owner.execute(
            "insert into sign_in_event (subject, door, outcome, address)"
            " select 'guess-' || n || '@example.test', 'browser', 'failed', %s from generate_series(1, %s) n",
            (address, failures),
        )

    async def test_fifty_failures_slow_everyone_there(
        self, doors: Doors, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await self.filled(owner, "198.51.100.1", 49)
        door = await doors.at("198.51.100.1")
        assert await fail(door, "fiftieth@example.test", 1) == [401]
        assert is_slowed(await door.sign_in(person.email))
        assert (await (await doors.at()).sign_in(person.email)).status_code == 201

    async def test_those_who_mistyped_and_then_got_in_do_not_count(
        self, doors: Doors, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        address = "198.51.100.2"
        await self.filled(owner, address, 60)
        await owner.execute(
            "insert into sign_in_event (subject, door, outcome, address)"
            " select 'guess-' || n || '@example.test', 'browser', 'succeeded', %s"
            " from generate_series(1, 60) n",
            (address,),
        )
        assert (await (await doors.at(address)).sign_in(person.email)).status_code == 201

    async def test_loopback_hides_whoever_a_proxy_stands_for(
        self, doors: Doors, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await self.filled(owner, "127.0.0.1", 60)
        assert (await (await doors.at("127.0.0.1")).sign_in(person.email)).status_code == 201

    async def test_one_subscribers_many_addresses_are_one(
        self, doors: Doors, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        await self.filled(owner, "2001:db8:7::/64", 49)
        await fail(await doors.at("2001:db8:7::1"), "fiftieth@example.test", 1)
        assert is_slowed(await (await doors.at("2001:db8:7:0:ffff::2")).sign_in(person.email))

    @pytest.mark.parametrize(
        ("host", "kept"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8::1", "2001:db8::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("::1", "::1"),
            ("testclient", None),
            ("", None),
            (None, None),
        ],
    )
    def test_an_address_as_kept(self, host: str | None, kept: str | None) -> None:
        assert address_kept(host) == kept


class TestRecord:
    async def test_every_outcome_is_kept_though_the_answer_is_an_error(
        self, doors: Doors, person: Person, owner: AsyncConnection[DictRow]
    ) -> None:
        door = await doors.at("192.0.2.9")
        await door.sign_in(person.email)
        await fail(door, person.email, 5)
        for _ in range(4):
            assert is_slowed(await door.sign_in(person.email))
        rows = await owner.execute(
            "select outcome, door, address, principal_id from sign_in_event where subject = %s order by id",
            (person.email.lower(),),
        )
        found = [tuple(row.values()) for row in await rows.fetchall()]
        assert found[:6] == [
            (outcome, "browser", "192.0.2.9", person.id) for outcome in ["succeeded", *["failed"] * 5]
        ]
        assert found[6:] == [("slowed", "browser", "192.0.2.9", None)], "slowed tries are kept once a minute"
