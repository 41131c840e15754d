"""Routes of source notes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import vocabulary as terms
from api.auth.dependencies import Context, IfMatch, may_use, reading, writing
from api.auth.permissions import Permission as P
from api.core.http import Route
from api.core.openapi import CHANGES, CREATES, READS, Paging
from api.core.reading import read_one, read_page
from api.narratives.about import AboutFilter
from api.source_notes import service
from api.source_notes.repository import SOURCE_NOTE
from api.source_notes.schemas import (
    NoteId,
    SourceNoteCreate,
    SourceNotePage,
    SourceNoteRead,
    SourceNoteUpdate,
)

router = APIRouter(tags=["source notes"], route_class=Route)

Read = Annotated[Context, may_use(reading(P.PLAN_READ))]
Write = Annotated[Context, may_use(writing(P.NOTE_WRITE))]


@router.get(
    "/plans/{plan}/source-notes", summary="List source notes", response_model=SourceNotePage, responses=READS
)
async def list_source_notes(
    ctx: Read,
    page: Paging,
    kind: Annotated[list[terms.SourceNoteKind] | None, Query()] = None,
    settled: Annotated[bool | None, Query()] = None,
    about: Annotated[
        list[AboutFilter] | None,
        Query(description="`action:A01.KA03` for one item, `action` for any of its kind; `plan` for itself."),
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in it or in its settlement.")] = None,
) -> Response:
    """Doubts to settle: what a source gives but cannot be placed. Sort keys: position, kind, settled_at,
    updated.
    """
    filters = {
        "kind": kind,
        "settled": None if settled is None else [str(settled).lower()],
        "about": about,
        "q": [q] if q else None,
    }
    return await read_page(ctx, SOURCE_NOTE, page, filters)


@router.post(
    "/plans/{plan}/source-notes",
    summary="Add a source note",
    status_code=201,
    response_model=SourceNoteRead,
    responses=CREATES,
)
async def create_source_note(new: SourceNoteCreate, ctx: Write) -> Response:
    """A doubt stays open until somebody settles it with words on how."""
    note_id, item = await service.create_source_note(ctx, new)
    return ctx.created(item.body, f"/v1/plans/{ctx.plan.ref}/source-notes/{note_id}", version=item.version)


@router.get(
    "/plans/{plan}/source-notes/{note}",
    summary="Read a source note",
    response_model=SourceNoteRead,
    responses=READS,
)
async def read_source_note(note: NoteId, ctx: Read) -> Response:
    """One doubt, and how it was settled."""
    item = await read_one(ctx, SOURCE_NOTE, str(note))
    return ctx.show(item.body, version=item.version)


@router.patch(
    "/plans/{plan}/source-notes/{note}",
    summary="Settle or reopen a source note",
    response_model=SourceNoteRead,
    responses=CHANGES,
)
async def update_source_note(
    note: NoteId, patch: SourceNoteUpdate, ctx: Write, if_match: IfMatch = None
) -> Response:
    """Settling needs words on how; opening it again clears them, and history keeps them. Works in a
    closed plan too.
    """
    item = await service.update_source_note(ctx, note, patch, if_match)
    return ctx.written(item.body, version=item.version)
