"""Relief for a place or a product, after a disaster: agreed by a second person, given to all it reaches."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from qingshou.approvals.kinds import Decided, register_kind
from qingshou.approvals.operations import request
from qingshou.audit.actors import SYSTEM, Actor
from qingshou.audit.operations import record
from qingshou.features.cases.errors import CaseClosed, NoSuchCase
from qingshou.features.cases.queries.places import borrowers_of_cases, list_live_in
from qingshou.features.repayment.errors import HardshipNotNow, NoSuchHardship
from qingshou.features.repayment.models import Hardship, ReliefProgramme
from qingshou.features.repayment.operations.hardship import end_by_programme, grant_by_programme
from qingshou.features.repayment.operations.ledger_opening import lock_books
from qingshou.features.repayment.phrases.hardship import RELIEF_PROGRAMME
from qingshou.features.repayment.rules.hardship import LIVE, HardshipUnfit
from qingshou.tenancy.queries import current_tenant

KIND = "RELIEF_PROGRAMME"
PERMISSION = "receipts.reverse"
_LANGUAGES = ("zh-hans", "zh-hant", "en")
_DAYS_MAX = 730
_PAGE = 200
_AHEAD = timedelta(days=7)  # a run of the day before the first one, weekends and feasts counted


def ask_relief(
    *, code: str, names: Mapping[str, str], from_on: date, until_on: date, actor: Actor, now: datetime, reason: str,
    regions: Collection[str] = (), products: Collection[str] = (), pauses_contact: bool = True,
    freezes_charges: bool = False, law: str = "",
) -> ReliefProgramme:  # fmt: skip
    """Ask for a programme of relief; it is in force once a second person agrees.

    Takes   names              one in each language
            regions, products  as the lender codes them; at least one of either: relief for everybody is no programme
            from_on, until_on  both days belong
            law                the act or notice it rests on, where there is one
    Stops   HardshipUnfit   a name missing, no place and no product, ends before it begins, longer than two years
            HardshipNotNow  the code is taken
            NoReason        of the approval
    """
    missing = [one for one in _LANGUAGES if not names.get(one, "").strip()]
    if missing:
        raise HardshipUnfit(
            f"Give the programme's name in every language; missing: {', '.join(missing)}.", field="names"
        )
    if not regions and not products:
        raise HardshipUnfit("Say which places or products the relief is for.", field="regions")
    if not from_on <= until_on or (until_on - from_on).days > _DAYS_MAX:
        raise HardshipUnfit(
            "The last day must not lie before the first, nor over two years after it.", field="until_on"
        )
    row = ReliefProgramme(
        id=uuid4(), code=code, names=dict(names), regions=sorted(set(regions)), products=sorted(set(products)),
        from_on=from_on, until_on=until_on, pauses_contact=pauses_contact, freezes_charges=freezes_charges,
        law=law.strip()[:120], made_by=actor.name[:60], made_at=now,
    )  # fmt: skip
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise HardshipNotNow(f"A programme with the code '{code[:40]}' exists already: choose another.") from None
        request(
            kind=KIND, subject_kind="RELIEF", subject_id=row.id, subject_label=row.code, actor=actor, reason=reason,
            now=now, payload={"programme": str(row.id)},
        )  # fmt: skip
        _record(row, "RELIEF_ASKED", actor, now)
    return row


def apply_relief(*, as_of: date, now: datetime, actor: Actor = SYSTEM) -> int:
    """Give every programme in force to the debtors it reaches and has not reached yet; end those whose time is over.

    Run by the day, one debtor a transaction: killed anywhere and run again it ends the same.
    Gives   how many debtors were reached or let go
    """
    changed = 0
    for row in ReliefProgramme.objects.filter(state="IN_FORCE").order_by("code"):
        if as_of > row.until_on:
            changed += _end(row, actor, now)
        elif as_of >= row.from_on:
            changed += _reach(row, actor, now)
        elif row.freezes_charges and row.from_on - as_of <= _AHEAD:
            _open_ledgers(row, actor, now)
    return changed


def end_relief(*, programme_id: UUID, actor: Actor, now: datetime) -> int:
    """End a programme before its last day, with every hardship it gave; gives how many.

    Stops   NoSuchHardship, HardshipNotNow (not in force)
    """
    row = ReliefProgramme.objects.filter(id=programme_id).first()
    if row is None:
        raise NoSuchHardship("There is no such programme.")
    if row.state != "IN_FORCE":
        raise HardshipNotNow("This programme is not in force.", state=row.state)
    return _end(row, actor, now)


def register_relief() -> None:
    """Make a programme known as something a second person decides on."""
    register_kind(KIND, permission=PERMISSION, on_approved=_in_force, on_declined=_let_go, phrase=RELIEF_PROGRAMME)


def _reach(row: ReliefProgramme, actor: Actor, now: datetime) -> int:
    reached, after = 0, None
    while page := list_live_in(regions=row.regions, products=row.products, after=after, limit=_PAGE):
        held = set(Hardship.objects.filter(programme=row, case__in=page).values_list("case_id", flat=True))
        for case_id in page:
            if case_id in held:
                continue
            try:
                reached += grant_by_programme(case_id=case_id, programme=row, actor=actor, now=now)
            except (CaseClosed, NoSuchCase):
                continue  # it ended while we went through the list
        after = page[-1]
    return reached


def _open_ledgers(row: ReliefProgramme, actor: Actor, now: datetime) -> None:
    """Open the ledgers of those it will reach: what accrues from its first day on is told by the figures before it."""
    lender, after = current_tenant(), None
    while page := list_live_in(regions=row.regions, products=row.products, after=after, limit=_PAGE):
        for borrower_id in borrowers_of_cases(case_ids=page):
            with transaction.atomic():
                lock_books(borrower_id=borrower_id, lender=lender, actor=actor, now=now)
        after = page[-1]


def _end(row: ReliefProgramme, actor: Actor, now: datetime) -> int:
    """Let every debtor go first; the programme is over when the last one is."""
    ids = Hardship.objects.filter(programme=row, state__in=LIVE).order_by("id").values_list("id", flat=True)
    ended = sum(end_by_programme(hardship_id=one, actor=actor, now=now) for one in list(ids))
    with transaction.atomic():
        held = ReliefProgramme.objects.select_for_update(no_key=True).get(id=row.id)
        if held.state == "IN_FORCE":
            held.state = "ENDED"
            held.save(update_fields=["state"])
            _record(held, "RELIEF_ENDED", actor, now)
    return ended


def _in_force(decided: Decided, actor: Actor, now: datetime) -> None:
    _set_state(decided.subject_id, "IN_FORCE", "RELIEF_IN_FORCE", actor, now)


def _let_go(decided: Decided, _status: str, actor: Actor, now: datetime) -> None:
    _set_state(decided.subject_id, "CANCELLED", "RELIEF_CANCELLED", actor, now)


def _set_state(programme_id: UUID, state: str, action: str, actor: Actor, now: datetime) -> None:
    row = ReliefProgramme.objects.select_for_update(no_key=True).get(id=programme_id)
    if row.state != "AWAITING_APPROVAL":
        raise HardshipNotNow("This programme has been decided already.", state=row.state)
    row.state = state
    row.save(update_fields=["state"])
    _record(row, action, actor, now)


def _record(row: ReliefProgramme, action: str, actor: Actor, now: datetime) -> None:
    facts = {
        "programme": row.code, "from_on": row.from_on, "until_on": row.until_on, "regions": list(row.regions),
        "products": list(row.products), "pauses_contact": row.pauses_contact, "freezes_charges": row.freezes_charges,
    }  # fmt: skip
    record(subject_kind="RELIEF", subject_id=row.id, action=action, actor=actor, now=now, facts=facts, law=row.law)
