"""Judging a wording: what it threatens that the lender will not or may not do, whom it tells, and what it leaves out.

Each text is read by the lists of all three languages, so that a text filed under the wrong language is judged all the
same; what must be in it is judged by its own. A denial ("we will not sue") is no threat. The lists find words, not
meaning: a second person reads every version before it is used.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from qingshou.features.contact.templating.word_lists import Rule, all_rules, article_of, denials, word_list
from qingshou.kernel.lender_settings import part_of, unfit
from qingshou.kernel.verdict import Article

ERROR, WARNING, OK = "ERROR", "WARNING", "OK"
WORDS = {
    "ARREST": "Speaks of arrest, police or a crime: owing money is none",
    "VIOLENCE": "Threatens or intimidates",
    "FALSE_AUTHORITY": "Speaks as or for a court, the police or an authority",
    "BLACKLIST": "Threatens with a blacklist, travel, work or family",
    "CREDIT_BUREAU": "Speaks of the credit record: say only what is true and will be done",
    "SHAMING": "Threatens to make the debt public",
    "THIRD_PERSONS": "Threatens to tell or involve family, friends or the employer",
    "NEW_DEBT": "Pushes to borrow or sell in order to pay",
    "FALSE_URGENCY": "Presses with a deadline that does not exist",
    "OR_ELSE": "Reads as a threat: say what you offer instead",
    "LEGAL": "Speaks of legal steps though none has been decided",
    "VISIT": "Announces a visit: only where one is planned and allowed",
    "INSULT": "Insults",
    "EXTRA_FEES": "Asks for fees the contract and the law do not give",
    "MISLEADING": "Promises what nobody can give",
    "IMPOLITE": "The debtor is addressed formally",
    "SHOUTING": "Shouts",
    "OWN_WORD": "A word this lender does not use",
    "TELLS_OF_DEBT": "Tells somebody else of the debt",
    "SUBJECT_TELLS_OF_DEBT": "The subject line tells of the debt: others may see it",
    "LENDER_MISSING": "Does not say who writes",
    "OPT_OUT_MISSING": "Does not say how to opt out",
    "MINI_MIRANDA_MISSING": "Lacks the notice of a debt collector",
    "NO_WAY_TO_ANSWER": "Gives no telephone number to answer to",
    "SUBJECT_MISSING": "Has no subject",
}

# templates that go to somebody who is not, or may not be, the debtor
TO_OTHERS = frozenset({"WRONG_PERSON_SORRY"})
# templates after which nothing more comes: there is nothing to opt out of
LAST_WORDS = frozenset({"OPT_OUT_CONFIRMED", "WRONG_PERSON_SORRY"})
# codes the debtor asked for a moment ago: answers, of which nobody opts out
ASKED_FOR = frozenset({"PLAN_CODE", "PORTAL_CODE"})
_PERSONAL_OF_DEBT = re.compile(
    r"\{(?:debtor_name|loan_ref_tail|amount_due|due_date|overdue_days|next_amount|next_due_date|promise_amount"
    r"|promise_date|paid_amount|paid_date|case_number|pay_link)\}"
)
_LIST_GAP_MAX = 60  # characters between two things of one list
_OPT_OUT_CHANNELS = frozenset({"SMS", "SOCIAL", "WECOM", "DINGTALK", "WHATSAPP", "TELEGRAM", "LINE"})


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a lender adds to the lists, and what it takes the edge off: an allowed error becomes a warning."""

    extra: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: where (characters from, to; None where something is missing), what, and under which article."""

    code: str
    level: str
    place: tuple[int, int] | None = None
    part: str = "body"
    matched: str = ""
    article: Article | None = None
    words: str = field(default="", compare=False)

    @property
    def is_error(self) -> bool:
        """Whether it stands in the way of approval."""
        return self.level == ERROR


def judge_wording(
    text: str,
    *,
    language: str,
    channel: str,
    code: str = "",
    subject: str = "",
    jurisdiction: str = "china",
    own: OwnWords | None = None,
    is_collector: bool = True,
) -> list[Finding]:
    """Return everything found in a template's wording, errors first, then in the order of the text.

    Takes   code          of the template: LEGAL_... is used once a claim is at law; WRONG_PERSON_SORRY goes to others
            own           the lender's additions
            is_collector  in the United States: a debt collector, not a creditor in its own name
    """
    own = own or OwnWords()
    found: list[Finding] = []
    for part, given in (("subject", subject), ("body", text)):
        found += _forbidden(given, part, is_legal=code.startswith("LEGAL_"), jurisdiction=jurisdiction, own=own)
    found += _told(text, subject, code=code, channel=channel, language=language, jurisdiction=jurisdiction)
    found += _missing(text, subject, code=code, channel=channel, language=language, jurisdiction=jurisdiction,
                      is_collector=is_collector)  # fmt: skip
    return sorted(found, key=lambda one: (one.level != ERROR, one.part == "body", one.place or (1 << 30, 0)))


def own_words_of(settings: Mapping[str, Any], language: str) -> OwnWords:
    """Return a lender's own words for a language out of its settings ("contact_words"); stops with SettingsUnfit."""
    kept = part_of(settings, "contact_words", language)
    for name in kept:
        words = kept[name]
        if name not in ("extra", "allowed") or not (isinstance(words, list | tuple) and all(map(_is_text, words))):
            raise unfit(f"contact_words.{language}", "lists of words under `extra` and `allowed` are expected")
    return OwnWords(tuple(kept.get("extra", ())), tuple(kept.get("allowed", ())))


