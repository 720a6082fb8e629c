"""The ledger against a model of sixty lines that knows nothing of it: random lives of one loan, through the operations.

The model keeps what happened as a list and reckons from its beginning each time; the ledger posts, reverses and does
again. After every act both must say the same.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.integration.repayment.ledger_rows import DAY, NOW, OLDEST, broken, came_in, make_loan

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Loan
from qingshou.features.repayment.models import Account, TapeDifference
from qingshou.features.repayment.operations.ledger_errors import NothingOpen
from qingshou.features.repayment.operations.ledger_opening import open_ledger
from qingshou.features.repayment.operations.ledger_sync import sync_tape
from qingshou.features.repayment.operations.loan_acts import charge_costs, charge_off, waive
from qingshou.features.repayment.operations.receipt_returns import reverse_receipt
from qingshou.features.repayment.operations.receipts import apply_receipt
from qingshou.features.repayment.queries.owed import owed_of_loan
from qingshou.law.allocation.terms import PartKind

BY = {"actor": SYSTEM, "now": NOW}
ORDER = ("COSTS", "INTEREST", "PENALTY", "DUE", "LATER")  # 561, then what is not due yet
OPENING = {"COSTS": 10, "INTEREST": 70, "PENALTY": 20, "DUE": 200, "LATER": 9_800}


@dataclass
class Model:
    """What happened, each with the day it takes effect and its turn; everything else is reckoned."""

    happened: list[list[Any]] = field(default_factory=list)  # [effective, turn, kind, what]
    tape_as_of: date = DAY
    turns: int = 0

    def add(self, kind: str, on: date, what: Any) -> list[Any]:
        self.turns += 1
        one = [max(on, self.tape_as_of), self.turns, kind, what]
        self.happened.append(one)
        return one

    def reckon(self) -> tuple[dict[str, Decimal], dict[Any, Decimal], dict[Any, dict[str, Decimal]]]:
        """Return what is owed by part, what is left of each receipt, and what each took off each part."""
        owed = {part: Decimal(amount) for part, amount in OPENING.items()}
        left: dict[Any, Decimal] = {}
        took: dict[Any, dict[str, Decimal]] = {}
        recoverable: Decimal | None = None
        for one in sorted(self.happened, key=lambda one: one[:2]):
            _, turn, kind, what = one
            if kind == "PAY":
                money = what
                took[turn] = {}
                for part in ORDER:
                    took[turn][part] = min(money, owed[part])
                    owed[part] -= took[turn][part]
                    money -= took[turn][part]
                if recoverable is not None:
                    recovered = min(money, recoverable)
                    recoverable, money = recoverable - recovered, money - recovered
                left[turn] = money
            elif kind == "WAIVE":
                owed["PENALTY"] -= min(owed["PENALTY"], what)
            elif kind == "CHARGE" and recoverable is None:
                owed["COSTS"] += what
            elif kind == "WAIVE_AGAIN" and recoverable is None:
                for part in ("PENALTY", "COSTS", "INTEREST", "DUE", "LATER"):
                    given = min(owed[part], what)
                    owed[part], what = owed[part] - given, what - given
            elif kind == "CHARGE_OFF" and recoverable is None and sum(owed.values()):
                recoverable, owed = sum(owed.values()), dict.fromkeys(ORDER, Decimal(0))
            elif kind == "TAPE" and recoverable is None:
                owed = {part: Decimal(what.get(part, 0)) for part in ORDER}
            elif kind == "RESTORE" and recoverable is None:
                for part, amount in what.items():
                    owed[part] += amount
        return owed, left, took


amounts = st.integers(1, 40_000).map(lambda number: Decimal(number) / 100)
offsets = st.sampled_from((0, 0, 0, 1, 2, 3, 7, 12))  # many dated up to a tape that comes later
pays = st.tuples(st.just("PAY"), offsets, amounts)
reversals = st.tuples(st.just("REVERSE"), st.integers(0, 5), st.none())
tapes = st.tuples(st.just("TAPE"), st.integers(1, 3), st.integers(0, 300))
acts = st.lists(
    st.one_of(
        pays, pays, pays, reversals, reversals, tapes, tapes, st.tuples(st.just("WAIVE"), offsets, amounts),
        st.tuples(st.just("CHARGE"), offsets, amounts), st.tuples(st.just("CHARGE_OFF"), offsets, st.none()),
    ),
    min_size=4, max_size=12,
)  # fmt: skip


class Life:
    """One loan, the same in the ledger and in the model."""

    def __init__(self, loan: Any) -> None:
        self.loan, self.model = loan, Model()
        self.receipts: list[tuple[Any, list[Any]]] = []

    def act(self, kind: str, number: int, what: Any) -> None:
        on = DAY + timedelta(days=number)
        getattr(self, kind.lower())(on, number, what)

    def pay(self, on: date, _number: int, amount: Decimal) -> None:
        receipt = came_in(str(amount), on=on)
        apply_receipt(receipt_id=receipt.id, borrower_id=self.loan.borrower_id, **BY)
        self.receipts.append((receipt, self.model.add("PAY", on, amount)))

    def reverse(self, _on: date, number: int, _what: None) -> None:
        if not self.receipts:
            return
        receipt, one = self.receipts.pop(number % len(self.receipts))
        reverse_receipt(
            receipt_id=receipt.id, reversal_ref=f"r{receipt.id}", reason="RETURN", on=DAY + timedelta(days=2), **BY
        )
        took = self.model.reckon()[2][one[1]]
        is_counted_in = any(other[2] == "TAPE" and other[:2] > one[:2] for other in self.model.happened)
        self.model.happened.remove(one)
        if is_counted_in and any(took.values()):
            self.model.add("RESTORE", DAY + timedelta(days=2), took)

    def waive(self, on: date, _number: int, amount: Decimal) -> None:
        self._try(
            "WAIVE", on, amount,
            lambda: waive(loan_id=self.loan.id, amounts={PartKind.PENALTY: amount}, reason="x", under="x", on=on, **BY),
        )  # fmt: skip

    def charge(self, on: date, _number: int, amount: Decimal) -> None:
        self._try(
            "CHARGE", on, amount,
            lambda: charge_costs(loan_id=self.loan.id, amount=amount, reason="x", on=on, due_date=OLDEST, **BY),
        )  # fmt: skip

    def charge_off(self, on: date, _number: int, _what: None) -> None:
        self._try("CHARGE_OFF", on, None, lambda: charge_off(loan_id=self.loan.id, reason="x", under="x", on=on, **BY))

    def tape(self, _on: date, number: int, late: int) -> None:
        as_of = self.model.tape_as_of + timedelta(days=number)
        Loan.objects.filter(id=self.loan.id).update(
            as_of=as_of, balance=9_000, arrears=late + 5, arrears_principal=late, arrears_interest=5,
            arrears_penalty=0, arrears_fees=0,
        )  # fmt: skip
        sync_tape(as_of=as_of, **BY)
        self.model.tape_as_of = as_of
        self.model.add("TAPE", as_of, {"INTEREST": 5, "DUE": late, "LATER": 9_000 - late})
        # which of our acts the tape does not show is judged elsewhere (test_pending_rules.py); what follows is reckoned
        missing = TapeDifference.objects.filter(ledger_id=self.loan.id, state="OPEN", missing_as_of=as_of)
        for row in missing.order_by("event__effective_date", "event__sequence"):
            self.model.add("CHARGE" if row.kind == "CHARGE" else "WAIVE_AGAIN", as_of, row.amount)

    def _try(self, kind: str, on: date, what: Any, act: Any) -> None:
        """An act that moves nothing is refused; in the model it then never happened."""
        try:
            with transaction.atomic():
                act()
        except NothingOpen:
            return
        self.model.add(kind, on, what)

    def check(self) -> None:
        owed, left, _ = self.model.reckon()
        found = dict.fromkeys(ORDER, Decimal(0))
        for slot, amount in (owed_of_loan(loan_id=self.loan.id).parts or {}).items():
            part = slot.kind.value if slot.kind is not PartKind.PRINCIPAL else "DUE" if slot.due_date else "LATER"
            found[part] += amount
        assert found == owed
        unapplied = {
            one[1]: -Account.objects.values_list("balance", flat=True).get(receipt_id=receipt.id)
            for receipt, one in self.receipts
        }
        assert unapplied == {turn: amount for turn, amount in left.items() if turn in unapplied}


@settings(
    max_examples=150, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(acts)
@example([("PAY", 0, Decimal(95)), ("TAPE", 2, 40), ("PAY", 3, Decimal(7)), ("REVERSE", 0, None), ("TAPE", 1, 9)])
@example([("PAY", 1, Decimal(95)), ("CHARGE_OFF", 2, None), ("PAY", 3, Decimal(7)), ("REVERSE", 0, None)])
def test_ledger_and_model_say_the_same(tenant: Any, life: list[tuple[str, int, Any]]) -> None:
    with transaction.atomic():
        one = Life(make_loan())
        open_ledger(loan_id=one.loan.id, **BY)
        for kind, number, what in life:
            one.act(kind, number, what)
            one.check()
        assert broken(tenant.id) == {}
        transaction.set_rollback(True)
