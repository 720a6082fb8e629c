"""What the door says, in whole sentences: why a contact is refused, under which article, when it would be allowed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from qingshou.kernel.verdict import Article, Confidence, Reason
from qingshou.law.values import title_of

CHANNELS = {
    "PHONE": pgettext_lazy("channel", "Telephone"),
    "SMS": pgettext_lazy("channel", "Text message"),
    "EMAIL": pgettext_lazy("channel", "E-mail"),
    "POST": pgettext_lazy("channel", "Letter"),
    "VISIT": pgettext_lazy("channel", "Visit"),
    "WECOM": pgettext_lazy("channel", "WeCom"),
    "DINGTALK": pgettext_lazy("channel", "DingTalk"),
    "WHATSAPP": pgettext_lazy("channel", "WhatsApp"),
    "TELEGRAM": pgettext_lazy("channel", "Telegram"),
    "LINE": pgettext_lazy("channel", "LINE"),
}

STOPS = {
    "CEASE": gettext_lazy("Refuses further contact"),
    "CHANNEL": gettext_lazy("Refuses this channel"),
    "DISPUTE": gettext_lazy("Disputes the debt"),
    "COMPLAINT": gettext_lazy("Complaint being looked into"),
    "BANKRUPTCY": gettext_lazy("Bankruptcy"),
    "DEATH": gettext_lazy("The debtor has died"),
    "VULNERABLE": gettext_lazy("Illness or crisis: specialist desk only"),
    "BREATHING_SPACE": gettext_lazy("Breathing space in force"),
    "REPRESENTED": gettext_lazy("An attorney acts: contact the attorney"),
    "MINOR": gettext_lazy("A minor"),
    "HARDSHIP": gettext_lazy("Hardship being assessed"),
    "THIRD_REFUSED": gettext_lazy("This third person asked not to be contacted"),
    "WORKPLACE": gettext_lazy("The employer forbids it"),
}

PARTIES = {
    "DEBTOR": gettext_lazy("The debtor's own"),
    "GUARANTOR": gettext_lazy("A guarantor's"),
    "RELATED": gettext_lazy("Of somebody who owes with the debtor"),
    "THIRD": gettext_lazy("A third person's"),
    "ATTORNEY": gettext_lazy("The attorney's"),
}

PLACES = {
    "MOBILE": pgettext_lazy("place", "Mobile"),
    "HOME": pgettext_lazy("place", "Home"),
    "WORK": pgettext_lazy("place", "Work"),
    "UNKNOWN": pgettext_lazy("place", "Place unknown"),
}

STRUCK = {
    "WRONG_PERSON": gettext_lazy("wrong person"),
    "INVALID": gettext_lazy("not in service"),
    "BOUNCED": gettext_lazy("messages came back"),
    "ASKED": gettext_lazy("asked not to use it"),
}

CONSENTS = {
    "CHANNEL": gettext_lazy("Use of this channel"),
    "HOURS": gettext_lazy("Contact outside the hours"),
    "CALLS": gettext_lazy("More calls than the counters"),
    "WORKPLACE": gettext_lazy("Contact at the workplace"),
    "RECORDING": gettext_lazy("Recording of calls"),
}

# what each counter counts; one that has no words here is shown by its span
COUNTERS = {
    "CONVERSATIONS_A_DAY": gettext_lazy("conversations a day"),
    "DIALS_A_DAY": gettext_lazy("dials of this number a day"),
    "REMINDERS_A_DAY": gettext_lazy("reminders a day"),
    "CONTACTS_A_DAY": gettext_lazy("contacts a day"),
    "CONTACTS_A_DAY_AFTER_DIRECT_CONTACT": gettext_lazy("contacts a day after a conversation"),
    "CALLS_OR_VISITS_A_WEEK": gettext_lazy("calls or visits a week"),
    "OTHER_MEDIA_A_WEEK": gettext_lazy("other messages a week"),
    "CALLS_MOST": gettext_lazy("calls about one debt in the span"),
    "CONTACTS_MOST": gettext_lazy("contacts about one debt in the span"),
    "TEXTS_A_DAY": gettext_lazy("text messages a day"),
    "EMAILS_A_DAY": gettext_lazy("e-mails a day"),
    "LETTERS_A_WEEK": gettext_lazy("letters a week"),
    "VISITS_A_WEEK": gettext_lazy("visits a week"),
    "ALL_A_DAY": gettext_lazy("contacts of any kind a day"),
}

CONFIDENCES = {
    Confidence.READ: gettext_lazy("read in the text"),
    Confidence.SECONDARY: gettext_lazy("from a secondary source"),
    Confidence.UNVERIFIED: gettext_lazy("not verified"),
}

_THIRD_NEVER = {
    "NOT_A_THIRD_PERSON": gettext_lazy("Only a third person is asked how the debtor can be reached."),
    "ONLY_TO_LOCATE": gettext_lazy("A third person may only be asked how the debtor can be reached."),
    "NO_TEXT_ALLOWS": gettext_lazy("No text allows contact with a third person here."),
    "FORBIDDEN": gettext_lazy("Third persons may not be contacted."),
    "ASKED_BEFORE": gettext_lazy("This third person was asked before, and may not be asked again."),
}


def reason_words(reason: Reason) -> str:
    """Return why, as a whole sentence in the language in force; a code without words shows itself."""
    words = _SENTENCES.get(reason.code)
    return words(reason.fields) if words else reason.code


def article_words(article: Article | None) -> str:
    """Return the text and article, and how sure we are of it where it was not read."""
    if article is None:
        return ""
    if article.instrument == "house":
        return _("Rule of the house")
    named = f"{title_of(article.instrument)} {article.article}"
    if article.confidence is Confidence.READ:
        return named
    return f"{named} ({CONFIDENCES[article.confidence]})"


def reason_lines(reasons: Iterable[Reason]) -> tuple[tuple[str, str], ...]:
    """Return each reason once with its articles: two texts that forbid the same are one reason under two articles."""
    said: dict[str, dict[str, None]] = {}
    for one in reasons:
        said.setdefault(reason_words(one), {})[article_words(one.article)] = None
    return tuple((words, " · ".join(article for article in articles if article)) for words, articles in said.items())


def next_words(next_at: datetime | None, zone: str) -> str:
    """Return when it would be allowed, by the debtor's clock."""
    if next_at is None:
        return _("There is no time to come at which it would be allowed as things stand.")
    return _("Allowed again from %(time)s, the debtor's time.") % {"time": local_words(next_at, zone)}


