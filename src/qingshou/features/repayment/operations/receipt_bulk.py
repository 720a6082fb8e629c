"""Many receipts recorded at once, exactly as one by one: the same rows, keys and records, in a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from qingshou.audit.actors import Actor
from qingshou.audit.entries import Entry
from qingshou.audit.operations import record_many
from qingshou.features.repayment.faultpoints import reach
from qingshou.features.repayment.models import Account, Posting, Receipt, Transaction
from qingshou.features.repayment.operations.locked_books import own_account, unapplied_account
from qingshou.features.repayment.operations.receipt_rows import Told, build_receipt
from qingshou.tenancy.context import current_tenant_id


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """What became of one piece of news. `differs`: its id was told before with another content; nothing was written."""

    receipt_id: UUID
    bank_file_id: UUID | None
    is_repeat: bool
    differs: bool = False


def record_receipts(*, told: Sequence[Told], actor: Actor, now: datetime) -> list[RecordedLine]:
    """Record receipts of one source, each once; those whose id is known stay as they are.

    Takes   told  amounts above zero and no finer than their currency; ids that occur once
    Gives   list  in the order of what was told
    """
    if not told:
        return []
    tenant_id = current_tenant_id()
    # in the order of their keys: of two who record the same at once, one waits for the other and no two for each other
    built = sorted((build_receipt(one, tenant_id, now) for one in told), key=lambda one: one.external_ref)
    with transaction.atomic():
        Receipt.objects.bulk_create(built, ignore_conflicts=True)
        held = {
            row.external_ref: row
            for row in Receipt.objects.filter(
                source=told[0].source, external_ref__in=[one.external_ref for one in told]
            ).only("id", "external_ref", "body_hash", "bank_file_id")
        }
        mine = [one for one in built if held[one.external_ref].id == one.id]
        _post(mine, tenant_id, actor, now)
        record_many(entries=[_entry(one) for one in mine], actor=actor, now=now)
        reach("recorded")
    fresh = {one.id for one in mine}
    return [_line(held[one.external_ref], one, fresh) for one in told]


def _post(receipts: Sequence[Receipt], tenant_id: UUID, actor: Actor, now: datetime) -> None:
    """Open each receipt's account, debit CASH and credit the account."""
    if not receipts:
        return
    currencies = sorted({one.currency for one in receipts})
    Account.objects.bulk_create(
        [Account(id=own_account(tenant_id, "CASH", code), kind="CASH", currency=code) for code in currencies],
        ignore_conflicts=True,
    )
    Account.objects.bulk_create(
        [
            Account(id=unapplied_account(one.id), receipt=one, kind="UNAPPLIED", currency=one.currency,
                    balance=-one.amount)
            for one in receipts
        ]
    )  # fmt: skip
    made = Transaction.objects.bulk_create(
        [
            Transaction(id=uuid4(), receipt=one, kind="RECEIPT", effective_date=one.value_date, actor_name=actor.name,
                        recorded_at=now)
            for one in receipts
        ]
    )  # fmt: skip
    Posting.objects.bulk_create(_sides(made, receipts, tenant_id))


def _sides(made: Iterable[Transaction], receipts: Iterable[Receipt], tenant_id: UUID) -> list[Posting]:
    return [
        Posting(transaction=moved, account_id=account, amount=amount, reason="RECEIVED")
        for moved, one in zip(made, receipts, strict=True)
        for account, amount in (
            (own_account(tenant_id, "CASH", one.currency), one.amount),
            (unapplied_account(one.id), -one.amount),
        )
    ]


def _entry(one: Receipt) -> Entry:
    facts = {"source": one.source, "external_ref": one.external_ref, "amount": one.amount, "currency": one.currency,
             "value_date": one.value_date, "payment_ref": one.payment_ref}  # fmt: skip
    return Entry("RECEIPT", one.id, "RECEIPT_RECORDED", facts)


def _line(held: Receipt, told: Told, fresh: set[UUID]) -> RecordedLine:
    return RecordedLine(
        held.id, held.bank_file_id, is_repeat=held.id not in fresh, differs=held.body_hash != told.body_hash
    )
