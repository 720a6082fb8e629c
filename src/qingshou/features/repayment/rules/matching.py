"""Whose a receipt is: by reference, amount, name and account, each with its points; certain, proposed, or unknown.

Names and accounts never come here: the caller compares their blind indexes and says what it saw. Debtors are told apart
and not their loans: which of one debtor's debts a payment goes on is what the payer says, else what the law says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qingshou.features.repayment.rules.matching_policy import MatchingPolicy
from qingshou.features.repayment.rules.references import find_bare_references, find_references
from qingshou.features.repayment.rules.wording import Wording, plain_number
from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Reason

# What names one debt, so that the payment is meant for it.
_NAMES_A_DEBT = frozenset({"PAYMENT_REFERENCE", "PAYMENT_REFERENCE_BARE", "LOAN_REFERENCE", "SHORT_REFERENCE"})


class Found(StrEnum):
    """What comes of matching."""

    MATCHED = "MATCHED"
    PROPOSED = "PROPOSED"
    UNMATCHED = "UNMATCHED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFacts:
    """What is known of money that came in. The texts are read here and given back nowhere."""

    lender_id: str
    amount: Decimal
    currency: str
    value_date: date
    remittance: str = field(default="", repr=False)
    end_to_end_ref: str = field(default="", repr=False)


class ExpectedKind(StrEnum):
    """Why an amount may come: promised, due by a plan or by the contract, overdue, or all that settles the debt."""

    PROMISE = "PROMISE"
    PLAN = "PLAN"
    INSTALMENT = "INSTALMENT"
    ARREARS = "ARREARS"
    PAYOFF = "PAYOFF"


@dataclass(frozen=True, slots=True)
class Expected:
    """An amount that may come, and its day where it has one."""

    kind: ExpectedKind
    amount: Decimal
    due_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One debt the receipt may be for, or all of a debtor's (loan_id ''), and what the caller saw.

    payment_refs       references of ours given for this debt
    owed               all that is owed on it, where known: more cannot be meant
    is_same_name       the payer's name is the borrower's; None where either is unknown
    is_same_account    the payer's account has paid for this borrower before
    is_shared_account  and for other borrowers too
    """

    lender_id: str
    borrower_id: str
    loan_id: str = ""
    currency: str
    loan_ref: str = ""
    case_number: str = ""
    payment_refs: tuple[str, ...] = ()
    expected: tuple[Expected, ...] = ()
    owed: Decimal | None = None
    is_same_name: bool | None = None
    is_same_account: bool = False
    is_shared_account: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """One candidate with its points; every reason's fields hold the `points` it gave."""

    borrower_id: str
    loan_id: str
    score: int
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its reasons."""
        return tuple(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Matching:
    """The judgement: the best match of each debtor, the best first, and why it is what it is.

    borrower_id  whose it is, where MATCHED; else ''
    loan_id      the debt the payer named, where MATCHED and one is named; '' leaves it to the law's order
    """

    found: Found
    matches: tuple[Match, ...]
    reasons: tuple[Reason, ...]
    borrower_id: str = ""
    loan_id: str = ""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What to find candidates by."""

    payment_refs: tuple[str, ...]
    numbers: tuple[str, ...] = field(repr=False)


def look_up_keys(*, remittance: str, end_to_end_ref: str) -> LookUp:
    """Return what a receipt's texts may name: references of ours, and possible numbers of loans and cases."""
    text = f"{remittance}\n{end_to_end_ref}"
    return LookUp(
        payment_refs=find_references(text) + find_bare_references(text),
        numbers=Wording(remittance, end_to_end_ref).keys(),
    )


def judge_match(*, receipt: ReceiptFacts, candidates: Sequence[Candidate], policy: MatchingPolicy) -> Matching:
    """Return whose a receipt is.

    Takes   receipt     amount above zero
            candidates  debts it may be for; those of another lender or currency are left out, whatever they share
            policy      weights and limits
    Gives   Matching    MATCHED: one debtor, with points enough and far enough ahead of the next; PROPOSED: worth a
                        person's look; UNMATCHED: not even that
    Stops   BadInput    the amount is not above zero: a reversal is no receipt
    """
    if receipt.amount <= 0:
        raise BadInput("Only money that came in is matched: a reversal or fee has no debtor.", why="NOT_ABOVE_ZERO")
    reasons = _left_out(receipt, candidates)
    fit = [one for one in candidates if one.lender_id == receipt.lender_id and one.currency == receipt.currency]
    signs = _Signs(receipt, policy)
    scored = [signs.match(one) for one in fit]
    best = _best_of_each(scored, policy)
    unknown = signs.references - {reference for one in fit for reference in one.payment_refs}
    if unknown:
        reasons.append(Reason("REFERENCE_UNKNOWN", {"references": sorted(unknown)}))
    verdict, why = _verdict(best, has_unknown=bool(unknown), policy=policy)
    reasons.append(why)
    shown = tuple(best[: policy.proposals_max])
    if verdict is not Found.MATCHED:
        return Matching(verdict, shown if verdict is Found.PROPOSED else (), tuple(reasons))
    winner = best[0].borrower_id
    loan_id = _named_debt([one for one in scored if one.borrower_id == winner])
    if not loan_id:
        reasons.append(Reason("DEBT_NOT_NAMED"))
    return Matching(verdict, shown, tuple(reasons), winner, loan_id)


