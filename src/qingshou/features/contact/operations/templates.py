"""Writing templates: drafted, changed, asked for, approved by somebody who did not write them, retired.

Every act locks the templates first, in id order; the database allows one approved version a template.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max

from qingshou.approvals.kinds import Decided
from qingshou.approvals.operations import request
from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record, record_many
from qingshou.audit.queries import list_events
from qingshou.features.contact.errors import BadContactInput, NoSuchTemplate, NotNow, WordingRefused
from qingshou.features.contact.models import Template, TemplateVersion
from qingshou.features.contact.queries.templates import KIND_ONE, KIND_SET, SUBJECT, judged
from qingshou.features.contact.templating.rendering import variables_in
from qingshou.features.contact.templating.segments import LIMITS, limit_of
from qingshou.features.contact.templating.starting_set import TONES
from qingshou.features.contact.templating.variables import LANGUAGES
from qingshou.tenancy.queries import current_tenant

PERMISSION = "contact.templates"
SUBJECT_LENGTH_MAX = 200
SET_MAX = 500  # versions that one request may ask for
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}", re.ASCII)
_WRITING = ("TEMPLATE_DRAFTED", "TEMPLATE_CHANGED")
_EVENTS_MAX = 1000


def draft(
    *, code: str, channel: str, language: str, tone: str, body: str, actor: Actor, now: datetime, subject: str = ""
) -> TemplateVersion:
    """Write a new version of a template; the template itself is made where there is none.

    Stops   BadContactInput  an unknown channel, language or tone, or an unfit code
            BadTemplate      the text uses what is no variable, or a brace is not closed
            TooLong          the text is longer than the channel carries
    """
    _check_place(code, channel, language, tone)
    words = _fit(body, subject, channel)
    with transaction.atomic():
        template = _template(code, channel, language, tone, now)
        version = _new_version(template, *words, actor=actor, now=now)
        version.save(force_insert=True)
        _record(version, "TEMPLATE_DRAFTED", actor, now)
    return version


def change_draft(*, version_id: UUID, body: str, actor: Actor, now: datetime, subject: str = "") -> TemplateVersion:
    """Change the words of a draft; stops with NotNow where it is no draft any more, and as `draft`."""
    with transaction.atomic():
        version = _locked(version_id)
        if version.status != "DRAFT":
            raise NotNow("Only a draft can be changed: write a new version.", status=version.status)
        version.subject, version.body = _fit(body, subject, version.template.channel)
        version.document_hash = words_hash(version.subject, version.body)
        version.made_by, version.made_at = actor.name, now
        version.save()
        _record(version, "TEMPLATE_CHANGED", actor, now)
    return version


def ask_approval(*, version_ids: Sequence[UUID], actor: Actor, now: datetime, reason: str) -> UUID:
    """Ask for a second person's consent to one draft, or to several at once.

    Gives   the request's id
    Stops   WordingRefused   a wording has errors; `places` names them
            NotNow           one is no draft
            BadContactInput  none chosen, too many, or two versions of one template
    """
    if not 1 <= len(set(version_ids)) <= SET_MAX:
        raise BadContactInput(f"Choose 1 to {SET_MAX} drafts.")
    with transaction.atomic():
        versions = _locked_many(version_ids)
        if len({version.template_id for version in versions}) < len(versions):
            raise BadContactInput("Two of these are versions of one template: ask for one of them.")
        for version in versions:
            if version.status != "DRAFT":
                raise NotNow("Only a draft can be handed in: one of these is none.", status=version.status)
        _check_wording(versions)
        is_one = len(versions) == 1
        asked = request(
            kind=KIND_ONE if is_one else KIND_SET, subject_kind=SUBJECT if is_one else KIND_SET,
            subject_id=versions[0].id if is_one else uuid4(), subject_label=_label(versions), actor=actor,
            reason=reason, now=now, payload={"versions": [str(version.id) for version in versions]},
        )  # fmt: skip
        TemplateVersion.objects.filter(id__in=[version.id for version in versions]).update(status="PENDING")
        _record_all(versions, "TEMPLATE_ASKED", actor, now, approval=asked.id)
    return asked.id


def use_as_approved(decided: Decided, decider: Actor, now: datetime) -> None:
    """Put the versions a request asked for into use, and retire those in use before; runs in the approval.

    Stops   NotNow          one no longer waits
            WordingRefused  the decider wrote at one of them, or the lists refuse a wording by now
    """
    versions = _locked_many([UUID(one) for one in decided.payload["versions"]])
    for version in versions:
        if version.status != "PENDING":
            raise NotNow("One of these wordings no longer waits for approval.", status=version.status)
    _check_authors(versions, decider)
    _check_wording(versions)
    _put_in_use(versions, decider, now, approval=decided.id)


def let_go(decided: Decided, status: str, actor: Actor, now: datetime) -> None:
    """Reject the versions of a request that was rejected; make them drafts again where it was withdrawn or lapsed."""
    versions = [
        version
        for version in _locked_many([UUID(one) for one in decided.payload["versions"]])
        if version.status == "PENDING"
    ]
    is_rejected = status == "REJECTED"
    TemplateVersion.objects.filter(id__in=[version.id for version in versions]).update(
        status="REJECTED" if is_rejected else "DRAFT"
    )
    action = "TEMPLATE_REJECTED" if is_rejected else "TEMPLATE_RETURNED"
    _record_all(versions, action, actor, now, approval=decided.id)


def retire(*, version_id: UUID, actor: Actor, now: datetime, reason: str) -> TemplateVersion:
    """Take a version out of use, or drop a draft; nothing is sent by it any more.

    Stops   NotNow           it waits for approval (withdraw the request first) or is retired already
            BadContactInput  no reason
    """
    if not reason.strip():
        raise BadContactInput("Say why: the reason is kept.")
    with transaction.atomic():
        version = _locked(version_id)
        if version.status not in ("APPROVED", "DRAFT", "REJECTED"):
            raise NotNow("This version cannot be retired now.", status=version.status)
        version.status = "RETIRED"
        version.save()
        _record(version, "TEMPLATE_RETIRED", actor, now, reason=reason.strip()[:400])
    return version


def _put_in_use(versions: Sequence[TemplateVersion], actor: Actor, now: datetime, **facts: object) -> None:
    """The templates are locked: nobody else puts a version of them into use meanwhile."""
    former = list(
        TemplateVersion.objects.filter(
            template__in=[version.template_id for version in versions], status="APPROVED"
        ).select_related("template")
    )
    TemplateVersion.objects.filter(id__in=[version.id for version in former]).update(status="RETIRED")
    TemplateVersion.objects.filter(id__in=[version.id for version in versions]).update(
        status="APPROVED", approved_by=actor.name, approved_at=now
    )
    _record_all(former, "TEMPLATE_RETIRED", actor, now, **facts)
    _record_all(versions, "TEMPLATE_APPROVED", actor, now, **facts)


def _check_place(code: str, channel: str, language: str, tone: str) -> None:
    if not _CODE.fullmatch(code):
        raise BadContactInput("A template's code has 2 to 40 capital letters, digits and underscores.")
    if channel not in LIMITS:
        raise BadContactInput(f"Templates are written for {', '.join(LIMITS)}.")
    if language not in LANGUAGES:
        raise BadContactInput(f"Templates are written in {', '.join(LANGUAGES)}.")
    if tone not in TONES:
        raise BadContactInput(f"A tone is one of {', '.join(TONES)}.")


def _fit(body: str, subject: str, channel: str) -> tuple[str, str]:
    """Return subject and body as they are kept, once variables and lengths are found fit."""
    said = body.replace("\r\n", "\n").replace("\x00", "").strip()
    title = " ".join(subject.replace("\x00", "").split())
    if not said:
        raise BadContactInput("A wording needs words.")
    if len(title) > SUBJECT_LENGTH_MAX:
        raise BadContactInput(f"A subject has at most {SUBJECT_LENGTH_MAX} characters.")
    variables_in(title)
    variables_in(said)
    over = limit_of(channel).over(said)
    if over:
        raise BadContactInput("The text is too long for this channel: shorten it.", over=over)
    return (title if channel in ("EMAIL", "POST") else ""), said


def _template(code: str, channel: str, language: str, tone: str, now: datetime) -> Template:
    """Return the template, locked; made where there is none, by whoever comes first."""
    place = {"code": code, "channel": channel, "language": language, "tone": tone}
    found = Template.objects.select_for_update(no_key=True).filter(**place).first()
    if found is None:
        try:
            with transaction.atomic():
                return Template.objects.create(**place, made_at=now)
        except IntegrityError:  # somebody made it meanwhile
            return Template.objects.select_for_update(no_key=True).get(**place)
    return found


def _new_version(template: Template, subject: str, body: str, *, actor: Actor, now: datetime) -> TemplateVersion:
    last = TemplateVersion.objects.filter(template=template).aggregate(last=Max("version"))["last"] or 0
    return TemplateVersion(
        template=template, version=last + 1, subject=subject, body=body, made_by=actor.name, made_at=now,
        document_hash=words_hash(subject, body),
    )  # fmt: skip


def _locked(version_id: UUID) -> TemplateVersion:
    return _locked_many([version_id])[0]


def _locked_many(version_ids: Sequence[UUID]) -> list[TemplateVersion]:
    """Return versions with their templates locked, in id order; stops with NoSuchTemplate where one is missing."""
    wanted = set(version_ids)
    template_ids = TemplateVersion.objects.filter(id__in=wanted).values_list("template", flat=True)
    lock_templates(sorted(set(template_ids)))
    found = list(TemplateVersion.objects.select_related("template").filter(id__in=wanted).order_by("id"))
    if len(found) != len(wanted):
        raise NoSuchTemplate("There is no such wording.")
    return found


def lock_templates(template_ids: Sequence[UUID]) -> None:
    """Lock templates in id order until the transaction ends."""
    list(Template.objects.select_for_update(no_key=True).filter(id__in=template_ids).order_by("id").values_list("id"))


def _check_wording(versions: Sequence[TemplateVersion]) -> None:
    tenant = current_tenant()
    places: list[dict[str, Any]] = []
    for version in versions:
        places += [
            {"version": str(version.id), "code": found.code, "part": found.part, "place": found.place}
            for found in judged(version, tenant=tenant)
            if found.is_error
        ]
    if places:
        raise WordingRefused(
            "The wording says what may not be said, or leaves out what must be said: see what is marked.",
            places=places,
        )


def _check_authors(versions: Sequence[TemplateVersion], decider: Actor) -> None:
    for version in versions:
        written = list_events(subject_kind=SUBJECT, subject_id=version.id, limit=_EVENTS_MAX)
        writers = {event.actor_name for event in written if event.action in _WRITING} | {version.made_by}
        if decider.name in writers:
            raise WordingRefused("Whoever wrote at a wording cannot approve it: ask a second person.", own=True)


def _label(versions: Sequence[TemplateVersion]) -> str:
    if len(versions) > 1:
        return f"{len(versions)}"
    of = versions[0].template
    return f"{of.code} {of.channel} {of.language} {of.tone} v{versions[0].version}"[:60]


def words_hash(subject: str, body: str) -> str:
    """Return the hash by which a wording is known."""
    return hashlib.sha256(f"{subject}\x00{body}".encode()).hexdigest()


def version_facts(version: TemplateVersion) -> dict[str, object]:
    """Return what the record says of a version."""
    of = version.template
    return {"template": of.id, "code": of.code, "channel": of.channel, "language": of.language, "tone": of.tone,
            "version": version.version}  # fmt: skip


def _record(version: TemplateVersion, action: str, actor: Actor, now: datetime, **facts: object) -> None:
    record(subject_kind=SUBJECT, subject_id=version.id, action=action, actor=actor, now=now,
           facts=version_facts(version) | facts, document_hash=version.document_hash)  # fmt: skip


def _record_all(versions: Sequence[TemplateVersion], action: str, actor: Actor, now: datetime, **facts: object) -> None:
    entries = [
        Entry(SUBJECT, version.id, action, version_facts(version) | facts, document_hash=version.document_hash)
        for version in versions
    ]
    record_many(entries=entries, actor=actor, now=now)
