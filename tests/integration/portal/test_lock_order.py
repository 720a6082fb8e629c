"""What a debtor sends takes its locks in the one order: ledgers, the person, the case. Two orders are a deadlock."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.integration.portal.rows import DAY, NOW, debtor
from tests.integration.repayment.desk_rows import make_budget

from qingshou.features.cases.queries import get_case
from qingshou.features.portal.operations.asks import complain, dispute_debt, tell_hardship
from qingshou.features.portal.operations.proposals import propose
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.repayment.queries.budgets import latest_budget

ORDER = ["LEDGER", "PERSON", "CASE"]
TABLES = {"repayment_loanledger": "LEDGER", "contact_contactperson": "PERSON", "cases_case": "CASE"}


def locked(captured):
    """Return what was locked, each kind where it was locked first."""
    found = []
    for one in captured:
        taken = re.search(r"FOR NO KEY UPDATE|INSERT INTO \"?repayment_loanledger", one["sql"])
        table = re.search(r"(?:FROM|INTO) \"?(\w+)", one["sql"])
        if taken and table and table[1] in TABLES:
            found.append(TABLES[table[1]])
    return list(dict.fromkeys(found))


def _hardship(case):
    # the only kind a debtor may choose whose charges stand still
    tell_hardship(borrower_id=case.borrower_id, kind="DISASTER", said="洪水", now=NOW)


def _complain(case):
    complain(borrower_id=case.borrower_id, said="有人晚上打电话", now=NOW)


def _dispute(case):
    dispute_debt(borrower_id=case.borrower_id, loan_id=None, reason="PAID_ALREADY", said="已还清", now=NOW)


def _propose(case):
    propose(case=get_case(case_id=case.id), borrower_id=case.borrower_id, budget=latest_budget(case_id=case.id),
            amount=Decimal(500), day=10, on=DAY, now=NOW)  # fmt: skip


@pytest.mark.parametrize(
    ("send", "kinds"),
    [(_hardship, ORDER), (_complain, ORDER[1:]), (_dispute, ORDER[1:]), (_propose, ORDER)],
)
def test_ledgers_before_the_person_before_the_case(users, send, kinds):
    case = debtor("o1", owner=users["COLLECTOR"])
    make_budget(case, actor=DEBTOR)
    with CaptureQueriesContext(connection) as captured:
        send(case)
    assert locked(captured) == kinds
