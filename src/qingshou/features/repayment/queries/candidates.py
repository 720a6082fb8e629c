"""Whose many receipts may be: debts gathered by reference, number, payer and amount, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from qingshou.features.book.finding import (
    find_borrowers_by_arrears,
    find_borrowers_by_name,
    find_loans,
    name_indexes_of,
)
from qingshou.features.cases.queries.numbers import borrowers_of_numbers, latest_numbers_of
from qingshou.features.repayment.models import PaymentReference, PlanInstalment, Promise, Receipt
from qingshou.features.repayment.queries.owed import OwedOfLoan, list_owed
from qingshou.features.repayment.rules.matching import Candidate, Expected, ExpectedKind, LookUp, look_up_keys
from qingshou.kernel.money import ZERO

# so many debtors of one name, or with one amount open, are still told apart by the other signs; more say nothing
NAMES_MAX = 20
AMOUNTS_MAX = 5
_DUE_NEAR_DAYS = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class ToMatch:
    """A receipt to be matched, its texts open."""

    id: UUID
    amount: Decimal
    currency: str
    value_date: date
    remittance: str = field(default="", repr=False)
    payment_ref: str = ""
    name_index: bytes | None = None
    account_index: bytes | None = None

    @property
    def keys(self) -> LookUp:
        """What its texts may name."""
        return look_up_keys(remittance=self.remittance, end_to_end_ref=self.payment_ref)


def gather_candidates(*, receipts: Sequence[ToMatch], lender_id: UUID) -> dict[UUID, list[Candidate]]:
    """Return receipt -> the debts it may be for.

    The number of queries does not depend on how many receipts there are.
    """
    keys = {one.id: one.keys for one in receipts}
    signs = _Signs.read(receipts, keys)
    borrowers = {one.id: signs.borrowers_of(one, keys[one.id]) for one in receipts}
    known = _Debtors.read({borrower for found in borrowers.values() for borrower in found})
    return {
        one.id: [
            candidate
            for borrower in sorted(borrowers[one.id])
            for candidate in known.candidates(borrower, one, signs, lender_id)
        ]
        for one in receipts
    }


@dataclass(slots=True)
class _Signs:
    """What points to whom: references, numbers, accounts, names, amounts."""

    references: Mapping[str, UUID]
    numbers: Mapping[str, UUID]
    accounts: Mapping[bytes, set[UUID]]
    names: Mapping[bytes, list[UUID]]
    amounts: Mapping[Decimal, set[UUID]]

    @classmethod
    def read(cls, receipts: Sequence[ToMatch], keys: Mapping[UUID, LookUp]) -> "_Signs":
        refs = {ref for one in keys.values() for ref in one.payment_refs}
        numbers = {number for one in keys.values() for number in one.numbers}
        owners = dict(PaymentReference.objects.filter(reference__in=refs).values_list("reference", "borrower_id"))
        named = {one.loan_ref: one.borrower_id for one in find_loans(loan_refs=numbers)}
        return cls(
            references=owners,
            numbers={**borrowers_of_numbers(numbers=numbers), **named},
            accounts=_seen({one.account_index for one in receipts if one.account_index}),
            names=find_borrowers_by_name(
                name_indexes={one.name_index for one in receipts if one.name_index}, most=NAMES_MAX
            ),
            amounts=_expected({one.amount for one in receipts}),
        )

    def borrowers_of(self, one: ToMatch, keys: LookUp) -> set[UUID]:
        """Return who a receipt may be from."""
        found = {self.references[ref] for ref in keys.payment_refs if ref in self.references}
        found |= {self.numbers[number] for number in keys.numbers if number in self.numbers}
        found |= self.accounts.get(one.account_index or b"", set())
        found |= set(self.names.get(one.name_index or b"", ()))
        return found | self.amounts.get(one.amount, set())


@dataclass(slots=True)
class _Debtors:
    """All that is known of the debtors who come into question."""

    owed: Mapping[UUID, list[OwedOfLoan]]
    cases: Mapping[UUID, str]
    names: Mapping[UUID, bytes | None]
    references: Mapping[tuple[UUID, UUID | None], tuple[str, ...]]
    expected: Mapping[tuple[UUID, str], list[Expected]]

    @classmethod
    def read(cls, borrowers: Collection[UUID]) -> "_Debtors":
        owed: dict[UUID, list[OwedOfLoan]] = defaultdict(list)
        for loan in list_owed(borrower_ids=borrowers) if borrowers else ():
            owed[loan.borrower_id].append(loan)
        given: dict[tuple[UUID, UUID | None], tuple[str, ...]] = defaultdict(tuple)
        rows = PaymentReference.objects.filter(borrower_id__in=borrowers)
        for borrower, loan_id, reference in rows.values_list("borrower_id", "loan_id", "reference"):
            given[borrower, loan_id] += (reference,)
        return cls(
            owed, latest_numbers_of(borrower_ids=borrowers), name_indexes_of(borrower_ids=borrowers), given,
            _agreed(borrowers),
        )  # fmt: skip

    def candidates(
        self, borrower: UUID, receipt: ToMatch, signs: _Signs, lender_id: UUID
    ) -> Iterable[Candidate]:  # fmt: skip
        """Yield all a debtor owes as one, then each loan; loans in another currency keep theirs."""
        mine = self.owed.get(borrower, [])
        agreed = self.expected.get((borrower, receipt.currency), [])
        same = [loan for loan in mine if loan.currency == receipt.currency]
        payers = signs.accounts.get(receipt.account_index or b"", set())
        name = self.names.get(borrower)
        is_known_name = name is not None and receipt.name_index is not None

        def candidate(loan: OwedOfLoan | None, expected: list[Expected], owed: Decimal | None) -> Candidate:
            return Candidate(
                lender_id=str(lender_id), borrower_id=str(borrower), loan_id=str(loan.loan_id) if loan else "",
                currency=loan.currency if loan else receipt.currency, loan_ref=loan.loan_ref if loan else "",
                case_number=self.cases.get(borrower, ""),
                payment_refs=self.references.get((borrower, loan.loan_id if loan else None), ()),
                expected=tuple(agreed + expected), owed=owed,
                is_same_name=name == receipt.name_index if is_known_name else None,
                is_same_account=borrower in payers, is_shared_account=len(payers) > 1,
            )  # fmt: skip

        if same or not mine:
            yield candidate(None, _sums(same, receipt.value_date), _total(same))
        for loan in mine:
            yield candidate(loan, _of_loan(loan, receipt.value_date), _total([loan]))


def _seen(indexes: Collection[bytes]) -> dict[bytes, set[UUID]]:
    """Return account -> the debtors it has paid for."""
    found: dict[bytes, set[UUID]] = defaultdict(set)
    rows = Receipt.objects.filter(payer_account_index__in=indexes, state="APPLIED", borrower__isnull=False)
    for index, borrower in rows.values_list("payer_account_index", "borrower_id").distinct():
        found[bytes(index)].add(borrower)
    return found


def _expected(amounts: Collection[Decimal]) -> dict[Decimal, set[UUID]]:
    """Return amount -> the debtors it was promised by, agreed with, or is overdue of; what many owe says nothing."""
    found: dict[Decimal, set[UUID]] = defaultdict(set)
    promised = Promise.objects.filter(state="OPEN", amount__in=amounts).values_list("amount", "borrower_id")
    agreed = PlanInstalment.objects.filter(
        state__in=("DUE", "LATE", "MISSED"), amount__in=amounts, plan__state="ACTIVE"
    ).values_list("amount", "plan__borrower_id")
    overdue = find_borrowers_by_arrears(amounts=amounts, most=AMOUNTS_MAX)
    for amount, borrower in (*promised, *agreed.distinct()):
        found[amount].add(borrower)
    for amount, borrowers in overdue.items():
        found[amount] |= set(borrowers)
    return {amount: borrowers for amount, borrowers in found.items() if len(borrowers) <= AMOUNTS_MAX}


def _agreed(borrowers: Collection[UUID]) -> dict[tuple[UUID, str], list[Expected]]:
    """Return (debtor, currency) -> what was promised or agreed and has not come."""
    found: dict[tuple[UUID, str], list[Expected]] = defaultdict(list)
    promises = Promise.objects.filter(borrower_id__in=borrowers, state="OPEN")
    for borrower, currency, amount, due_on in promises.values_list("borrower_id", "currency", "amount", "due_on"):
        found[borrower, currency].append(Expected(ExpectedKind.PROMISE, amount, due_on))
    dues = PlanInstalment.objects.filter(
        plan__borrower_id__in=borrowers, plan__state="ACTIVE", state__in=("DUE", "LATE", "MISSED")
    )
    for borrower, currency, amount, paid, due_on in dues.values_list(
        "plan__borrower_id", "plan__currency", "amount", "paid_amount", "due_on"
    ):
        found[borrower, currency].append(Expected(ExpectedKind.PLAN, amount - paid, due_on))
    return found


def _of_loan(loan: OwedOfLoan, on: date) -> list[Expected]:
    """Return what may come for a loan: all that is due, all of it, or what falls due on one day near."""
    if not loan.parts:
        return []
    standing = loan.standing(on=on)
    found = [Expected(ExpectedKind.PAYOFF, loan.total)]
    if standing.owed_now > 0:
        found.append(Expected(ExpectedKind.ARREARS, standing.owed_now))
    days: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for slot, amount in loan.parts.items():
        if slot.due_date is not None and abs(slot.due_date - on) <= timedelta(days=_DUE_NEAR_DAYS):
            days[slot.due_date] += amount
    return found + [Expected(ExpectedKind.INSTALMENT, amount, day) for day, amount in sorted(days.items())]


def _sums(loans: Sequence[OwedOfLoan], on: date) -> list[Expected]:
    """Return what may come for several loans together; of one loan its own candidate says it."""
    if len(loans) < 2:
        return []
    due = sum((loan.standing(on=on).owed_now for loan in loans), ZERO)
    told = ((ExpectedKind.PAYOFF, _total(loans) or ZERO), (ExpectedKind.ARREARS, due))
    return [Expected(kind, amount) for kind, amount in told if amount > 0]


def _total(loans: Sequence[OwedOfLoan]) -> Decimal | None:
    if not loans or any(loan.parts is None for loan in loans):
        return None
    return sum((loan.total for loan in loans), ZERO)
