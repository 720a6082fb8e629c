"""A form of the cash desk sent twice: with the same amount it is the first receipt, with another it is refused."""

from decimal import Decimal
from uuid import uuid4

import pytest
from tests.integration.repayment.ledger_rows import NOW, make_loan, owed

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import Receipt
from qingshou.features.repayment.operations.cash import take_cash
from qingshou.features.repayment.operations.ledger_errors import CashFormUsed


def test_gone_back_to_with_another_amount(tenant):
    loan, key = make_loan(), uuid4()
    sent = {"borrower_id": loan.borrower_id, "currency": "CNY", "form_key": key, "actor": SYSTEM, "now": NOW}
    first = take_cash(amount=Decimal(95), **sent)
    assert take_cash(amount=Decimal("95.00"), **sent).receipt.id == first.receipt.id
    before = owed(loan)
    with pytest.raises(CashFormUsed) as stopped:
        take_cash(amount=Decimal(50), **sent)
    assert first.receipt.external_ref in stopped.value.message
    assert (Receipt.objects.count(), owed(loan)) == (1, before)


def test_the_page_says_so(tenant, client_for):
    loan = make_loan()
    sent = {"debtor": loan.borrower_id, "amount": "95", "currency": "CNY", "form_key": uuid4()}
    lead = client_for("TEAM_LEAD")
    assert lead.post("/cash/take", sent).status_code == 302
    page = lead.post("/cash/take", sent | {"amount": "50"}, follow=True, headers={"Accept-Language": "en"})
    assert "This form was sent before with another amount" in page.content.decode()
    assert Receipt.objects.count() == 1
