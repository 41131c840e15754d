"""The documentation page: open to everybody, self-contained, under a strict policy."""

from __future__ import annotations

import re

import pytest

from tests.factories.world import Service

PARTS = {"/v1/docs": "text/html", "/v1/docs/app.js": "text/javascript", "/v1/docs/app.css": "text/css"}


class TestDocsPage:
    @pytest.mark.parametrize("path", PARTS)
    async def test_is_served_without_signing_in(self, service: Service, path: str) -> None:
        answer = await service.anonymous().get(path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(PARTS[path])
        assert answer.headers["content-security-policy"].startswith("default-src 'self';")
        assert answer.headers["x-content-type-options"] == "nosniff"

    async def test_needs_nothing_from_elsewhere_and_nothing_inline(self, service: Service) -> None:
        client = service.anonymous()
        page = (await client.get("/v1/docs")).text
        for address in re.findall(r'(?:src|href)="([^"#]+)', page):
            assert address.startswith("/")
        assert not re.search(r"<style|\son\w+=|\sstyle=|<script(?![^>]+src=)", page)
        for path in PARTS:
            assert "://" not in (await client.get(path)).text

    async def test_the_document_it_draws_is_served(self, service: Service) -> None:
        document = (await service.anonymous().get("/v1/openapi.json")).json()
        assert document["openapi"].startswith("3.1")
        assert "/v1/plans/{plan}" in document["paths"]
        assert not any(path.startswith("/v1/docs") for path in document["paths"])
