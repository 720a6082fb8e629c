"""The codes that contact is spoken of in: by the law, by the door, by every channel. Words are made at the edge."""

from enum import StrEnum


class Channel(StrEnum):
    """A way to reach a person."""

    PHONE = "PHONE"
    SMS = "SMS"
    EMAIL = "EMAIL"
    POST = "POST"
    VISIT = "VISIT"
    WECOM = "WECOM"
    DINGTALK = "DINGTALK"
    WHATSAPP = "WHATSAPP"
    TELEGRAM = "TELEGRAM"
    LINE = "LINE"


SOCIAL = frozenset({Channel.WECOM, Channel.DINGTALK, Channel.WHATSAPP, Channel.TELEGRAM, Channel.LINE})
WRITTEN = frozenset({Channel.SMS, Channel.EMAIL, Channel.POST}) | SOCIAL
SPOKEN = frozenset({Channel.PHONE, Channel.VISIT})
EVERY = frozenset(Channel)


class Party(StrEnum):
    """Who is at the other end, seen from the debt."""

    DEBTOR = "DEBTOR"
    GUARANTOR = "GUARANTOR"
    RELATED = "RELATED"  # 债务相关: owes with the debtor by law, such as a spouse for family debt
    THIRD = "THIRD"  # 债务无关: anybody else
    ATTORNEY = "ATTORNEY"


class Purpose(StrEnum):
    """Why a person is contacted."""

    COLLECT = "COLLECT"  # to remind, to ask for payment, to negotiate
    ANSWER = "ANSWER"  # the person asked for this answer
    SERVICE = "SERVICE"  # a one-time code the person asked for a moment ago, on our own page: no word about payment
    CONFIRM_STOP = "CONFIRM_STOP"  # the one confirmation of a wish to be left alone
    STATUTORY = "STATUTORY"  # a notice that the law requires
    REMEDY = "REMEDY"  # efforts end, or a specified remedy is or may be invoked
    LOCATE = "LOCATE"  # to ask a third person how the debtor can be reached, or to pass a message on


class Place(StrEnum):
    """Where a number or address belongs."""

    MOBILE = "MOBILE"
    HOME = "HOME"
    WORK = "WORK"
    UNKNOWN = "UNKNOWN"


class Stop(StrEnum):
    """What keeps a person from being contacted, whoever asks and about whatever debt."""

    CEASE = "CEASE"  # refuses further contact
    CHANNEL = "CHANNEL"  # refuses one channel (opt-out)
    DISPUTE = "DISPUTE"  # disputes a debt; of one debt or of all
    COMPLAINT = "COMPLAINT"  # a complaint is being looked into
    BANKRUPTCY = "BANKRUPTCY"
    DEATH = "DEATH"
    VULNERABLE = "VULNERABLE"  # illness, crisis: only the specialist desk
    BREATHING_SPACE = "BREATHING_SPACE"  # a moratorium in force
    REPRESENTED = "REPRESENTED"  # an attorney acts: only the attorney
    MINOR = "MINOR"
    HARDSHIP = "HARDSHIP"  # hardship is being assessed, or a pause was agreed
    THIRD_REFUSED = "THIRD_REFUSED"  # a third person asked not to be contacted again
    WORKPLACE = "WORKPLACE"  # the employer is known to prohibit it


class Outcome(StrEnum):
    """How an attempt ended."""

    PENDING = "PENDING"
    CONVERSATION = "CONVERSATION"  # spoke with the person meant
    THIRD_PERSON = "THIRD_PERSON"  # spoke with somebody else
    WRONG_PERSON = "WRONG_PERSON"  # the number is not the debtor's
    DROPPED = "DROPPED"  # answered, then cut before anything was said
    NO_ANSWER = "NO_ANSWER"
    VOICEMAIL_LEFT = "VOICEMAIL_LEFT"
    VOICEMAIL_FULL = "VOICEMAIL_FULL"
    ANNOUNCEMENT = "ANNOUNCEMENT"
    BUSY = "BUSY"
    NOT_IN_SERVICE = "NOT_IN_SERVICE"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    RELEASED = "RELEASED"  # reserved and never made


# the line was never connected to the number dialled
NOT_CONNECTED = frozenset({Outcome.BUSY, Outcome.NOT_IN_SERVICE})
# nobody was reached
UNANSWERED = frozenset({
    Outcome.NO_ANSWER, Outcome.VOICEMAIL_LEFT, Outcome.VOICEMAIL_FULL, Outcome.ANNOUNCEMENT, Outcome.BUSY,
    Outcome.NOT_IN_SERVICE, Outcome.DROPPED,
})  # fmt: skip
