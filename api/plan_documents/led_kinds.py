"""The lists that many kinds of item have: who leads it, and its themes."""

from __future__ import annotations

from api.plan_documents.layout import Child, Link, lay_out
from api.plan_documents.parts.basics import Lead
from api.plan_documents.slots import One
from api.plans import tables as plans

_LEAD = lay_out(Lead, plans.ItemLead, party=One("party", "party_id"))


def leads(owner: str, field: str = "leads") -> Child:
    return Child(
        field,
        _LEAD,
        owner,
        identity=("party_id",),
        named_by="party",
        belongs=lambda row: row["kpi_recommendation_id"] is None,
    )


def leads_of_link(owner: str, copies: dict[str, str]) -> Child:
    """Who leads an item under another one only."""
    return Child("leads", _LEAD, owner, identity=("party_id",), named_by="party", copies=copies)


def themes(owner: str) -> Child:
    return Child("themes", Link("theme", plans.ThemeLink, "tag_id"), owner, identity=("tag_id",))
