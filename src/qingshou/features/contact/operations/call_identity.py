"""The identity check of a call: what is said is compared with what is on file; codes are kept, values never."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.audit.queries import list_events
from qingshou.features.cases.queries import get_case
from qingshou.features.contact.errors import NotNow
from qingshou.features.contact.models import Call
from qingshou.features.contact.operations.call_rows import lock_call, record_call
from qingshou.features.contact.rules.identity import fits
from qingshou.features.contact.scripts.reading import current_script, identity_policy
from qingshou.features.contact.scripts.shape import IDENTITY, PASSED, IdentityPolicy
from qingshou.kernel.lender_settings import part_of
from qingshou.law.contact.terms import Party
from qingshou.privacy.clearance import CHECKER
from qingshou.privacy.operations import reveal
from qingshou.privacy.places import Sealed, sealed_fields
from qingshou.tenancy.queries import current_tenant

_COLUMNS = {
    "NATIONAL_ID_LAST4": "national_id", "BIRTH_DATE": "birth_date", "ADDRESS_CITY": "address", "EMPLOYER": "employer",
}  # fmt: skip
_BEFORE = ("GREETING", IDENTITY)


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """What came of one try."""

    is_passed: bool
    matched: tuple[str, ...]
    tries_left: int


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What may be asked on a call: the facts that are on file, in order, with how each is taken."""

    facts: Mapping[str, str]
    must: tuple[str, ...]
    needs: int
    tries_left: int

    @property
    def is_possible(self) -> bool:
        """Tell whether enough is on file for a check that compares at least one fact."""
        return "COMPARED" in self.facts.values() and self.tries_left > 0


def identity_check(*, call: Call) -> IdentityCheck:
    """Return what may be asked on a call; of a third person nothing is asked, since nothing is told."""
    policy = _policy()
    held = {} if call.attempt.party in (Party.THIRD, Party.ATTORNEY) else _on_file(call)
    loans = bool(held) or call.attempt.party in (Party.DEBTOR, Party.RELATED)
    facts = {
        code: kind
        for code, kind in policy.facts.items()
        if call.attempt.party not in (Party.THIRD, Party.ATTORNEY)
        and (kind == "CONFIRMED" or code in held or (code == "LOAN_LAST4" and loans))
    }
    return IdentityCheck(facts, policy.must, min(policy.needs, len(facts)), _tries_left(call, policy))


def pass_identity(
    *, call_id: UUID, heard: Collection[str], said: Mapping[str, str], actor: Actor, now: datetime
) -> IdentityAnswer:
    """Judge what the other side said; when enough fits, the rest of the call opens.

    Takes   heard  facts the caller heard and ticked (the full name)
            said   fact -> what was said, compared with what is on file and then forgotten
    Stops   NotNow  passed already, a third person's number, or too many tries: end the call politely
    """
    with transaction.atomic():
        call = lock_call(call_id, actor=actor)
        check = identity_check(call=call)
        if call.identity_checked_at is not None:
            raise NotNow("The identity was checked already.")
        if not check.is_possible:
            raise NotNow("The identity cannot be checked on this call: say nothing of the debt and end it politely.")
        matched = _matched(call, check, heard, said, actor, now)
        compared = [code for code in matched if check.facts[code] == "COMPARED"]
        is_passed = len(matched) >= check.needs and bool(compared) and set(check.must) <= set(matched)
        if is_passed:
            call.identity_checked_at, call.identity_checked_by = now, matched
            call.path = _led_on(call.path)
            call.save(update_fields=["identity_checked_at", "identity_checked_by", "path"])
            record_call(call, "CALL_IDENTITY_CHECKED", actor=actor, now=now, facts={"matched": matched})
        else:
            asked = sorted({*heard, *(code for code, text in said.items() if text.strip())} & check.facts.keys())
            record(subject_kind="CALL", subject_id=call.id, action="CALL_IDENTITY_FAILED", actor=actor, now=now,
                   facts={"asked": asked, "matched": matched})  # fmt: skip
    return IdentityAnswer(is_passed, tuple(matched), check.tries_left - (not is_passed))


def _policy() -> IdentityPolicy:
    return identity_policy(part_of(current_tenant().settings, "contact", "identity"))


def _tries_left(call: Call, policy: IdentityPolicy) -> int:
    events = list_events(subject_kind="CALL", subject_id=call.id, limit=policy.tries_max + 1)
    return max(0, policy.tries_max - sum(one.action == "CALL_IDENTITY_FAILED" for one in events))


def _on_file(call: Call) -> dict[str, Sealed]:
    """Return fact -> sealed value, of the debtor, or of the guarantor whose number was called."""
    if call.attempt.party == Party.GUARANTOR:
        found = _guarantees(call)
        return {f"NATIONAL_ID_LAST4:{number}": one for number, one in enumerate(found)} | (
            {"NATIONAL_ID_LAST4": found[0]} if found else {}
        )
    borrower = get_case(case_id=call.attempt.case_id).borrower
    fields = sealed_fields(borrower, _COLUMNS.values())
    return {code: fields[column] for code, column in _COLUMNS.items() if fields[column].data is not None}


def _guarantees(call: Call) -> list[Sealed]:
    case = get_case(case_id=call.attempt.case_id)
    index = call.attempt.point_index
    rows = [one for loan in case.borrower.loans.all() for one in loan.guarantees.filter(phone_index=index)]
    return [sealed_fields(one, ["national_id"])["national_id"] for one in rows if one.national_id is not None]


def _matched(
    call: Call, check: IdentityCheck, heard: Collection[str], said: Mapping[str, str], actor: Actor, now: datetime
) -> list[str]:
    """Return the facts that fit, in the order they are asked."""
    asked = {code for code, kind in check.facts.items() if kind == "COMPARED" and said.get(code, "").strip()}
    sealed = {code: one for code, one in _on_file(call).items() if code.partition(":")[0] in asked}
    opened = reveal(
        subject_kind="BORROWER", subject_id=call.attempt.borrower_id, fields=sealed, reader=actor, role=CHECKER,
        purpose="IDENTITY_CHECK", now=now,
    )  # fmt: skip
    held: dict[str, list[str]] = {}
    for code, value in opened.items():
        held.setdefault(code.partition(":")[0], []).append(value or "")
    if "LOAN_LAST4" in asked:
        held["LOAN_LAST4"] = [loan.loan_ref for loan in get_case(case_id=call.attempt.case_id).borrower.loans.all()]
    return [
        code
        for code, kind in check.facts.items()
        if (kind == "CONFIRMED" and code in heard) or (code in asked and fits(code, said[code], held.get(code, [])))
    ]


def _led_on(path: list[str]) -> list[str]:
    """Return the path led on past the check where the script stands before it."""
    if path and path[-1] in _BEFORE:
        branch = current_script().steps[IDENTITY].branch(PASSED)
        return [*path, *([IDENTITY] if path[-1] != IDENTITY else []), *([branch.to] if branch else [])]
    return path