def _is_text(word: object) -> bool:
    return isinstance(word, str)


def _forbidden(given: str, part: str, *, is_legal: bool, jurisdiction: str, own: OwnWords) -> Iterator[Finding]:
    text = _Folded(given)
    allowed = [folded for word in own.allowed if (folded := _Folded(word).text.strip())]
    seen: set[tuple[str, int, int]] = set()
    for rule, begin, end in _matches(text.text):
        level = rule.legal_stage if is_legal else rule.level
        place = text.place(begin, end)
        if level == OK or (rule.code, *place) in seen:
            continue
        seen.add((rule.code, *place))
        if level == ERROR and any(word in text.text[begin:end] for word in allowed):
            level = WARNING
        yield _finding(rule.code, level, jurisdiction, place=place, part=part, matched=given[slice(*place)])
    for word in own.extra:
        bare = _Folded(word).text.strip()
        for found in re.finditer(re.escape(bare), text.text) if bare else ():
            place = text.place(*found.span())
            yield _finding("OWN_WORD", ERROR, jurisdiction, place=place, part=part, matched=given[slice(*place)])


def _matches(text: str) -> Iterator[tuple[Rule, int, int]]:
    """Give what the rules find and nobody denies; a list of denied things is denied to its end."""
    raw = sorted(
        ((found.start(), found.end(), rule) for rule in all_rules() for found in rule.pattern.finditer(text)),
        key=lambda one: one[:2],
    )
    denied = denials()
    denied_to = -1
    for begin, end, rule in raw:
        if rule.allow is not None and any(a.start() <= begin and end <= a.end() for a in rule.allow.finditer(text)):
            continue
        is_near = 0 <= begin - denied_to <= _LIST_GAP_MAX
        joined = denied_to >= 0 and (begin < denied_to or (is_near and denied.on.fullmatch(text, denied_to, begin)))
        if joined or denied.before.search(text[max(0, begin - _LIST_GAP_MAX) : begin]):
            denied_to = max(denied_to, end)
            continue
        yield rule, begin, end


