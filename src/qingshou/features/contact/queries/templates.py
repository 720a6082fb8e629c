"""Reading templates: which wording is used, which versions there are, what changed between two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from qingshou.approvals.queries import list_requests, list_requests_of
from qingshou.audit.queries import Recorded, list_events
from qingshou.features.contact.errors import NoSuchTemplate
from qingshou.features.contact.models import TemplateVersion
from qingshou.features.contact.templating.segments import Segments, segments_of
from qingshou.features.contact.templating.starting_set import SOCIAL, TONES
from qingshou.features.contact.templating.variables import nearest_language
from qingshou.features.contact.templating.wording import Finding, judge_wording, own_words_of
from qingshou.kernel.lender_settings import part_of
from qingshou.law.contact.terms import SOCIAL as SOCIAL_CHANNELS
from qingshou.tenancy.models import Tenant
from qingshou.tenancy.queries import current_tenant

SUBJECT = "TEMPLATE_VERSION"  # whose record an act on a version is in
KIND_ONE, KIND_SET = "TEMPLATE_VERSION", "TEMPLATE_SET"
CURRENT = ("DRAFT", "PENDING", "APPROVED")
SORTS = {
    "code": ("template__code", "template__language", "template__channel", "template__tone", "-version"),
    "made_at": ("made_at", "id"),
    "approved_at": (F("approved_at").asc(nulls_last=True), "id"),
}
_PENDING_SETS = 50


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """Which versions a list shows; left empty, all that are in use or in work."""

    code: str = ""
    channel: str = ""
    language: str = ""
    tone: str = ""
    status: str = ""
    version_ids: tuple[UUID, ...] | None = None


def language_of_lender(tenant: Tenant) -> str:
    """Return the language a lender writes in where a debtor's is not known: as set, else by its place."""
    chosen = nearest_language(str(part_of(tenant.settings, "contact").get("language", "")))
    by_place = {"china": "zh-hans", "taiwan": "zh-hant", "hongkong": "zh-hant"}
    return chosen or by_place.get(tenant.jurisdiction, "en")


def is_collector(tenant: Tenant) -> bool:
    """Whether the lender collects for others: in the United States it then has a notice to give."""
    return str(part_of(tenant.settings, "contact").get("collector_kind", "COLLECTOR")) == "COLLECTOR"


def approved_version(*, code: str, channel: str, language: str, tone: str) -> TemplateVersion | None:
    """Return the wording to use, with its template; None where none is approved.

    Looked for in this order: the language asked for before the lender's own; within it a wording of the very channel
    before the one for all social channels; within that the tone asked for, then NEUTRAL, then the mildest there is.
    """
    own = language_of_lender(current_tenant())
    languages = list(dict.fromkeys([nearest_language(language) or own, own]))
    channels = [channel, SOCIAL] if channel in {one.value for one in SOCIAL_CHANNELS} else [channel]
    tones = list(dict.fromkeys([tone, "NEUTRAL", *TONES]))
    found = TemplateVersion.objects.select_related("template").filter(
        status="APPROVED", template__code=code, template__channel__in=channels, template__language__in=languages
    )

    def rank(version: TemplateVersion) -> tuple[int, int, int]:
        of = version.template
        return (
            languages.index(of.language),
            channels.index(of.channel),
            tones.index(of.tone) if of.tone in tones else len(tones),
        )

    return min(found, key=rank, default=None)


def list_versions(
    *, filters: TemplateFilter, sort: str = "code", descending: bool = False, limit: int = 50, offset: int = 0
) -> tuple[list[TemplateVersion], int]:
    """Return one page of versions with their templates, and how many there are."""
    rows = _filtered(filters)
    order: Sequence[Any] = SORTS.get(sort, SORTS["code"])
    found = rows.select_related("template").order_by(*order)
    if descending:
        found = found.reverse()
    return list(found[offset : offset + limit]), rows.count()


def count_versions() -> int:
    """Return how many versions there are at all."""
    return TemplateVersion.objects.count()


def list_codes() -> list[str]:
    """Return the codes there are templates of, sorted."""
    return sorted(set(TemplateVersion.objects.values_list("template__code", flat=True).distinct()))


def get_version(*, version_id: UUID) -> TemplateVersion:
    """Return a version with its template; stops with NoSuchTemplate."""
    version = TemplateVersion.objects.select_related("template").filter(id=version_id).first()
    if version is None:
        raise NoSuchTemplate("There is no such wording.")
    return version


def list_history(*, template_id: UUID) -> list[TemplateVersion]:
    """Return every version of a template, newest first."""
    return list(TemplateVersion.objects.select_related("template").filter(template=template_id).order_by("-version"))


def list_acts(*, version_id: UUID, limit: int = 50) -> list[Recorded]:
    """Return what was done to a version, newest first."""
    return list_events(subject_kind=SUBJECT, subject_id=version_id, limit=limit)


def pending_request_of(version: TemplateVersion) -> Any:
    """Return the request a version waits for, alone or in a set; None where it waits for none."""
    if version.status != "PENDING":
        return None
    for asked in list_requests_of(subject_id=version.id):
        if asked.status == "PENDING":
            return asked
    sets, _ = list_requests(status="PENDING", kind=KIND_SET, limit=_PENDING_SETS)
    return next((asked for asked in sets if str(version.id) in asked.payload["versions"]), None)


def versions_asked(*, subject_id: UUID) -> tuple[UUID, ...]:
    """Return the versions a request is about, by the request's subject."""
    asked = list_requests_of(subject_id=subject_id)
    return tuple(UUID(one) for one in asked[0].payload["versions"]) if asked else ()


def judged(version: TemplateVersion, *, tenant: Tenant) -> list[Finding]:
    """Return what is found in a version's wording by the lists and the lender's own words."""
    of = version.template
    return judge_wording(
        version.body, language=of.language, channel=of.channel, code=of.code, subject=version.subject,
        jurisdiction=tenant.jurisdiction, own=own_words_of(tenant.settings, of.language),
        is_collector=is_collector(tenant),
    )  # fmt: skip


def short_parts(text: str, *, tenant: Tenant) -> Segments:
    """Return the parts of a short message as this lender's gateway counts them."""
    return segments_of(text, in_mainland=tenant.jurisdiction == "china")


def _filtered(filters: TemplateFilter) -> QuerySet[TemplateVersion]:
    rows = TemplateVersion.objects.all()
    if filters.version_ids is not None:
        rows = rows.filter(id__in=filters.version_ids)
    elif filters.status:
        rows = rows.filter(status=filters.status)
    else:
        rows = rows.filter(status__in=CURRENT)
    for name in ("code", "channel", "language", "tone"):
        value = getattr(filters, name)
        if value:
            rows = rows.filter(**{f"template__{name}": value})
    return rows
