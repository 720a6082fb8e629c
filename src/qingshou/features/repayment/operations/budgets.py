"""Income and expenditure taken: judged by the rules, kept with every figure's source, met in the stage's checklist."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.operations import record
from qingshou.features.cases.operations import give_evidence
from qingshou.features.cases.operations.locked import lock_case, process_of
from qingshou.features.contact.operations.call_rows import working_day
from qingshou.features.repayment.errors import BudgetRefused
from qingshou.features.repayment.models import Budget, BudgetLine, FiledDocument
from qingshou.features.repayment.queries.budgets import country_of, judge_told, latest_budget, shown_of
from qingshou.features.repayment.queries.owed import owed_of_borrower
from qingshou.features.repayment.rules.affordability import Affordability
from qingshou.features.repayment.rules.budget_lines import Every, monthly_amount
from qingshou.features.repayment.rules.reason_record import reason_rows
from qingshou.features.repayment.rules.told_budget import ORIGINS, Problem, ToldBudget, ToldLine, problems_of_budget
from qingshou.kernel.money import ZERO
from qingshou.privacy.sealing import seal
from qingshou.tenancy.queries import current_tenant

NOTE_PLACE = "repayment_budget.note"
NOTE_LENGTH_MAX = 2000
EVIDENCE = "INCOME_AND_SPENDING_TAKEN"


def record_budget(
    *, case_id: UUID, told: ToldBudget, actor: Actor, now: datetime, source: str = "DESK", note: str = ""
) -> Budget:
    """Take a statement of income and expenditure: judged, kept with the source of every figure.

    Takes   told    the form, its lines, the household, the place of the living floor, the willingness apart
            source  DESK, CALL, PORTAL or API: where it was told
            note    kept sealed; the record keeps a commitment to it
    Gives   the budget; it takes the place of the one before
    Stops   NoSuchCase, CaseClosed
            BudgetRefused  with every bad line and field: `problems` field -> code
    """
    if source not in ORIGINS or len(note) > NOTE_LENGTH_MAX:
        problem = Problem("note", "NOTE_TOO_LONG") if source in ORIGINS else Problem("source", "SOURCE_UNKNOWN")
        raise refused([problem])
    with transaction.atomic():
        case = lock_case(case_id)
        problems = [*problems_of_budget(told=told, currency=case.currency), *_not_filed(case.id, told)]
        if problems:
            raise refused(problems)
        tenant = current_tenant()
        judged = judge_told(
            told=told, currency=case.currency, on=working_day(case, now), settings=tenant.settings,
            our_balance=our_balance(case),
        )  # fmt: skip
        budget = _kept(case, told, judged, source, note.strip(), actor, now)
        _meet_checklist(case, told, actor, now)
        _record(budget, told, note.strip(), actor, now)
    return budget


def add_figures(
    *, case_id: UUID, lines: Sequence[ToldLine], actor: Actor, now: datetime, source: str = "API"
) -> Budget:
    """Put figures from elsewhere (transactions, a bureau, documents) beside those on file: a new budget of both.

    Takes   lines  each takes the place of the one on file for its heading and source; the others stay as they are.
                   Of several for one heading the strongest source counts
    Gives   the budget; of the short form where there was none
    Stops   as `record_budget`
    """
    with transaction.atomic():
        case = lock_case(case_id)
        held = latest_budget(case_id=case_id)
        kept = shown_of([held])[0].lines if held else ()
        new = {(one.heading, one.source) for one in lines}
        stay = tuple(
            ToldLine(
                heading=one.heading, amount=one.told_amount, every=one.told_every, source=one.source,
                balance=one.balance, document_hash=one.document_hash,
            )
            for one in kept
            if (one.heading, one.source) not in new
        )  # fmt: skip
        told = ToldBudget(
            form=held.form if held else "SHORT", lines=(*stay, *lines), adults=held.adults if held else 1,
            children=held.children if held else 0,
            place=held.floor_place if held else country_of(current_tenant().jurisdiction),
            willingness=held.willingness if held else "UNKNOWN",
        )  # fmt: skip
        return record_budget(case_id=case.id, told=told, actor=actor, now=now, source=source)


def our_balance(case: Any) -> Decimal:
    """Return what is owed to us by a case's debtor in its currency: what forms that share by right need."""
    owed = owed_of_borrower(borrower_id=case.borrower_id)
    return sum((one.total for one in owed if one.currency == case.currency), ZERO)


