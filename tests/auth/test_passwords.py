"""What passes for a password, and how it is kept."""

from __future__ import annotations

import asyncio
import time

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from api.auth.passwords import MAX_LENGTH, hash_password, verify_password, weakness_of

GOOD = "three words and a river"


class TestWeakness:
    @pytest.mark.parametrize(
        "password",
        [
            GOOD,
            "kettle-drum-ox-47",
            "x8#kq0!vm2$z",
            "paßwörter sind lang",
            "ein Fluß & 3 Wörter",
            "a" * 3 + "bcdxyzqrst1",
        ],
    )
    def test_what_nobody_tries_first_will_do(self, password: str) -> None:
        assert weakness_of(password, email="ann@example.org", name="Ann") is None

    @pytest.mark.parametrize("password", ["", "short", "11 letters!"])
    def test_short_ones_will_not(self, password: str) -> None:
        assert weakness_of(password) == "Use at least 12 characters."

    def test_length_is_bounded(self) -> None:
        assert weakness_of("k7" * MAX_LENGTH) == f"Use at most {MAX_LENGTH} characters."

    @pytest.mark.parametrize(
        "password",
        [
            "password1234",
            "Password1234!",
            "p@ssw0rd2024",
            "PASSW0RD!!!!!",
            "passwordpassword",
            "thisismypassword1",
            "qwertyuiop123",
            "letmein-letmein",
            "Turnstone2026!",
            "turnstonepassword",
            "iloveyou12345",
            "LiverpoolLiverpool",
            "administrator",
            "correcthorsebatterystaple",
        ],
    )
    def test_common_ones_will_not_however_disguised(self, password: str) -> None:
        assert weakness_of(password) == "This is among the passwords that are tried first; choose another."

    @pytest.mark.parametrize(
        "password",
        ["123456789012", "210987654321", "abcdefghijklmn", "zyxwvutsrqpon", "1q2w3e4r5t6y7u", "1qaz2wsx3edc"],
    )
    def test_runs_of_keys_will_not(self, password: str) -> None:
        assert weakness_of(password) is not None

    @pytest.mark.parametrize("password", ["aaaaaaaaaaaaaa", "abababababab", "111122223333"])
    def test_few_characters_will_not(self, password: str) -> None:
        assert weakness_of(password) == "Use more than a few different characters."

    @pytest.mark.parametrize(
        "password", ["ann.example-person", "Ann Example Person", "annexampleperson99", "4nn.example-pers0n!"]
    )
    def test_ones_own_name_or_email_will_not(self, password: str) -> None:
        assert weakness_of(password, email="ann.example-person@example.org", name="Ann Example-Person") == (
            "Do not use your own name or email."
        )

    def test_the_check_takes_no_longer_for_awkward_input(self) -> None:
        begun = time.perf_counter()
        weakness_of("abcabcd" * 36 + "!xyz")
        assert time.perf_counter() - begun < 0.05


class TestHashes:
    async def test_are_argon2id_and_never_the_same_twice(self) -> None:
        first, second = await hash_password(GOOD), await hash_password(GOOD)
        assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert first != second

    async def test_only_the_password_verifies(self) -> None:
        held = await hash_password(GOOD)
        assert await verify_password(GOOD, held) == (True, None)
        assert await verify_password(GOOD + " ", held) == (False, None)
        assert await verify_password("", held) == (False, None)

    async def test_the_same_characters_composed_otherwise_verify(self) -> None:
        held = await hash_password("café au lait, deux")
        assert (await verify_password("café au lait, deux", held))[0]

    async def test_an_old_hash_is_renewed_when_the_password_is_right(self) -> None:
        old = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
        right, renewed = await verify_password(GOOD, old)
        assert right
        assert renewed is not None
        assert await verify_password(GOOD, renewed) == (True, None)
        assert await verify_password("something else", old) == (False, None)

    async def test_nobodys_password_is_never_right(self) -> None:
        assert await verify_password("nobody's password", None) == (False, None)

    async def test_nobody_takes_as_long_as_somebody(self) -> None:
        held = await hash_password(GOOD)
        await verify_password("warm", None)

        async def seconds(stored: str | None) -> float:
            taken = []
            for _ in range(7):
                begun = time.perf_counter()
                await verify_password("not the password", stored)
                taken.append(time.perf_counter() - begun)
            return sorted(taken)[2]

        somebody, nobody = await seconds(held), await seconds(None)
        assert nobody > somebody / 2

    async def test_the_loop_goes_on_meanwhile(self) -> None:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.001)
                ticks += 1

        ticking = asyncio.create_task(tick())
        await asyncio.gather(*(hash_password(GOOD) for _ in range(6)))
        ticking.cancel()
        assert ticks > 6
