"""Who signs in to the samples: one person per role, with passwords that everybody may know.

They exist only where samples are loaded, and sample mode listens on loopback only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.acting import act_as
from api.auth.permissions import Permission
from api.auth.service import create_integration, create_user
from api.core.context import Context
from api.people.members import add_deputy, add_member
from api.people.schemas import DeputyCreate, GivenKind, GivenWrite, MemberCreate, TeamCreate
from api.people.service import create_team
from api.vocabulary import Role

DOMAIN = "northmoor.example"
CLIENT_ID = "northmoor-case-system"
CLIENT_SECRET = "northmoor-sample-secret-for-trying-out-only"  # noqa: S105 - published on purpose
TEAM = "northmoor-participation"


@dataclass(frozen=True)
class Person:
    """A user of the samples. Only those with a ``number`` can sign in."""

    role: Role
    name: str
    mailbox: str
    number: int | None = None
    party: str | None = None
    """The party of the live plan it is tied to."""
    given: tuple[tuple[GivenKind, str], ...] = ()
    """What a limited reader was given of the live plan."""
    days: int | None = field(default=None)
    """Days from loading after which the role in the live plan ends."""

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{DOMAIN}"

    @property
    def password(self) -> str | None:
        return None if self.number is None else f"turnstone-sample-{self.number}"


_REC, _KPI = GivenKind.RECOMMENDATION, GivenKind.KPI

PEOPLE = (
    Person(Role.ADMIN, "Service administrator", "admin", 1),
    Person(Role.PROGRAMME_MANAGER, "Programme manager", "programme-manager", 2),
    Person(Role.PERFORMANCE_OFFICER, "Performance officer", "performance-officer", 3),
    Person(Role.ACTION_LEAD, "Head of service, help and protection", "action-lead", 4, "hos-help-protection"),
    Person(Role.SENIOR_LEADER, "Assistant director, safeguarding", "senior-leader", 5, "ad-safeguarding"),
    Person(Role.BOARD_MEMBER, "Independent chair of the improvement board", "board-member", 6),
    Person(Role.INTERNAL_AUDITOR, "Internal auditor", "internal-auditor", 7),
    Person(
        Role.INSPECTOR,
        "Visiting inspector",
        "inspector",
        8,
        given=((_REC, "1"), (_REC, "2"), (_REC, "3"), (_KPI, "K10"), (_KPI, "K11"), (_KPI, "K12")),
        days=60,
    ),
    Person(
        Role.PARTNER,
        "Named nurse for children in care",
        "partner",
        9,
        "named-nurse",
        given=((_REC, "7"), (_KPI, "K19"), (_KPI, "K23")),
    ),
    Person(Role.ACTION_LEAD, "Head of service, children in care", "head-of-care", party="hos-care"),
    Person(Role.ACTION_LEAD, "Participation worker", "participation-worker"),
    Person(Role.ACTION_LEAD, "Children's rights officer", "rights-officer"),
)

_TEAM_OF = ("participation-worker", "rights-officer")
_AWAY, _STANDS_IN = "head-of-care", "action-lead"


def email_of(mailbox: str) -> str:
    return f"{mailbox}@{DOMAIN}"


def sign_ins_by_role() -> dict[str, dict[str, str]]:
    """The published sign-ins, one for each role, and the integration's client id and secret."""
    found = {
        person.role.value: {"name": person.name, "email": person.email, "password": person.password}
        for person in PEOPLE
        if person.password is not None
    }
    system = {"name": "Northmoor case system", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return found | {Role.INTEGRATION.value: system}


def printed_sign_ins() -> str:
    """The same as lines of text, in columns."""
    found = sign_ins_by_role()
    system = found.pop(Role.INTEGRATION.value)
    role = max(len(name) for name in found)
    email = max(len(one["email"]) for one in found.values())
    lines = ["Sample sign-ins, one for each role:"]
    lines += [f"  {name:<{role}}  {one['email']:<{email}}  {one['password']}" for name, one in found.items()]
    lines += ["Sample integration:"]
    lines += [f"  {'client id':<{role}}  {system['client_id']}"]
    lines += [f"  {'client secret':<{role}}  {system['client_secret']}"]
    return "\n".join(lines)


async def create_people(ctx: Context) -> None:
    """The accounts, the participation team and the integration; nothing where they exist already."""
    if await user_ids(ctx.session):
        return
    for person in PEOPLE:
        await create_user(
            ctx.session,
            email=person.email,
            name=person.name,
            password=person.password,
            is_admin=person.role is Role.ADMIN,
        )
    members: list[int | str] = [email_of(mailbox) for mailbox in _TEAM_OF]
    await create_team(ctx, TeamCreate(ref=TEAM, name="Northmoor participation team", members=members))
    await create_integration(
        ctx.session,
        client_id=CLIENT_ID,
        name="Northmoor case system",
        scopes=[Permission.PLAN_READ, Permission.MEASUREMENT_WRITE],
        secret=CLIENT_SECRET,
    )


async def user_ids(session: AsyncSession) -> dict[str, int]:
    """Account ids by mailbox."""
    found = await session.execute(
        text("select email, id from user_account where email = any(:emails)"),
        {"emails": [person.email for person in PEOPLE]},
    )
    return {email.partition("@")[0]: user_id for email, user_id in found}


async def join_closed_plan(ctx: Context) -> None:
    """Everybody may look at a closed sample, in the role they have in the live plan."""
    for person in PEOPLE:
        if person.role is not Role.ADMIN:
            await add_member(ctx, MemberCreate(who=person.email, role=person.role))


async def join_live_plan(ctx: Context, today: date) -> None:
    """Memberships with what limited readers were given, parties tied to people, a team and a deputy."""
    ids = await user_ids(ctx.session)
    for person in PEOPLE:
        if person.role is Role.ADMIN:
            continue
        ends_on = today + timedelta(days=person.days) if person.days is not None else None
        given = [GivenWrite(kind=kind, ref=ref) for kind, ref in person.given]
        await add_member(ctx, MemberCreate(who=person.email, role=person.role, ends_on=ends_on, items=given))
        if person.party is not None:
            await _tie(ctx, person.party, "user_id", ids[person.mailbox])
    await add_member(ctx, MemberCreate(client_id=CLIENT_ID, role=Role.INTEGRATION))
    team_id = await ctx.session.scalar(text("select id from team where ref = :ref"), {"ref": TEAM})
    await _tie(ctx, "participation", "team_id", team_id)
    manager = await act_as(ctx.session, ids["programme-manager"], plan=ctx.plan.ref, today=today.isoformat())
    await add_deputy(
        manager,
        DeputyCreate(
            user=email_of(_AWAY),
            deputy=email_of(_STANDS_IN),
            starts_on=today - timedelta(days=7),
            ends_on=today + timedelta(days=90),
        ),
    )
    await act_as(ctx.session, plan=ctx.plan.ref, today=today.isoformat())


async def _tie(ctx: Context, party: str, column: str, to: int) -> None:
    await ctx.session.execute(
        text(f"update party set {column} = :to where plan_id = :plan and ref = :ref"),
        {"to": to, "plan": ctx.plan.id, "ref": party},
    )