def _told(text: str, subject: str, *, code: str, channel: str, language: str, jurisdiction: str) -> Iterator[Finding]:
    debt = word_list(language).debt_words
    if code in TO_OTHERS:
        for part, given in (("subject", subject), ("body", text)):
            folded = _Folded(given)
            spans = [folded.place(*found.span()) for found in debt.finditer(_without_names(folded.text))]
            spans += [found.span() for found in _PERSONAL_OF_DEBT.finditer(given)]
            for place in spans:
                yield _finding(
                    "TELLS_OF_DEBT", ERROR, jurisdiction, place=place, part=part, matched=given[slice(*place)]
                )
    elif channel in ("EMAIL", "POST"):
        folded = _Folded(subject)
        found = debt.search(_without_names(folded.text)) or re.search(r"\{(?:amount_due|overdue_days)\}", folded.text)
        if found:
            place = folded.place(*found.span())
            yield _finding("SUBJECT_TELLS_OF_DEBT", WARNING, jurisdiction, place=place, part="subject",
                           matched=subject[slice(*place)])  # fmt: skip


def _missing(
    text: str, subject: str, *, code: str, channel: str, language: str, jurisdiction: str, is_collector: bool
) -> Iterator[Finding]:
    known, folded = word_list(language), _Folded(text).text
    if "{lender_name}" not in text:
        yield _finding("LENDER_MISSING", ERROR, jurisdiction)
    if channel in ("EMAIL", "POST") and not subject.strip():
        yield _finding("SUBJECT_MISSING", ERROR, jurisdiction, part="subject")
    if code in LAST_WORDS:
        return
    may_opt_out = code not in ASKED_FOR
    if may_opt_out and not known.opt_out.search(folded) and (channel in _OPT_OUT_CHANNELS or channel == "EMAIL"):
        must = channel in _OPT_OUT_CHANNELS or jurisdiction == "us"
        yield _finding("OPT_OUT_MISSING", ERROR if must else WARNING, jurisdiction)
    if jurisdiction == "us" and is_collector and not known.mini_miranda.search(folded):
        yield _finding("MINI_MIRANDA_MISSING", ERROR, jurisdiction)
    if "{contact_phone}" not in text:
        yield _finding("NO_WAY_TO_ANSWER", WARNING, jurisdiction)


def _finding(
    code: str, level: str, jurisdiction: str, *, place: tuple[int, int] | None = None, part: str = "body",
    matched: str = "",
) -> Finding:  # fmt: skip
    return Finding(code, level, place, part, matched, article_of(code, jurisdiction), WORDS[code])


def _without_names(text: str) -> str:
    """Blank the names of variables: {loan_ref_tail} is no word of the text."""
    return re.sub(r"\{[a-z_]+\}", lambda name: " " * len(name.group()), text)


class _Folded:
    """A text as the patterns read it, and where each of its characters stood.

    Half-width, lower case; no invisible characters; no spaces or dots between Chinese characters (坐 牢, 坐·牢); single
    spaces elsewhere.
    """

    def __init__(self, given: str) -> None:
        kept: list[str] = []
        self._from: list[int] = []
        for at, character in enumerate(given):
            if unicodedata.category(character) in ("Cf", "Cc", "Mn") and character not in "\n\t":
                continue
            for one in unicodedata.normalize("NFKC", character).lower():
                kept.append("'" if one == "’" else one)
                self._from.append(at)
        text = "".join(kept)
        drop = {at for found in _FILLERS.finditer(text) for at in range(*found.span())}
        drop |= {at for found in _SPACES.finditer(text) for at in range(found.start() + 1, found.end())}
        self._from = [at for place, at in enumerate(self._from) if place not in drop]
        self.text = "".join(" " if one in "\n\t" else one for place, one in enumerate(text) if place not in drop)

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Return where a stretch stood in the text as given."""
        return self._from[begin], self._from[end - 1] + 1


_HAN = r"[\u3400-\u9fff]"
_FILLERS = re.compile(rf"(?<={_HAN})[ \t·•*_\-.~^|/\\]+(?={_HAN})")
_SPACES = re.compile(r"[ \t\n]{2,}")