def _left_out(receipt: ReceiptFacts, candidates: Sequence[Candidate]) -> list[Reason]:
    """Say how many candidates could not be meant at all."""
    others = sum(one.lender_id != receipt.lender_id for one in candidates)
    foreign = sum(one.lender_id == receipt.lender_id and one.currency != receipt.currency for one in candidates)
    said = (("OTHER_LENDER", others), ("OTHER_CURRENCY", foreign))
    return [Reason(code, {"count": count}) for code, count in said if count]


def _best_of_each(scored: Sequence[Match], policy: MatchingPolicy) -> list[Match]:
    """Return the best match of each debtor worth showing, the best first; equal ones in a lasting order."""
    best: dict[str, Match] = {}
    for one in sorted(scored, key=lambda match: (-match.score, match.borrower_id, match.loan_id, match.codes)):
        best.setdefault(one.borrower_id, one)
    return [one for one in best.values() if one.score >= policy.propose_points_min]


def _verdict(best: Sequence[Match], *, has_unknown: bool, policy: MatchingPolicy) -> tuple[Found, Reason]:
    if not best:
        return Found.UNMATCHED, Reason("NOTHING_FITS")
    facts: Mapping[str, object] = {"points": best[0].score, "points_min": policy.match_points_min}
    if best[0].score < policy.match_points_min:
        return Found.PROPOSED, Reason("TOO_WEAK", facts)
    if len(best) > 1 and best[0].score - best[1].score < policy.lead_points_min:
        lead = {"lead": best[0].score - best[1].score, "lead_min": policy.lead_points_min}
        return Found.PROPOSED, Reason("NOT_UNIQUE", lead)
    if has_unknown:
        # the payer gave a reference of ours that is nobody's here: what else fits may fit by chance
        return Found.PROPOSED, Reason("MEANT_FOR_ANOTHER")
    return Found.MATCHED, Reason("UNIQUE", facts)


def _named_debt(of_winner: Sequence[Match]) -> str:
    """Return the one debt the payer named, or nothing where none or several are named."""
    named = {one.loan_id for one in of_winner if one.loan_id and not _NAMES_A_DEBT.isdisjoint(one.codes)}
    return named.pop() if len(named) == 1 else ""


class _Signs:
    """What one receipt shows, held against a candidate."""

    def __init__(self, receipt: ReceiptFacts, policy: MatchingPolicy) -> None:
        text = f"{receipt.remittance}\n{receipt.end_to_end_ref}"
        self._receipt, self._policy = receipt, policy
        self.references = frozenset(find_references(text))
        self._bare = frozenset(find_bare_references(text))
        self._wording = Wording(receipt.remittance, receipt.end_to_end_ref)

    def match(self, candidate: Candidate) -> Match:
        """Return a candidate with its points and the reasons for them."""
        codes = [
            *self._by_reference(candidate),
            *self._by_payer(candidate),
            *self._by_amount(candidate),
        ]
        reasons = tuple(Reason(code, {"points": self._policy.points[code]}) for code in codes)
        score = sum(self._policy.points[code] for code in codes)
        return Match(candidate.borrower_id, candidate.loan_id, score, reasons)

    def _by_reference(self, candidate: Candidate) -> list[str]:
        """Return the strongest reference only: a loan's number beside our own proves nothing more."""
        given = set(candidate.payment_refs)
        if given & self.references:
            return ["PAYMENT_REFERENCE"]
        if given & self._bare:
            return ["PAYMENT_REFERENCE_BARE"]
        numbers = (("LOAN_REFERENCE", candidate.loan_ref), ("CASE_NUMBER", candidate.case_number))
        for code, number in numbers:
            if number and self._wording.names(number):
                is_short = len(plain_number(number)) < self._policy.reference_chars_min
                return ["SHORT_REFERENCE" if is_short else code]
        return []

    @staticmethod
    def _by_payer(candidate: Candidate) -> list[str]:
        codes = []
        if candidate.is_same_account:
            codes.append("SHARED_ACCOUNT" if candidate.is_shared_account else "SAME_ACCOUNT")
        if candidate.is_same_name is not None:
            codes.append("SAME_NAME" if candidate.is_same_name else "OTHER_NAME")
        return codes

    def _by_amount(self, candidate: Candidate) -> list[str]:
        """Return the best of what the amount says, with the day where that fits too."""
        told = [codes for one in candidate.expected if (codes := self._of_expected(one))]
        if told:
            return max(told, key=lambda codes: sum(self._policy.points[code] for code in codes))
        is_above = candidate.owed is not None and self._receipt.amount > candidate.owed
        return ["AMOUNT_ABOVE_DEBT"] if is_above else []

    def _of_expected(self, expected: Expected) -> list[str]:
        is_in_time = expected.due_date is not None and (
            abs((self._receipt.value_date - expected.due_date).days) <= self._policy.date_near_days
        )
        if expected.amount > 0 and self._receipt.amount == expected.amount:
            return [f"AMOUNT_OF_{expected.kind.value}", *(["DATE_NEAR"] if is_in_time else [])]
        difference = abs(self._receipt.amount - expected.amount) * 100
        is_near = expected.amount > 0 and difference <= expected.amount * self._policy.amount_near_pct
        return ["AMOUNT_NEAR", "DATE_NEAR"] if is_near and is_in_time else []
