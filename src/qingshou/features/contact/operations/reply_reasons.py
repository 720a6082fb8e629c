"""A person says what a reply is about, and what follows from it: all of it at once, or nothing."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.operations import set_next_action
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.errors import BadContactInput, NotNow
from qingshou.features.contact.models import Reply
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.contact.operations.points import learn_point, strike_point
from qingshou.features.contact.operations.replies import lock_reply
from qingshou.features.contact.operations.stops import lock_person_of, place_stop
from qingshou.features.contact.phrases.reasons import OF_REPLIES
from qingshou.features.contact.queries.threading import point_of_reply
from qingshou.features.contact.rules.reply_effects import NEXT_ACTIONS, offered
from qingshou.law.contact.terms import Stop

_STOPS = {"STOP_DISPUTE": Stop.DISPUTE, "STOP_VULNERABLE": Stop.VULNERABLE, "STOP_CEASE": Stop.CEASE,
          "STOP_CHANNEL": Stop.CHANNEL}  # fmt: skip


def confirm_reason(*, reply_id: UUID, reason: str, actor: Actor, now: datetime, effects: Collection[str] = ()) -> Reply:
    """Confirm why somebody wrote, once, with the effects the person ticked.

    Takes   reason   a code of phrases.reasons.OF_REPLIES
            effects  codes of rules.reply_effects that are offered for the reason
    Gives   the reply; the number it came from counts as seen to be the debtor's, but for a wrong person
    Stops   NoSuchContact
            NotNow           it was confirmed already, or belongs to no case yet
            BadContactInput  an unknown reason, an effect that is not offered for it, two next actions
    """
    if reason not in OF_REPLIES:
        raise BadContactInput(f"'{reason[:20]}' is no reason of a reply: use one of {', '.join(OF_REPLIES)}.")
    with transaction.atomic():
        borrower_id = Reply.objects.filter(id=reply_id).values_list("borrower_id", flat=True).first()
        if borrower_id is not None:
            lock_person_of(borrower_id, now)  # before the reply, as whoever takes it in
        reply = lock_reply(reply_id)
        if reply.confirmed_at is not None:
            raise NotNow("The reason of this reply was confirmed already.")
        if reply.case_id is None:
            raise NotNow("Assign this reply to a case first.")
        _check(reply, reason, set(effects))
        reply.reason, reply.confirmed_by, reply.confirmed_at = reason, actor.name[:60], now
        reply.save(update_fields=["reason", "confirmed_by", "confirmed_at"])
        point = point_of_reply(reply)
        if point is not None and reason != "WRONG_PERSON" and not point.is_struck:
            learn_point(borrower_id=reply.borrower_id, contact_point_id=point.id, actor=actor, now=now, is_checked=True)
        for effect in sorted(effects):
            _act(reply, effect, actor, now)
        record(subject_kind="CASE", subject_id=reply.case_id, action="REPLY_REASON_CONFIRMED", actor=actor, now=now,
               facts={"reply": reply.id, "reason": reason, "suggested": reply.suggested,
                      "classifier": reply.classifier_version, "effects": sorted(effects)})  # fmt: skip
    return reply


def _check(reply: Reply, reason: str, effects: set[str]) -> None:
    case = get_case(case_id=reply.case_id)
    open_to = offered(reason, has_point=point_of_reply(reply) is not None, is_live=case.closed_on is None)
    unknown = effects - {one.code for one in open_to}
    if unknown:
        raise BadContactInput(f"'{sorted(unknown)[0][:30]}' does not follow from {reason}.")
    if len(effects & NEXT_ACTIONS) > 1:
        raise BadContactInput("Choose one next action.")


def _act(reply: Reply, effect: str, actor: Actor, now: datetime) -> None:
    if effect in _STOPS:
        channel = reply.channel if effect == "STOP_CHANNEL" else ""
        place_stop(borrower_id=reply.borrower_id, kind=_STOPS[effect], channel=channel, actor=actor, now=now,
                   source="REPLY")  # fmt: skip
    elif effect in NEXT_ACTIONS:
        on = working_day(get_case(case_id=reply.case_id), now)
        set_next_action(case_id=reply.case_id, action=effect, due_on=on, actor=actor, on=on, now=now)
    else:
        point = point_of_reply(reply)
        if point is not None:
            strike_point(borrower_id=reply.borrower_id, contact_point_id=point.id, reason="WRONG_PERSON", actor=actor,
                         now=now)  # fmt: skip
