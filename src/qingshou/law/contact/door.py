"""The front door to contact law: all that binds contact with a person, by place, part of it, and date."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Article
from qingshou.law.contact.regions import region_code
from qingshou.law.contact.shape import ContactLaw
from qingshou.law.contact.terms import Stop
from qingshou.law.contact.texts import TEXTS, Text
from qingshou.law.values import not_covered

COLLECTOR_KINDS = ("COLLECTOR", "CREDITOR")
DRAFTS = frozenset(text.law.id for text in TEXTS if text.is_draft)
NO_DRAFTS: frozenset[str] = frozenset()


def contact_law(
    *,
    jurisdiction: str,
    region: str = "",
    on: date,
    collector_kind: str = "COLLECTOR",
    drafts: frozenset[str] = NO_DRAFTS,
) -> ContactLaw:
    """Return all that binds contact in a place on a date; every text of it applies, the judge takes the stricter.

    Takes   jurisdiction    one of places()
            region          part of it, code or name; '' when not known. A name that is none of the place's parts
                            is judged by the texts of all its parts: nobody is contacted too early over a misspelling
            on              the person's local date
            collector_kind  COLLECTOR (a third party collects) or CREDITOR (in its own name): Regulation F binds
                            the first only
            drafts          drafts that apply although they are not law, by id
    Gives   ContactLaw      hours, counters, rests, third persons, what each stop rests on, texts without numbers
    Stops   BadInput        unknown place, kind or draft
            NotCovered      no text of the place is entered for the date
    """
    return _contact_law(jurisdiction, region, on, collector_kind, drafts)


def places() -> tuple[str, ...]:
    """Return the jurisdictions with contact rules, in the order of their names."""
    return tuple(sorted({text.law.jurisdiction for text in TEXTS}))


def regions(jurisdiction: str) -> tuple[str, ...]:
    """Return the parts of a place that have texts of their own."""
    return tuple(sorted({one.region for one in _of_place(jurisdiction) if one.region}))


@lru_cache(maxsize=8192)
def _contact_law(jurisdiction: str, region: str, on: date, collector_kind: str, drafts: frozenset[str]) -> ContactLaw:
    texts = _of_place(jurisdiction)
    if collector_kind not in COLLECTOR_KINDS:
        raise BadInput(f"'{collector_kind[:20]}' is no kind of collector: use one of {', '.join(COLLECTOR_KINDS)}.")
    if unknown := sorted(drafts - DRAFTS):
        raise BadInput(f"No draft '{unknown[0][:40]}' is entered: use one of {', '.join(sorted(DRAFTS))}.")
    whole = [one for one in texts if not (one.region or one.is_draft or one.is_aside)]
    if not any(on in one.law.in_force for one in whole):
        raise not_covered(f"contact in {jurisdiction}", on, [one.law.in_force for one in whole])
    code = region_code(jurisdiction, region)
    applying = [
        one
        for one in texts
        if on in one.law.in_force
        and (not one.region or code is None or one.region == code)
        and not (one.is_draft and one.law.id not in drafts)
        and not (one.collectors_only and collector_kind == "CREDITOR")
    ]
    return merged(jurisdiction, on, (one.contact(on) for one in applying))


def merged(place: str, on: date, laws: Iterable[ContactLaw]) -> ContactLaw:
    """Put several texts together: everything of each applies; a stop rests on the first text that gives it."""
    found = list(laws)
    stops: dict[Stop, Article] = {}
    for one in reversed(found):
        stops |= one.stops
    texting = [one for one in found if one.text_consent_days is not None]
    return ContactLaw(
        place=place,
        on=on,
        hours=tuple(item for one in found for item in one.hours),
        caps=tuple(item for one in found for item in one.caps),
        quiets=tuple(item for one in found for item in one.quiets),
        gaps=tuple(item for one in found for item in one.gaps),
        one_channel=tuple(item for one in found for item in one.one_channel),
        third_persons=tuple(item for one in found for item in one.third_persons),
        stops=stops,
        notes=tuple(item for one in found for item in one.notes),
        text_consent_days=min((one.text_consent_days or 0 for one in texting), default=None),
        text_consent_article=texting[0].text_consent_article if texting else None,
    )


def _of_place(jurisdiction: str) -> list[Text]:
    # The whole place's texts first, then its parts': reasons are given in that order.
    texts = sorted((one for one in TEXTS if one.law.jurisdiction == jurisdiction), key=lambda one: bool(one.region))
    if not texts:
        raise BadInput(f"No contact rules are entered for '{jurisdiction[:40]}': use one of {', '.join(places())}.")
    return texts
