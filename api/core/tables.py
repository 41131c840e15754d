"""What every table shares: naming, column kinds, and the two mixins.

Enumerations are stored as text under a CHECK of the same words. Refs are compared without regard
to case, so each plan-scoped table with a ref has a unique index on ``lower(ref)``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class OneOf(TypeDecorator[StrEnum]):
    """A closed list of words, read back as its enumeration."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, _dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


def constrain_enumerations(metadata: MetaData) -> None:
    """Give every ``OneOf`` column its CHECK; run once, after all tables are declared."""
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, OneOf):
                words = ", ".join(f"'{word.value}'" for word in column.type.words)
                table.append_constraint(
                    CheckConstraint(text(f"{column.name} in ({words})"), name=str(column.name))
                )


def key() -> Any:
    return Field(
        default=None,
        sa_type=BigInteger,
        primary_key=True,
        sa_column_args=[Identity(always=False)],
    )


def key_of(target: str, *, on_delete: Literal["CASCADE", "RESTRICT"] = "RESTRICT") -> Any:
    """A primary key that is another table's: the row is one kind of that row, or kept beside it."""
    return Field(
        default=None,
        sa_type=BigInteger,
        primary_key=True,
        foreign_key=target,
        ondelete=on_delete,
        sa_column_kwargs={"autoincrement": False},
    )


def points_to(
    target: str,
    *,
    null: bool = False,
    on_delete: Literal["CASCADE", "SET NULL", "RESTRICT"] = "CASCADE",
    index: bool = True,
) -> Any:
    """A foreign key ``table.column``; indexed, so that deletes and joins do not scan."""
    return Field(
        default=None if null else ...,
        sa_type=BigInteger,
        nullable=null,
        index=index,
        foreign_key=target,
        ondelete=on_delete,
    )


def word(words: type[StrEnum], *, null: bool = False, default: StrEnum | None = None) -> Any:
    chosen: Any = default if default is not None else (None if null else ...)
    return Field(default=chosen, sa_type=OneOf(words), nullable=null)


def line(*, null: bool = True) -> Any:
    return Field(default=None if null else ..., sa_type=Text, nullable=null)


def texts() -> Any:
    return Field(
        default_factory=list,
        sa_type=ARRAY(Text),
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'")},
    )


def pointer(*, null: bool = False) -> Any:
    """An id that points to another row without a foreign key; say why where it is used."""
    return Field(default=None if null else ..., sa_type=BigInteger, nullable=null)


def day(*, null: bool = True) -> Any:
    return Field(default=None if null else ..., sa_type=Date, nullable=null)


def flag(*, default: bool = False) -> Any:
    return Field(
        default=default,
        sa_type=Boolean,
        nullable=False,
        sa_column_kwargs={"server_default": text("true" if default else "false")},
    )


def whole(*, null: bool = True, default: int | None = None) -> Any:
    return Field(
        default=default if default is not None or null else ...,
        sa_type=Integer,
        nullable=null and default is None,
        sa_column_kwargs={} if default is None else {"server_default": text(str(default))},
    )


def number() -> Any:
    """18 digits, 6 of them decimal places."""
    return Field(default=None, sa_type=Numeric(18, 6), nullable=True)


def moment(*, null: bool = False, now: bool = True) -> Any:
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=null,
        sa_column_kwargs={"server_default": text("now()")} if now else {},
    )


def datetime_tz() -> Any:
    return DateTime(timezone=True)


def unique_ref(table: str, *, within: str = "plan_id") -> Index:
    return Index(f"uq_{table}_ref", text(within), text("lower(ref)"), unique=True)


class Versioned(SQLModel):
    """A row with a version: a trigger bumps it on every update, so a stale editor is found out."""

    version: int = Field(default=1, sa_type=Integer, nullable=False, sa_column_kwargs={"server_default": "1"})
    created_at: datetime | None = moment()
    updated_at: datetime | None = moment()


class InPlan(Versioned):
    """A row of one plan: under row-level security by membership, its history kept by trigger."""

    id: int | None = key()
    plan_id: int = points_to("plan.id")


class AboutItem(SQLModel):
    """An exclusive arc: the one item a row is about; all null means the plan itself."""

    theme_id: int | None = points_to("theme.id", null=True)
    recommendation_id: int | None = points_to("recommendation.id", null=True)
    action_id: int | None = points_to("action.id", null=True)
    kpi_id: int | None = points_to("kpi.id", null=True)
    risk_id: int | None = points_to("risk.id", null=True)
    check_id: int | None = points_to("assurance_check.id", null=True)


def one_item(*, or_plan: bool) -> CheckConstraint:
    """At most one column of the arc is set; exactly one where the plan itself will not do."""
    columns = "theme_id, recommendation_id, action_id, kpi_id, risk_id, check_id"
    return CheckConstraint(f"num_nonnulls({columns}) {'<=' if or_plan else '='} 1", name="one_item")


__all__ = [
    "AboutItem",
    "Column",
    "Decimal",
    "InPlan",
    "OneOf",
    "Table",
    "Versioned",
    "constrain_enumerations",
    "date",
    "datetime",
    "datetime_tz",
    "day",
    "flag",
    "key",
    "key_of",
    "line",
    "moment",
    "number",
    "one_item",
    "pointer",
    "points_to",
    "texts",
    "unique_ref",
    "whole",
    "word",
]
