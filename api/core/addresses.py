"""Where a request went: which verbs its address takes, and where a corrected ref now stands."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from fastapi.routing import iter_route_contexts

from api.core.reading import Moved

API = ("/v1", "/.well-known")
"""What lies beneath is the API's; any other path is a page of the client."""


def is_of_the_api(path: str) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in API)


def verbs_at(request: Request) -> list[str]:
    """The verbs that this address takes, for ``Allow``; none where there is no such address."""
    path = request.url.path
    verbs: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        template = route.path or ""
        if is_of_the_api(path) == is_of_the_api(template) and route.path_regex.match(path):
            verbs |= route.methods or set()
    return sorted(verbs | ({"HEAD"} if "GET" in verbs else set()))


def moved_address(request: Request, moved: Moved) -> str | None:
    """The request's own address with the new ref in place of the old; None if the ref is not in it."""
    template = str(getattr(request.scope.get("route"), "path", "")).split("/")
    parts = request.url.path.split("/")
    # Under a prefix the template is the shorter: both end alike.
    for place in range(-len(template), 0):
        name = template[place]
        if name.startswith("{") and name != "{plan}" and parts[place] == moved.old:
            parts[place] = moved.new
            query = f"?{request.url.query}" if request.url.query else ""
            return "/".join(quote(part, safe="") for part in parts) + query
    return None
