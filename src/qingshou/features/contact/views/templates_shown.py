"""What the pages of templates share: the panel that judges a wording as it is typed, and refusals in words."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from qingshou.access.actors import actor_of
from qingshou.audit.actors import Actor
from qingshou.edges import clock
from qingshou.edges.words import LANGUAGES
from qingshou.features.cases.queries import search_cases
from qingshou.features.cases.views.shown import facts_of
from qingshou.features.contact.phrases.templates import CHANNELS, CODES, FAULTS, FINDINGS, LEVELS, TONES, VARIABLES
from qingshou.features.contact.queries.templates import is_collector, short_parts
from qingshou.features.contact.queries.values import details_of, values_of
from qingshou.features.contact.templating import BadTemplate, MissingValue, TooLong, limit_of, render, variables_in
from qingshou.features.contact.templating.segments import Limit, Segments
from qingshou.features.contact.templating.variables import examples_in
from qingshou.features.contact.templating.wording import Finding, judge_wording, own_words_of
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.queries import current_tenant

LANGUAGE_WORDS = dict(LANGUAGES)
PURPOSE = "TEMPLATE_PREVIEW"


@dataclass(frozen=True, slots=True)
class Wording:
    """A wording as it stands in a form or a version."""

    code: str
    channel: str
    language: str
    tone: str
    subject: str
    body: str

    @classmethod
    def of_form(cls, request: HttpRequest) -> "Wording":
        """Read what a form holds."""
        given = {name: request.POST.get(name, "") for name in ("code", "channel", "language", "tone", "subject")}
        return cls(**given, body=request.POST.get("body", "").replace("\r\n", "\n"))

    @classmethod
    def of_version(cls, version: Any) -> "Wording":
        """Read a kept version."""
        of = version.template
        return cls(of.code, of.channel, of.language, of.tone, version.subject, version.body)


@dataclass(slots=True)
class Panel:
    """What is said of a wording: its length and parts, what is found in it, and how it would read."""

    wording: Wording
    limit: Limit
    length: int
    over: int
    problem: str = ""
    findings: list[Finding] = field(default_factory=list)
    subject: str = ""
    body: str = ""
    case_number: str = ""
    case_problem: str = ""
    parts: Segments | None = None
    pieces: list[tuple[str, str]] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many findings stand in the way."""
        return sum(1 for one in self.findings if one.is_error)

    @property
    def is_many_parts(self) -> bool:
        """Whether a short message takes more than two parts."""
        return self.parts is not None and self.parts.count > 2

    def words_of(self) -> list[dict[str, Any]]:
        """Return the findings with their words."""
        return [
            {
                "finding": one,
                "words": FINDINGS[one.code],
                "level": LEVELS[one.level],
                "is_unverified": one.article is not None and one.article.confidence == "unverified",
            }
            for one in self.findings
        ]


def panel(request: HttpRequest, wording: Wording, case_number: str = "") -> Panel:
    """Judge a wording and show how it would read: for a case by its number, else with example values."""
    tenant = current_tenant()
    limit = limit_of(wording.channel)
    length = len(wording.body.encode()) if limit.is_bytes else len(wording.body)
    made = Panel(wording, limit, length, limit.over(wording.body), case_number=case_number.strip()[:40])
    made.findings = judge_wording(
        wording.body, language=wording.language, channel=wording.channel, code=wording.code, subject=wording.subject,
        jurisdiction=tenant.jurisdiction, own=own_words_of(tenant.settings, wording.language),
        is_collector=is_collector(tenant),
    )  # fmt: skip
    made.pieces = _marked(wording.body, made.findings)
    values = _values(request, made, tenant)
    try:
        variables_in(wording.body)
        made.subject = render(wording.subject, values, one_line=True)
        made.body = render(wording.body, values)
    except (BadTemplate, MissingValue, TooLong) as refusal:
        made.problem = refusal_words(refusal)
    else:
        if wording.channel == "SMS":
            made.parts = short_parts(made.body, tenant=tenant)
    return made


def refusal_words(refusal: QingshouError) -> str:
    """Return why something about a wording was refused, in the reader's language."""
    fields: Any = refusal.fields
    if isinstance(refusal, BadTemplate):
        return _("Line %(line)s, character %(column)s: %(why)s") % {
            "line": fields["line"], "column": fields["column"], "why": FAULTS[fields["fault"]],
        }  # fmt: skip
    if isinstance(refusal, MissingValue):
        names = ", ".join(str(VARIABLES[name]) for name in fields["variables"])
        return _("Not known for this case, so this wording would not be sent to this debtor: %(names)s.") % {
            "names": names
        }
    if isinstance(refusal, TooLong):
        return _("The message would be too long: shorten the wording.")
    return _(refusal.message)


def who(request: HttpRequest) -> Actor:
    """Return who acts."""
    user: Any = request.user
    return actor_of(user)


def words() -> dict[str, Any]:
    """Return the words that every page of templates needs."""
    return {
        "codes": CODES, "channels": CHANNELS, "tones": TONES, "languages_by_code": LANGUAGE_WORDS,
        "variables": list(VARIABLES.items()),
    }  # fmt: skip


def name_of(wording: Wording) -> str:
    """Return what people call a template."""
    parts = (
        CODES.get(wording.code, wording.code), CHANNELS.get(wording.channel, wording.channel),
        LANGUAGE_WORDS.get(wording.language, wording.language), TONES.get(wording.tone, wording.tone),
    )  # fmt: skip
    return " · ".join(str(part) for part in parts)


def _values(request: HttpRequest, made: Panel, tenant: Any) -> dict[str, str]:
    """Return the values of the case asked for, masked by the reader's role; else examples with the lender's details."""
    user: Any = request.user
    if made.case_number:
        found = [case for case in search_cases(text=made.case_number, with_people=False)
                 if case.number == made.case_number]  # fmt: skip
        if found and user.has_perm("cases.view", facts_of(found[0])):
            got = values_of(
                case_ids=[found[0].id], now=clock.now(), reader=who(request), role=user.role, purpose=PURPOSE
            )
            return got[found[0].id]
        made.case_problem = _("There is no case of this number, or it is not yours to see.")
    kept = {name: text for name, text in details_of(tenant).items() if text}
    has_notice = tenant.jurisdiction == "us" and is_collector(tenant)
    notice = {} if has_notice else {"collector_notice": ""}
    return examples_in(made.wording.language) | {"lender_name": tenant.name} | kept | notice


def _marked(body: str, findings: list[Finding]) -> list[tuple[str, str]]:
    """Cut a text into stretches with the level of what is found there ('' for nothing); errors cover warnings."""
    levels = [""] * len(body)
    for one in sorted(findings, key=lambda found: found.is_error):
        if one.part == "body" and one.place:
            levels[slice(*one.place)] = [one.level] * (one.place[1] - one.place[0])
    pieces: list[tuple[str, str]] = []
    for character, level in zip(body, levels, strict=True):
        if pieces and pieces[-1][1] == level:
            pieces[-1] = (pieces[-1][0] + character, level)
        else:
            pieces.append((character, level))
    return pieces
