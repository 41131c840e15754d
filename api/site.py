"""Serves the built client from the service's own origin."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from api.core.addresses import is_of_the_api
from api.core.errors import Problem, ProblemType
from api.core.http import problem_response
from api.settings import Settings

BUILT = Path(__file__).resolve().parent.parent / "client" / "build"
FOREVER = "public, max-age=31536000, immutable"


def install_site(app: FastAPI, settings: Settings) -> None:
    """Answer every path that is neither the API's nor a built file with the client's one page.

    Refs contain dots, so a dot in a path says nothing; only /v1 and /_app can be missing.
    """
    root = (settings.client_dir or BUILT).resolve()

    @app.get("/{path:path}", include_in_schema=False)
    async def site(path: str, request: Request) -> Response:
        if is_of_the_api(f"/{path}"):
            # Nothing there reads by GET; the handler tells other verbs from no address at all.
            raise HTTPException(405)
        found = _file(root, path)
        if path.startswith("_app/"):
            if found is None:
                return problem_response(Problem(ProblemType.NOT_FOUND, "There is no such file."), request)
            return FileResponse(
                found, headers={"Cache-Control": FOREVER if "/immutable/" in path else "no-cache"}
            )
        if found is not None and "/" not in path and path != "index.html":
            return FileResponse(found, headers={"Cache-Control": "public, max-age=3600"})
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse(
                "<!doctype html><title>Turnstone</title>"
                "<p>The client is not built; run <code>make client</code>."
                ' The API is at <a href="/v1/docs">/v1/docs</a>.',
                headers=_page_headers(),
            )
        return FileResponse(index, headers=_page_headers())


def _file(root: Path, path: str) -> Path | None:
    """A file below the built client, never outside it."""
    if not path or "\0" in path:
        return None
    try:
        chosen = (root / path).resolve()
        return chosen if chosen.is_relative_to(root) and chosen.is_file() else None
    except OSError:
        # Too long a name to be a file's.
        return None


def _page_headers() -> dict[str, str]:
    return {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": "frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
