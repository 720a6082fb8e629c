"""Reports of a provider, each sent one to five times in any order by eight senders: the effect is once."""

import random
import sys
from decimal import Decimal
from typing import Any

from tests.faults.repayment.test_ledger_race import WORKERS, at_once
from tests.integration.repayment.ledger_rows import DAY, NOW, broken, make_loan

from qingshou.features.repayment.models import PaymentReference, Receipt
from qingshou.features.repayment.operations.payment_hooks import take_payment_event
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.features.repayment.rules.payment_events import EventKind, PaymentEvent
from qingshou.features.repayment.rules.references import new_reference

PAYMENTS = 40


def test_every_report_acts_once_whatever_the_order(committed: Any) -> None:
    seed = random.randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    loan = make_loan()
    reference = new_reference(serial=seed)
    PaymentReference.objects.create(reference=reference, borrower=loan.borrower, given_at=NOW)
    events = []
    for number in range(PAYMENTS):
        amount = Decimal(number + 1) / 100
        kinds = (EventKind.PAID, EventKind.REVERSED) if number % 3 == 0 else (EventKind.PAID,)
        for kind in kinds:
            told = PaymentEvent(
                f"{kind}-{number}", kind, f"pay-{number}", "" if number % 10 == 9 else reference, amount, "CNY", DAY
            )
            events += [told] * chance.randrange(1, 6)
    chance.shuffle(events)
    at_once(
        committed,
        lambda sender: [take_payment_event(provider="hub", event=one, now=NOW) for one in events[sender::WORKERS]],
    )
    standing = Receipt.objects.exclude(state="REVERSED")
    assert Receipt.objects.count() == PAYMENTS
    assert {int(row.external_ref.rpartition("-")[2]) % 3 for row in standing} == {1, 2}
    applied = sum(row.amount for row in standing if row.state == "APPLIED")
    assert owed_of_loan(loan_id=loan.id).total == 10_100 - applied
    assert broken(committed.id) == {}, seed
