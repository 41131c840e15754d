"""The documentation page: renders /v1/openapi.json with the service's own script and style only."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from api.core.http import Route

HERE = Path(__file__).parent / "page"
_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; object-src 'none'",
    "Referrer-Policy": "same-origin",
}

router = APIRouter(tags=["docs"], include_in_schema=False, route_class=Route)


@router.get("/docs")
async def read_docs() -> FileResponse:
    """The page itself."""
    return FileResponse(HERE / "index.html", headers=_HEADERS)


@router.get("/docs/app.js")
async def read_docs_script() -> FileResponse:
    """What draws the page."""
    return FileResponse(HERE / "app.js", media_type="text/javascript", headers=_HEADERS)


@router.get("/docs/app.css")
async def read_docs_style() -> FileResponse:
    """How the page looks."""
    return FileResponse(HERE / "app.css", headers=_HEADERS)
