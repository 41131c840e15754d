"""The change record and the counters and caches that follow it. Written by triggers only."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from api.core import tables as t


class Verb(StrEnum):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class Change(SQLModel, table=True):
    """Who did what to which row, when, in which request and why. Append-only.

    ``item_kind`` and ``item_id`` name the item the row belongs to, as people know it: a milestone's
    change is a change of its action, a lead's of the item led.

    Ids commit out of order: a reader that must miss nothing reads only what lies below the
    oldest running transaction (``xid < pg_snapshot_xmin``).
    """

    __tablename__ = "change"
    __table_args__ = (
        # "nulls last", so that the index gives the very order every list asks for.
        Index("ix_change_plan", "plan_id", text("at desc nulls last"), text("id desc nulls last")),
        Index("ix_change_item", "item_kind", "item_id", "xid", "id"),
    )

    id: int | None = t.key()
    at: datetime | None = t.moment()
    xid: int = Field(
        default=None,
        sa_type=BigInteger,
        nullable=False,
        sa_column_kwargs={"server_default": text("pg_current_xact_id()::text::bigint")},
    )
    plan_id: int | None = t.pointer(null=True)
    principal_id: int | None = t.pointer(null=True)
    request_id: str | None = t.line()
    reason: str | None = t.line()
    entity: str = t.line(null=False)
    entity_id: int = t.pointer()
    item_kind: str = t.line(null=False)
    item_id: int = t.pointer()
    verb: Verb = t.word(Verb)


class PlanPulse(SQLModel, table=True):
    """Counts the transactions that changed anything a plan shows; every ETag of the plan holds it."""

    __tablename__ = "plan_pulse"

    plan_id: int = t.key_of("plan.id", on_delete="CASCADE")
    pulse: int = Field(
        default=0, sa_type=BigInteger, nullable=False, sa_column_kwargs={"server_default": "0"}
    )


class Rendered(SQLModel, table=True):
    """A finished page of a plan, good while its key (pulse, day, what the reader may see) is the same."""

    __tablename__ = "rendered"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    plan_id: int = Field(sa_type=BigInteger, primary_key=True)
    variant: str = Field(sa_type=Text, primary_key=True)
    key: str = t.line(null=False)
    on_day: date = t.day(null=False)
    body: bytes = Field(sa_type=LargeBinary, nullable=False)
