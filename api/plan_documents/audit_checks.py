"""What makes the audits of a merged document wrong, by the very rules that audits recorded here obey.

Only what the document adds or changes is looked at: what is held was found good before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import ValidationError

from api.audits.editions import Edition, domains_wanted
from api.audits.measures import misfits_of_kpi, misfits_of_template
from api.audits.recording import Known, Template, look_at
from api.audits.schemas import AuditCreate
from api.audits.template_schemas import AuditMeasureCreate, AuditTemplateReplace
from api.core.errors import field_error
from api.plan_documents.document import PlanDocument
from api.plan_documents.merging import Merge, Merged
from api.plan_documents.parts.audits import Audit, AuditEdition, AuditMeasure, AuditTemplate
from api.vocabulary import AuditStatistic, PartyKind

Error = dict[str, str]
_TOLD_AS_REFS = frozenset({"unknown_ref", "unknown_edition", "unknown_domain"})


def audit_errors(merged: Merge, held: PlanDocument | None, today: date) -> list[Error]:
    """Pointers are into the merged document."""
    wrong = list(_templates(merged, held))
    if wrong:
        return wrong
    return [*_audits(merged, today), *_measures(merged), *_positions(merged, today)]


def _moves(one: Merged) -> bool:
    return one.held is None or bool(one.fields)


def _templates(merged: Merge, held: PlanDocument | None) -> Iterator[Error]:
    for place, one in enumerate(merged.items["audit_template"]):
        if not _moves(one):
            continue
        template: AuditTemplate = one.item
        here = f"/audit_templates/{place}/editions"
        if [edition.number for edition in template.editions] != list(range(1, len(template.editions) + 1)):
            yield field_error(here, "Editions are numbered from 1, without a gap.", "out_of_order")
        for number, edition in enumerate(template.editions):
            yield from _edition(template, edition, f"{here}/{number}")
        if held is not None and one.held is not None:
            before = {edition.number: edition for edition in held.audit_templates[one.held].editions}
            for number, edition in enumerate(template.editions):
                if before.get(edition.number, edition) != edition:
                    message = "An edition never changes: audits may have been made on it. Add the next one."
                    yield field_error(f"{here}/{number}", message, "edition_fixed")


def _edition(template: AuditTemplate, edition: AuditEdition, pointer: str) -> Iterator[Error]:
    if edition.scale is None and edition.bands:
        yield field_error(f"{pointer}/bands", "Bands are stretches of a scale; say which.", "says_nothing")
        return
    try:
        _as_sent(template, edition)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            yield field_error(pointer, one["msg"], "wrong_edition")


def _as_sent(template: AuditTemplate, edition: AuditEdition) -> AuditTemplateReplace:
    """The edition as if somebody made it on screen. Raises ValidationError."""
    scale = edition.scale.model_dump() if edition.scale else None
    if scale is not None:
        scale["bands"] = [band.model_dump() for band in edition.bands]
    return AuditTemplateReplace.model_validate(
        {
            "title": template.title,
            "domains": [domain.model_dump() for domain in edition.domains],
            "scale": scale,
            "moderation_expected": edition.moderation_expected,
        }
    )


def _known(merged: Merge, today: date) -> Known:
    """What audits may name. Ids are places: nothing is stored by them."""
    templates = {}
    for one in merged.items["audit_template"]:
        editions = [
            Edition(
                edition.number,
                edition.number,
                edition.moderation_expected,
                dict(enumerate(domains_wanted(_as_sent(one.item, edition)))),
            )
            for edition in one.item.editions
        ]
        templates[one.item.ref.lower()] = Template(0, one.item.is_enabled, editions)
    parties = {
        one.item.ref.lower(): (place, PartyKind(one.item.kind))
        for place, one in enumerate(merged.items["party"])
    }
    return Known(templates, parties, today)


def _audits(merged: Merge, today: date) -> Iterator[Error]:
    known = _known(merged, today)
    for place, one in enumerate(merged.items["audit"]):
        if not _moves(one):
            continue
        audit: Audit = one.item
        found = look_at(_as_recorded(audit), known, is_new=False)
        for fault in found if isinstance(found, list) else ():
            if fault.code not in _TOLD_AS_REFS:
                pointer = f"/audits/{place}{_pointer(audit, fault.pointer)}"
                yield field_error(pointer, fault.message, fault.code)


def _as_recorded(audit: Audit) -> AuditCreate:
    return AuditCreate.model_construct(
        template=audit.template,
        edition=audit.edition,
        month=audit.month,
        team=audit.team,
        auditor=audit.auditor,
        moderator=audit.moderator,
        scores={mark.domain: mark.before for mark in audit.marks},
        moderated={mark.domain: mark.after for mark in audit.marks if mark.after is not None},
    )


def _pointer(audit: Audit, pointer: str) -> str:
    """Where in a document stands what the rules say of an audit as it is sent."""
    side, _, domain = pointer.removeprefix("/").partition("/")
    if side not in ("scores", "moderated"):
        return pointer
    for place, mark in enumerate(audit.marks):
        if mark.domain.lower() == domain.lower():
            return f"/marks/{place}/{'before' if side == 'scores' else 'after'}"
    return "/marks"


def _measures(merged: Merge) -> Iterator[Error]:
    templates = {one.item.ref.lower(): one for one in merged.items["audit_template"]}
    kpis = {one.item.ref.lower(): one for one in merged.items["kpi"]}
    for place, one in enumerate(merged.items["audit_measure"]):
        measure: AuditMeasure = one.item
        template, kpi = templates.get(measure.template.lower()), kpis.get(measure.kpi.lower())
        if template is None or kpi is None or not (_moves(one) or _moves(template) or _moves(kpi)):
            continue
        new = _as_created(measure)
        domains = domains_wanted(_as_sent(template.item, template.item.editions[-1]))
        for error in [
            *misfits_of_template(new, domains),
            *misfits_of_kpi(new, kpi.item.unit, kpi.item.kind, kpi.item.period_type),
        ]:
            yield error | {"pointer": f"/audit_measures/{place}{error['pointer']}"}


def _as_created(measure: AuditMeasure) -> AuditMeasureCreate:
    """A share names its grades: what "good or better" is by itself stands there in full."""
    needs_grades = measure.statistic is AuditStatistic.SHARE
    return AuditMeasureCreate.model_construct(
        kpi=measure.kpi,
        template=measure.template,
        domain=measure.domain,
        stage=measure.stage,
        statistic=measure.statistic,
        grades=measure.grades if needs_grades else measure.grades or None,
        basis=measure.basis,
    )


def _positions(merged: Merge, today: date) -> Iterator[Error]:
    kinds = {one.item.ref.lower(): one.item.kind for one in merged.items["party"]}
    for place, one in enumerate(merged.items["windscreen_position"]):
        if not _moves(one):
            continue
        here, position = f"/windscreen_positions/{place}", one.item
        if position.party is None and position.judged_by is None:
            yield field_error(here, "Say whose judgement it is: a party, or words.", "says_nothing")
        if position.judged_on > today:
            message = "A judgement cannot be dated after today."
            yield field_error(f"{here}/judged_on", message, "in_future")
        kind = kinds.get((position.party or "").lower())
        if kind is not None and kind not in (PartyKind.PERSON, PartyKind.ROLE):
            message = "A position is one person's judgement; name a person or a role."
            yield field_error(f"{here}/party", message, "no_person")
