"""The client's files, served from the API's own origin."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api.core.errors import ProblemType
from api.main import create_app
from api.settings import Settings
from tests.core.telling import is_problem
from tests.factories.world import BASE

INDEX = "<!doctype html><title>The client</title>"
CHUNK = "export const answer = 42;" * 100


def client_of(folder: Path) -> httpx.AsyncClient:
    app = create_app(Settings.model_validate({"database_url": None, "client_dir": folder}))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built client, and a file beside it that is nobody's to read."""
    tmp_path = tmp_path_factory.mktemp("site")
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "build"
    (root / "_app" / "immutable").mkdir(parents=True)
    (root / "index.html").write_text(INDEX)
    (root / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (root / "_app" / "version.json").write_text('{"version": "1"}')
    (root / "_app" / "immutable" / "start.abc.js").write_text(CHUNK)
    (root / "_app" / "out.txt").symlink_to(tmp_path / "secret.txt")
    return root


@pytest.fixture(scope="module")
async def client(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(built) as client:
        yield client


class TestPages:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/index.html",
            "/plans/x",
            "/plans/x/actions/A01.KA03",
            "/plans/x/recommendations/robots.txt",
            "/favicon.svg/more",
            "/v1x",
            "/_app",
            "/.env",
            "/a//b",
            "//v1/plans",
            "/" + "a" * 300,
            "/" + "a/" * 3000,
            "/%00",
            "/%ff",
            "/caf%C3%A9",
        ],
        ids=lambda path: path[:40],
    )
    async def test_any_path_is_the_one_page_and_always_asked_for_anew(
        self, client: httpx.AsyncClient, path: str
    ) -> None:
        answer = await client.get(path)
        assert (answer.status_code, answer.text) == (200, INDEX)
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"

    async def test_no_other_site_may_frame_them(self, client: httpx.AsyncClient) -> None:
        headers = (await client.get("/plans/x")).headers
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert "camera=()" in headers["permissions-policy"]

    async def test_are_not_to_be_written_to(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/plans/x", json={})
        is_problem(answer, ProblemType.METHOD_NOT_ALLOWED)
        assert answer.headers["allow"] == "GET, HEAD"

    async def test_head_tells_their_length(self, client: httpx.AsyncClient) -> None:
        answer = await client.head("/plans/x")
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == str(len(INDEX))

    async def test_before_the_client_is_built_the_page_says_so(self, tmp_path: Path) -> None:
        async with client_of(tmp_path / "nothing") as client:
            answer = await client.get("/plans/x")
        assert answer.status_code == 200 and "not built" in answer.text
        assert answer.headers["cache-control"] == "no-cache"


class TestFiles:
    async def test_the_icon_is_served_for_an_hour(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/favicon.svg")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert answer.headers["cache-control"] == "public, max-age=3600"

    async def test_what_bears_its_digest_is_kept_for_ever(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/_app/immutable/start.abc.js", headers={"Accept-Encoding": "gzip"})
        assert (answer.status_code, answer.text) == (200, CHUNK)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["content-type"].startswith("text/javascript")

    async def test_what_does_not_is_asked_for_anew(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/_app/version.json")).headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize(
        "path", ["/_app/", "/_app/immutable", "/_app/immutable/gone.js", "/_app/x/y", "/_app/" + "a" * 300]
    )
    async def test_a_missing_one_is_a_problem_nobody_keeps(
        self, client: httpx.AsyncClient, path: str
    ) -> None:
        is_problem(await client.get(path), ProblemType.NOT_FOUND)

    @pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/.well-known/nothing"])
    async def test_the_apis_own_addresses_are_no_pages(self, client: httpx.AsyncClient, path: str) -> None:
        is_problem(await client.get(path), ProblemType.NOT_FOUND)


class TestEscapes:
    @pytest.mark.parametrize(
        "path",
        [
            "/../secret.txt",
            "/..%2fsecret.txt",
            "/%2e%2e/secret.txt",
            "/_app/../../secret.txt",
            "/_app/..%2f..%2fsecret.txt",
            "/_app/%2e%2e/%2e%2e/secret.txt",
            "/_app/..%5c..%5csecret.txt",
            "/_app/out.txt",
            "//etc/passwd",
            "/_app//etc/passwd",
            "/%2fetc/passwd",
            "/_app/immutable/..%2f..%2f..%2fsecret.txt%00.js",
        ],
    )
    async def test_nothing_outside_the_client_is_served(self, client: httpx.AsyncClient, path: str) -> None:
        # Sent as written: a well-behaved client would straighten it first.
        answer = await client.send(httpx.Request("GET", httpx.URL(BASE, raw_path=path.encode())))
        assert "secret" not in answer.text.replace("secret.txt", "")
        assert "root:" not in answer.text
        assert answer.status_code == 404 or answer.text == INDEX

    async def test_nor_by_an_absolute_path(self, client: httpx.AsyncClient, built: Path) -> None:
        answer = await client.get(f"/{built.parent / 'secret.txt'}")
        assert answer.text == INDEX