def refused(problems: Sequence[Problem]) -> BudgetRefused:
    """Return the refusal that names every problem."""
    named = {one.field: one.code for one in reversed(problems)}
    listed = ", ".join(f"{one.field[:40]}: {one.code}" for one in problems)
    return BudgetRefused(f"The budget cannot be taken as it is: {listed}.", problems=named)


def _not_filed(case_id: UUID, told: ToldBudget) -> list[Problem]:
    named = {one.document_hash for one in told.lines if one.document_hash}
    if not named:
        return []
    filed = FiledDocument.objects.filter(case=case_id, document_hash__in=named)
    held = set(filed.values_list("document_hash", flat=True))
    return [
        Problem(one.heading, "DOCUMENT_NOT_FILED")
        for one in told.lines
        if one.document_hash and one.document_hash not in held
    ]


def _kept(
    case: Any, told: ToldBudget, judged: Affordability, source: str, note: str, actor: Actor, now: datetime
) -> Budget:
    budget = Budget(
        id=uuid4(), case_id=case.id, borrower_id=case.borrower_id, form=judged.form, as_of=judged.as_of,
        currency=judged.currency, floor_place=judged.floor.place, adults=told.adults or 1,
        children=told.children or 0, income=judged.income, priority=judged.priority, essential=judged.essential,
        savings=judged.savings, other_debts=judged.other_debts, living_floor=judged.floor.amount,
        disposable=judged.disposable, band_low=judged.low, band_high=judged.high,
        willingness=judged.willingness.value, reasons=reason_rows(judged.reasons), source=source,
        taken_by=actor.name[:60], taken_at=now,
    )  # fmt: skip
    if note:
        budget.note = seal(note, place=NOTE_PLACE, row_id=budget.id)  # type: ignore[assignment]
    budget.save(force_insert=True)
    BudgetLine.objects.bulk_create(
        BudgetLine(
            budget=budget, heading=one.heading, told_amount=one.amount or ZERO, told_every=one.every,
            monthly_amount=monthly_amount(amount=one.amount or ZERO, every=Every(one.every), currency=judged.currency),
            balance=one.balance, source=one.source, document_hash=one.document_hash,
        )
        for one in told.lines
    )  # fmt: skip
    return budget


def _meet_checklist(case: Any, told: ToldBudget, actor: Actor, now: datetime) -> None:
    """Meet the stage's item with the first document a figure rests on; by word alone it stays open."""
    wanted = process_of(case).stage(case.stage).item(EVIDENCE)
    document = next((one.document_hash for one in told.lines if one.document_hash), "")
    if wanted is None or case.evidence.filter(stage=case.stage, item=EVIDENCE).exists():
        return
    if wanted.evidence == "DOCUMENT" and not document:
        return
    give_evidence(case_id=case.id, item=EVIDENCE, actor=actor, now=now, note=told.form, document_hash=document)


def _record(budget: Budget, told: ToldBudget, note: str, actor: Actor, now: datetime) -> None:
    documents = sorted({one.document_hash for one in told.lines if one.document_hash})
    facts = {
        "budget": budget.id, "form": budget.form, "source": budget.source, "currency": budget.currency,
        "income": budget.income, "essential": budget.essential, "disposable": budget.disposable,
        "band_low": budget.band_low, "band_high": budget.band_high, "willingness": budget.willingness,
        "lines": len(told.lines), "proved": sum(one.source != "STATED" for one in told.lines),
        "documents": documents,
    }  # fmt: skip
    record(
        subject_kind="CASE", subject_id=budget.case_id, action="BUDGET_TAKEN", actor=actor, now=now, facts=facts,
        rule="repayment.affordability", personal={"note": note} if note else None, seal=seal,
    )  # fmt: skip
