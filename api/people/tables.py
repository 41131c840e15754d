"""Who may do what: principals, users, teams, memberships, deputies and integrations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import SQLModel

from api import vocabulary as terms
from api.core import tables as t


class PrincipalKind(StrEnum):
    USER = "user"
    INTEGRATION = "integration"
    SYSTEM = "system"


class Principal(SQLModel, table=True):
    """Whoever acts: the one id that sessions, policies and the change record know."""

    __tablename__ = "principal"

    id: int | None = t.key()
    kind: PrincipalKind = t.word(PrincipalKind)
    name: str = t.line(null=False)
    """Shown wherever who-did-what is shown; kept when the account is disabled."""


class UserAccount(t.Versioned, table=True):
    """A person who signs in. ``id`` is its principal's. Disabled, never deleted."""

    __tablename__ = "user_account"
    __table_args__ = (Index("uq_user_account_email", text("lower(email)"), unique=True),)

    id: int = t.key_of("principal.id")
    email: str = t.line(null=False)
    name: str = t.line(null=False)
    is_admin: bool = t.flag()
    disabled_at: datetime | None = t.moment(null=True, now=False)


class Team(t.Versioned, table=True):
    """A group of users; a party may be tied to it, and then all its members lead."""

    __tablename__ = "team"
    __table_args__ = (Index("uq_team_ref", text("lower(ref)"), unique=True),)

    id: int | None = t.key()
    ref: str = t.line(null=False)
    name: str = t.line(null=False)


class TeamMember(SQLModel, table=True):
    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "user_id"),)

    id: int | None = t.key()
    team_id: int = t.points_to("team.id")
    user_id: int = t.points_to("user_account.id")


class Integration(t.Versioned, table=True):
    """A system that pushes or pulls. ``id`` is its principal's; secrets are kept apart, hashed."""

    __tablename__ = "integration"
    __table_args__ = (Index("uq_integration_client_id", text("client_id"), unique=True),)

    id: int = t.key_of("principal.id")
    client_id: str = t.line(null=False)
    name: str = t.line(null=False)
    scopes: list[str] = t.texts()
    """Permissions it may use at most, as in ``api.auth.permissions``."""
    disabled_at: datetime | None = t.moment(null=True, now=False)


class Membership(t.InPlan, table=True):
    """A role held by a principal in one plan, perhaps until a date."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("plan_id", "principal_id", "role"),
        # Held over the whole service, on the account: never by way of one plan.
        CheckConstraint("role <> 'admin'", name="not_admin"),
    )

    principal_id: int = t.points_to("principal.id")
    role: terms.Role = t.word(terms.Role)
    ends_on: date | None = t.day()


class MembershipItem(t.InPlan, t.AboutItem, table=True):
    """What an inspector or partner was given, or the KPIs an integration may push."""

    __tablename__ = "membership_item"
    __table_args__ = (t.one_item(or_plan=False),)

    membership_id: int = t.points_to("membership.id")


class Deputy(t.InPlan, table=True):
    """``deputy_id`` may do in this plan what ``user_id`` leads, between two dates."""

    __tablename__ = "deputy"
    __table_args__ = (
        UniqueConstraint("plan_id", "user_id", "deputy_id"),
        CheckConstraint("user_id <> deputy_id", name="someone_else"),
    )

    user_id: int = t.points_to("user_account.id")
    deputy_id: int = t.points_to("user_account.id")
    starts_on: date | None = t.day()
    ends_on: date | None = t.day()
