"""Whether a file is one that is held already, and what sending it again means.

Whoever sends a file means that these are the figures now. If they are, nothing happens; if they were
superseded or withdrawn, they become a release anew. Only where the day given lies before that of the
release in force could the file not come into force: then the answer says so, and what would help.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from api.benchmarks.findings import Doubt
from api.core.context import Context


@dataclass(frozen=True)
class HeldRelease:
    """A release as far as another file of its dataset is concerned."""

    id: int
    sha256: str
    released_on: date
    withdrawn_because: str | None = None


_SAME = text(
    "select r.id, r.sha256, r.released_on, w.reason from benchmark_release r"
    " left join benchmark_withdrawal w on w.release_id = r.id"
    " where r.dataset_id = :dataset and (r.sha256 = :digest or r.id = :in_force) order by r.id desc"
)


async def recognise(
    ctx: Context, dataset_id: int, in_force: int | None, digest: str, released_on: date
) -> tuple[int | None, Doubt | None]:
    """The release that the file is known as, if it need not be read; and what is to be told of it."""
    rows = await ctx.session.execute(_SAME, {"dataset": dataset_id, "digest": digest, "in_force": in_force})
    held = [HeldRelease(*row) for row in rows]
    same = [release for release in held if release.sha256 == digest]
    return known_as(same, next((one for one in held if one.id == in_force), None), released_on)


def known_as(
    same: list[HeldRelease], in_force: HeldRelease | None, released_on: date
) -> tuple[int | None, Doubt | None]:
    """As :func:`recognise`, of the releases of the same file, the latest import first."""
    if in_force is not None and in_force in same:
        return in_force.id, None
    standing = next((release for release in same if release.withdrawn_because is None), None)
    if standing is not None and in_force is not None and released_on < in_force.released_on:
        return standing.id, Doubt(
            "superseded",
            f"These are the figures of release {standing.id}, which is not in force: release {in_force.id},"
            f" of {in_force.released_on}, superseded it. To bring them back, withdraw that release, or"
            " import this file with the day on which it was published again.",
        )
    if not same:
        return None, None
    first = same[0]
    was = (
        "was superseded" if first.withdrawn_because is None else f"was withdrawn ({first.withdrawn_because})"
    )
    return None, Doubt(
        "published_again", f"The file is the same as release {first.id}, which {was}: a new release of it."
    )
