"""A receipt written once: row, account and first postings in one statement, or nothing where it is known."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import connection

from qingshou.audit.actors import Actor
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations.ledger_errors import NoSuchReceipt, UnfitAmount
from qingshou.features.repayment.operations.locked_books import own_account, unapplied_account
from qingshou.kernel.money import Rounding, round_money
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.sealing import seal

_INSERT = """
WITH made AS (
    INSERT INTO repayment_receipt (id, tenant_id, source, external_ref, body_hash, amount, currency, value_date,
        received_at, bank_file_id, line_no, source_ref, payment_ref, payer_name, payer_name_index, payer_account,
        payer_account_index, remittance, state, matched_by, proposals, reversal_ref, ended_reason)
    VALUES (%(id)s, %(tenant)s, %(source)s, %(external_ref)s, %(body_hash)s, %(amount)s, %(currency)s, %(value_date)s,
        %(now)s, %(bank_file)s, %(line_no)s, %(source_ref)s, %(payment_ref)s, %(payer_name)s, %(payer_name_index)s,
        %(payer_account)s, %(payer_account_index)s, %(remittance)s, 'UNMATCHED', '', '[]', '', '')
    ON CONFLICT (tenant_id, source, external_ref) DO NOTHING RETURNING id
), cash AS (
    INSERT INTO repayment_account (id, tenant_id, kind, currency, position)
    SELECT %(cash)s, %(tenant)s, 'CASH', %(currency)s, 0 FROM made
    WHERE NOT EXISTS (SELECT 1 FROM repayment_account a WHERE a.id = %(cash)s) ON CONFLICT DO NOTHING
), account AS (
    INSERT INTO repayment_account (id, tenant_id, receipt_id, kind, currency, position, balance)
    SELECT %(account)s, %(tenant)s, made.id, 'UNAPPLIED', %(currency)s, 0, -%(amount)s::numeric FROM made
), transaction AS (
    INSERT INTO repayment_transaction (id, tenant_id, receipt_id, kind, effective_date, rule, actor_name, recorded_at)
    SELECT %(transaction)s, %(tenant)s, made.id, 'RECEIPT', %(value_date)s, '', %(actor)s, %(now)s FROM made
), postings AS (
    INSERT INTO repayment_posting (tenant_id, transaction_id, account_id, amount, reason, law)
    SELECT %(tenant)s, %(transaction)s, x.account::uuid, x.amount, 'RECEIVED', ''
    FROM made, (VALUES (%(cash)s, %(amount)s::numeric), (%(account)s, -%(amount)s::numeric)) AS x(account, amount)
)
SELECT id FROM made
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of a sum that came in. The payer's name, account and words are personal and kept sealed."""

    source: str
    external_ref: str
    amount: Decimal
    currency: str
    value_date: date
    payment_ref: str = ""
    payer_name: str = ""
    payer_account: str = ""
    remittance: str = ""
    bank_file_id: UUID | None = None
    line_no: int | None = None
    source_ref: str = ""

    @property
    def body_hash(self) -> str:
        """What must be the same when the same id is told again: the money and its day; words may be cut or spaced."""
        said = (
            self.source,
            self.external_ref,
            str(self.amount.normalize()),
            self.currency,
            self.value_date.isoformat(),
        )
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


def payer_account_index(*, account: str, tenant_id: UUID) -> bytes | None:
    """Return the keyed hash by which receipts of one payer's account find each other."""
    return blind_index(PersonalKind.NOTE, account, tenant_id)


def insert_receipt(told: Told, *, tenant_id: UUID, actor: Actor, now: datetime) -> Receipt | None:
    """Write a receipt with its account and postings; None where its id is there already.

    Stops   UnfitAmount  not above zero, or finer than the currency
    """
    receipt = build_receipt(told, tenant_id, now)
    given = _values(receipt) | {
        "tenant": tenant_id,
        "actor": actor.name,
        "now": now,
        "cash": own_account(tenant_id, "CASH", told.currency),
        "account": unapplied_account(receipt.id),
        "transaction": uuid4(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, given)
        return receipt if cursor.fetchone() else None


def locked_receipt(receipt_id: UUID) -> Receipt:
    """Return a receipt under lock; stops with NoSuchReceipt. Its debtor's ledgers are locked before it."""
    receipt = Receipt.objects.select_for_update(no_key=True).filter(id=receipt_id).first()
    if receipt is None:
        raise NoSuchReceipt("There is no such receipt, or it is not for you.")
    return receipt


def check_amount(amount: Decimal, currency: str) -> None:
    """Stop with UnfitAmount unless an amount is above zero and no finer than its currency."""
    if not amount.is_finite() or amount <= 0:
        raise UnfitAmount("An amount must be above zero: correct it.", why="NOT_ABOVE_ZERO")
    if round_money(amount, currency, Rounding.DOWN) != amount:
        raise UnfitAmount(
            f"The amount has more decimals than {currency} allows: correct it.", currency=currency, why="TOO_FINE"
        )


def build_receipt(told: Told, tenant_id: UUID, now: datetime) -> Receipt:
    """Return the row of a receipt with its personal values sealed, not yet written.

    Stops   UnfitAmount
    """
    check_amount(told.amount, told.currency)
    receipt = Receipt(
        id=uuid4(), source=told.source, external_ref=told.external_ref, body_hash=told.body_hash, amount=told.amount,
        currency=told.currency, value_date=told.value_date, received_at=now, bank_file_id=told.bank_file_id,
        line_no=told.line_no, source_ref=told.source_ref[:140], payment_ref=told.payment_ref, state="UNMATCHED",
        proposals=[],
    )  # fmt: skip
    sealed: dict[str, bytes | None] = {}
    if told.payer_name:
        sealed["payer_name"] = seal(told.payer_name, place="repayment_receipt.payer_name", row_id=receipt.id)
        sealed["payer_name_index"] = blind_index(PersonalKind.NAME, told.payer_name, tenant_id)
    if told.payer_account:
        sealed["payer_account"] = seal(told.payer_account, place="repayment_receipt.payer_account", row_id=receipt.id)
        sealed["payer_account_index"] = payer_account_index(account=told.payer_account, tenant_id=tenant_id)
    if told.remittance:
        sealed["remittance"] = seal(told.remittance, place="repayment_receipt.remittance", row_id=receipt.id)
    for name, value in sealed.items():
        setattr(receipt, name, value)
    return receipt


_COLUMNS = ("id", "source", "external_ref", "body_hash", "amount", "currency", "value_date", "line_no", "source_ref",
            "payment_ref", "payer_name", "payer_name_index", "payer_account", "payer_account_index",
            "remittance")  # fmt: skip


def _values(receipt: Receipt) -> dict[str, object]:
    return {name: getattr(receipt, name) for name in _COLUMNS} | {"bank_file": receipt.bank_file_id}
