"""The book of the payments' benchmark: debtors of one overdue loan with a name and a case, a third with a ledger.

One debtor's ledger is opened and paid on by the program; the others' are copies of its rows, so that a book of a
hundred thousand is made in minutes. Afterwards `payments.check` proves them as it proves what the program wrote.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pages import Bench  # sets a home of its own

_PAID = 2  # payments on each ledger there is
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Book:
    """What the senders and readers need to know."""

    tenant: Any
    token: str
    day: str
    loans: Sequence[tuple[str, str]]  # number and id, in the order of the debtors
    opened: Sequence[str]  # ids of the loans with a ledger
    own_cases: Sequence[str]  # of the collector who is signed in
    lead_cases: Sequence[str]  # of the desk of the lead who is
    sessions: Mapping[str, str]  # username -> key of the session


def fill(debtors: int) -> Book:
    """Make a lender with so many overdue debtors, people who are signed in, and a token."""
    from qingshou.edges import clock
    from qingshou.tenancy.context import using

    now, bench = clock.now(), Bench()
    bench.fill(debtors, loans=_LOANS.replace("{day}", f"{now.date() - timedelta(days=1)}"), loans_each=1)
    with using(bench.tenant.id):
        loans = _rows("SELECT loan_ref, id FROM book_loan ORDER BY loan_ref")
        pairs = _rows("SELECT borrower_id, id FROM book_loan ORDER BY loan_ref")[::3]
        token = _token(now)
        _open_and_pay(pairs[0][1], loans[0][0], now)
        for first in range(1, len(pairs), _CHUNK):
            _copy(pairs[0], pairs[first : first + _CHUNK])
        own = _rows("SELECT id FROM cases_case WHERE owner_id = %(who)s ORDER BY number", who=bench.collector.id)
        desk = _rows(_OF_DESK, team=bench.lead.team_id)
    _analyze()
    return Book(
        tenant=bench.tenant, token=token, day=now.date().isoformat(), loans=[(ref, str(loan)) for ref, loan in loans],
        opened=[str(loan) for _, loan in pairs], own_cases=[str(case) for (case,) in own],
        lead_cases=[str(case) for (case,) in desk], sessions=bench.sessions,
    )  # fmt: skip


def _token(now: datetime) -> str:
    from qingshou.access.operations import create_client
    from qingshou.access.scopes import Scope
    from qingshou.audit.actors import SYSTEM

    _, token = create_client(
        name="core banking", role="TEAM_LEAD", scopes=[Scope.REPAYMENT_WRITE], actor=SYSTEM, now=now,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip
    return token


def _open_and_pay(loan: UUID, loan_ref: str, now: datetime) -> None:
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.repayment.operations.ledger_opening import open_ledger
    from qingshou.features.repayment.operations.receipt_intake import take_in
    from qingshou.features.repayment.operations.receipt_rows import Told

    open_ledger(loan_id=loan, actor=SYSTEM, now=now)
    for number in range(_PAID):
        told = Told(source="API", external_ref=f"before-{number}", amount=Decimal("9.10"), currency="CNY",
                    value_date=now.date())  # fmt: skip
        take_in(told=told, loan_ref=loan_ref, actor=SYSTEM, now=now)


def _copy(of: tuple[UUID, UUID], to: Sequence[tuple[UUID, UUID]]) -> None:
    """Lay one debtor's ledger, receipts and postings on others too, each row under an id of its own."""
    from django.db import connection, transaction

    from qingshou.features.repayment import models
    from qingshou.tenancy.arrays import uuid_array

    borrower, loan = of
    given = {"borrower": borrower, "loan": loan, "text": str(loan), "borrowers": uuid_array([one[0] for one in to]),
             "loans": uuid_array([one[1] for one in to])}  # fmt: skip
    own = "a.ledger_id IS NULL AND a.receipt_id IS NULL"
    accounts = f"SELECT CASE WHEN {own} THEN a.id ELSE {_new('a.id')} END FROM repayment_account a"
    account = f"({accounts} WHERE a.id = s.account_id)"
    of_loan = "ledger_id = %(loan)s"
    of_receipt = "receipt_id IN (SELECT id FROM repayment_receipt WHERE borrower_id = %(borrower)s)"
    moved = f"transaction_id IN (SELECT id FROM repayment_transaction WHERE {of_loan} OR {of_receipt})"
    asked = [
        (
            models.Receipt,
            "borrower_id = %(borrower)s",
            {"external_ref": "s.external_ref || '-' || x.loan", "received_at": f"s.received_at - {_EARLIER}"},
        ),
        (models.LoanLedger, "id = %(loan)s", {"id": "x.loan"}),
        (models.Account, f"{of_loan} OR {of_receipt}", {}),
        (models.LedgerEvent, of_loan, {"facts": "replace(s.facts::text, %(text)s, x.loan::text)::jsonb"}),
        (models.Transaction, f"{of_loan} OR {of_receipt}", {}),
        (models.Posting, moved, {"id": "", "account_id": account}),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for model, which, told in asked:
            cursor.execute(_insert(model, which, told), given)


def _new(column: str) -> str:
    """Return the id a row has on the other debtor."""
    return f"md5({column}::text || x.loan::text)::uuid"


def _insert(model: Any, which: str, told: Mapping[str, str]) -> str:
    ids = {"id", "receipt_id", "event_id", "transaction_id", "reverses_id"}
    usual = {"loan_id": "x.loan", "ledger_id": "CASE WHEN s.ledger_id IS NOT NULL THEN x.loan END",
             "borrower_id": "x.borrower"}  # fmt: skip
    made = {}
    for field in model._meta.concrete_fields:
        column = field.column
        made[column] = told.get(column, usual.get(column) or (_new(f"s.{column}") if column in ids else f"s.{column}"))
    made = {column: value for column, value in made.items() if value}
    table = model._meta.db_table
    return f"""
    INSERT INTO {table} ({", ".join(made)}) SELECT {", ".join(made.values())}
    FROM (SELECT * FROM {table} WHERE {which}) s,
        unnest(%(borrowers)s::uuid[], %(loans)s::uuid[]) AS x(borrower, loan)
    """


def _rows(statement: str, **given: object) -> list[tuple[Any, ...]]:
    from qingshou.tenancy.bulk import read_rows

    return read_rows(statement, given)


def _analyze() -> None:
    """Let the database count its rows, as it does by itself within minutes."""
    subprocess.run([sys.executable, "-c", _ANALYZE], check=True, env=os.environ | {"QINGSHOU_DATABASE_ROLE": "owner"})


_ANALYZE = """
from qingshou.config import start
start.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("VACUUM (ANALYZE)")
"""
# so that they do not all stand at one moment
_EARLIER = "('x' || left(md5(s.external_ref || x.loan), 5))::bit(20)::int * interval '1 second'"
_OF_DESK = """
SELECT c.id FROM cases_case c JOIN access_user u ON u.id = c.owner_id WHERE u.team_id = %(team)s ORDER BY c.number
"""
_LOANS = """
INSERT INTO book_loan (id, tenant_id, loan_ref, borrower_id, as_of, product, branch, channel, currency, contract_rate,
    balance, arrears, arrears_principal, arrears_interest, arrears_penalty, arrears_fees, oldest_due_date, overdue_days,
    days_basis, severity_base, severity, severity_reason, bucket, regulatory_class, regulatory_reason,
    is_non_performing, is_contaminated, stage, is_written_off, is_closed)
SELECT gen_random_uuid(), %(tenant)s, 'L' || d.borrower_ref, d.borrower_id, '{day}', 'CONSUMER',
    'BRANCH-' || d.h %% 40, '', 'CNY', 0.12, 10000, 300, 200, 70, 20, 10, '{day}'::date - 39, 40, 'GIVEN', 'MODERATE',
    'MODERATE', '', 2, 'SPECIAL_MENTION', '', FALSE, FALSE, 2, FALSE, FALSE
FROM ({debtors}) d
"""