def local_words(at: datetime, zone: str) -> str:
    """Return an instant by a clock: date and minute."""
    return at.astimezone(ZoneInfo(zone) if zone else UTC).strftime("%Y-%m-%d %H:%M")


def counter_words(code: str) -> str:
    """Return what a counter counts."""
    return str(COUNTERS.get(code, code))


def _outside_hours(fields: Mapping[str, Any]) -> str:
    if not fields.get("opens"):
        return _("Closed all day at the debtor's: it is %(clock)s in %(zone)s.") % fields
    return _("It is %(clock)s in %(zone)s; contact is allowed from %(opens)s to %(closes)s.") % fields


def _outside_asked_hours(fields: Mapping[str, Any]) -> str:
    return _("The debtor asked to be contacted from %(opens)s to %(closes)s; it is %(clock)s there.") % fields


def _cap(fields: Mapping[str, Any]) -> str:
    days = int(fields.get("days") or 1)
    counted = {"count": fields.get("count"), "most": fields.get("most"), "what": counter_words(str(fields["counter"]))}
    if days == 1:
        return _("The most allowed is reached: %(count)s of %(most)s %(what)s.") % counted
    return _("The most allowed is reached: %(count)s of %(most)s %(what)s, counted over %(days)s days.") % {
        **counted, "days": days,
    }  # fmt: skip


def _after_conversation(fields: Mapping[str, Any]) -> str:
    days = int(fields["days"])
    return ngettext(
        "The debtor was spoken with: no call for %(days)s day after a conversation.",
        "The debtor was spoken with: no call for %(days)s days after a conversation.",
        days,
    ) % {"days": days}


def _gap(fields: Mapping[str, Any]) -> str:
    return _("Too soon after the last contact: at least %(days)s days must lie between two.") % fields


def _other_channel(fields: Mapping[str, Any]) -> str:
    used = str(fields["used"])
    return _("Only one channel may be used in a week, and this week it was: %(used)s.") % {
        "used": CHANNELS.get(used, used)
    }


def _stopped(fields: Mapping[str, Any]) -> str:
    stop = str(fields["stop"])
    return _("A stop is in force: %(stop)s.") % {"stop": STOPS.get(stop, stop)}


def _channel_refused(fields: Mapping[str, Any]) -> str:
    channel = str(fields.get("channel", ""))
    return _("The debtor refused this channel: %(channel)s.") % {"channel": CHANNELS.get(channel, channel)}


def _no_consent(fields: Mapping[str, Any]) -> str:
    channel = str(fields["channel"])
    named = {"channel": CHANNELS.get(channel, channel), "days": fields.get("days")}
    if fields.get("days"):
        return _("The consent to this channel is older than %(days)s days: %(channel)s.") % named
    return _("This channel needs the debtor's consent, and there is none: %(channel)s.") % named


def _third_not_yet(fields: Mapping[str, Any]) -> str:
    if fields.get("needed") is None:
        return _("A third person may be asked only when the debtor cannot be reached.")
    return (
        _("A third person may be asked only after %(needed)s calls in a row failed; so far %(failed_dials)s.") % fields
    )


def _third_never(fields: Mapping[str, Any]) -> str:
    return str(_THIRD_NEVER.get(str(fields.get("why")), _THIRD_NEVER["FORBIDDEN"]))


def _struck(fields: Mapping[str, Any]) -> str:
    why = str(fields.get("why") or "")
    if not why:
        return _("This number or address is struck.")
    return _("This number or address is struck: %(why)s.") % {"why": STRUCK.get(why, why)}


def _no_point(fields: Mapping[str, Any]) -> str:
    channel = str(fields.get("channel", ""))
    return _("There is no number or address for this channel: %(channel)s.") % {
        "channel": CHANNELS.get(channel, channel)
    }


def _fixed(words: object) -> Callable[[Mapping[str, Any]], str]:
    return lambda _fields: str(words)


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "OUTSIDE_HOURS": _outside_hours,
    "OUTSIDE_ASKED_HOURS": _outside_asked_hours,
    "CAP_REACHED": _cap,
    "HOUSE_LIMIT": _cap,
    "AFTER_CONVERSATION": _after_conversation,
    "GAP": _gap,
    "OTHER_CHANNEL_THIS_WEEK": _other_channel,
    "STOPPED": _stopped,
    "CHANNEL_REFUSED": _channel_refused,
    "NO_CONSENT": _no_consent,
    "THIRD_PERSON_NOT_YET": _third_not_yet,
    "THIRD_PERSON_NEVER": _third_never,
    "NUMBER_STRUCK": _struck,
    "NO_POINT": _no_point,
    "NOT_ASKED_FOR": _fixed(gettext_lazy("A code is sent only to who asked for it a moment ago.")),
    "WORKPLACE": _fixed(gettext_lazy("The employer forbids contact at the workplace.")),
    "MINOR": _fixed(gettext_lazy("The debtor is a minor.")),
    "LAW_NOT_COVERED": _fixed(gettext_lazy("No contact rules are entered for this place and day: nothing is allowed.")),
    "CLOSED_CASE": _fixed(gettext_lazy("Nothing is owed any more: there is nothing to contact the debtor about.")),
}

# short words of each code, for columns and counts
REFUSALS = {
    "OUTSIDE_HOURS": gettext_lazy("Outside the hours"),
    "OUTSIDE_ASKED_HOURS": gettext_lazy("Outside the hours the debtor asked for"),
    "NOT_ASKED_FOR": gettext_lazy("Nobody asked for it just now"),
    "CAP_REACHED": gettext_lazy("Limit of the law reached"),
    "HOUSE_LIMIT": gettext_lazy("Limit of the house reached"),
    "AFTER_CONVERSATION": gettext_lazy("Rest after a conversation"),
    "GAP": gettext_lazy("Too soon after the last contact"),
    "OTHER_CHANNEL_THIS_WEEK": gettext_lazy("Another channel was used this week"),
    "STOPPED": gettext_lazy("A stop is in force"),
    "CHANNEL_REFUSED": gettext_lazy("Channel refused"),
    "NO_CONSENT": gettext_lazy("No consent"),
    "THIRD_PERSON_NOT_YET": gettext_lazy("Third person: not yet"),
    "THIRD_PERSON_NEVER": gettext_lazy("Third person: not allowed"),
    "NUMBER_STRUCK": gettext_lazy("Number or address struck"),
    "NO_POINT": gettext_lazy("No number or address"),
    "WORKPLACE": gettext_lazy("Workplace"),
    "MINOR": gettext_lazy("Minor"),
    "LAW_NOT_COVERED": gettext_lazy("No rules entered"),
    "CLOSED_CASE": gettext_lazy("Nothing owed"),
}
