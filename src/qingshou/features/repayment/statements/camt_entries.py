"""One entry of a camt message as lines: a batch is split into its payments where these add up to it."""

from dataclasses import dataclass
from decimal import Decimal

from qingshou.features.repayment.statements import camt_values as values
from qingshou.features.repayment.statements.camt_elements import Element
from qingshou.features.repayment.statements.drafts import Draft, Reading
from qingshou.features.repayment.statements.forms import Line
from qingshou.features.repayment.statements.identity import real_reference
from qingshou.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class _Part:
    """One payment of an entry: its signed amount, and the detail that tells of it."""

    amount: Decimal
    detail: Element
    bank_ref: str


def take_entry(entry: Element, *, draft: Draft, reading: Reading) -> None:
    """Read one entry into its statement: lines, or the reason why there is none."""
    try:
        lines = _lines(entry, draft, reading)
    except values.EntryWrong as wrong:
        reading.reject(entry.line_no, wrong.column, wrong.code)
        return
    draft.lines += lines


def _lines(entry: Element, draft: Draft, reading: Reading) -> list[Line]:
    status = entry.said("Sts", "Cd") or entry.said("Sts")
    if not status:
        raise values.EntryWrong("Sts", "REQUIRED_MISSING")
    if status != "BOOK":
        raise values.EntryWrong("Sts", "NOT_BOOKED")
    size, currency = values.signed(entry, "Amt")
    draft.currency = draft.currency or currency
    if currency != draft.currency:
        raise values.EntryWrong("Amt", "WRONG_CURRENCY")
    if size == 0:
        raise values.EntryWrong("Amt", "ZERO_AMOUNT")
    amount = size * values.direction(entry, "CdtDbtInd")
    booked, valued = values.day(entry, "BookgDt"), values.day(entry, "ValDt")
    first, second = booked or valued, valued or booked
    if first is None or second is None:
        raise values.EntryWrong("BookgDt", "REQUIRED_MISSING")
    is_reversal = values.is_yes(entry.said("RvslInd"))
    lines = []
    for part in _parts(entry, amount, currency, reading):
        reading.count_row()
        parties = part.detail.first("RltdPties") or Element("RltdPties", entry.line_no)
        # a reversal keeps the roles of what it takes back: who paid us is still the debtor
        role = "Dbtr" if (part.amount > 0) != is_reversal else "Cdtr"
        is_returned = part.detail.first("RtrInf") is not None
        lines.append(
            reading.draw(
                line_no=part.detail.line_no,
                account=draft.account,
                currency=currency,
                amount=part.amount,
                value_date=second,
                booked_date=first,
                is_reversal=is_reversal or is_returned,
                payer_account=values.party_account(parties, role),
                payer_name=values.party_name(parties, role) or values.party_name(parties, f"Ultmt{role}"),
                remittance=values.remittance(part.detail, entry),
                bank_ref=part.bank_ref,
                end_to_end_ref=values.end_to_end(part.detail),
                reverses_ref=_taken_back(part.detail) if is_reversal or is_returned else "",
            )
        )
    return lines


def _taken_back(detail: Element) -> str:
    """Return what a reversal gives to find the first booking by: the references of the payment itself."""
    given = (detail.said("Refs", name) for name in ("TxId", "EndToEndId", "InstrId"))
    return next((reference for reference in map(real_reference, given) if reference), "")


def _parts(entry: Element, amount: Decimal, currency: str, reading: Reading) -> list[_Part]:
    """Return the payments of an entry; their amounts add up to it, or it stays one."""
    entry_ref = real_reference(entry.said("AcctSvcrRef"))
    details = entry.all("NtryDtls", "TxDtls")
    if len(details) < 2:
        detail = details[0] if details else Element("TxDtls", entry.line_no)
        return [_Part(amount, detail, entry_ref or real_reference(detail.said("Refs", "AcctSvcrRef")))]
    amounts = [_amount_of(detail, amount, currency) for detail in details]
    if None in amounts or sum((one for one in amounts if one is not None), ZERO) != amount:
        reading.warn("DETAILS_DIFFER", entry.line_no, details=len(details))
        return [_Part(amount, Element("TxDtls", entry.line_no), entry_ref)]
    own = [real_reference(detail.said("Refs", "AcctSvcrRef")) for detail in details]
    are_own = all(own) and len(set(own)) == len(own)
    refs = own if are_own else [f"{entry_ref}/{number}" if entry_ref else "" for number in range(1, len(own) + 1)]
    return [
        _Part(one, detail, ref)
        for one, detail, ref in zip(amounts, details, refs, strict=True)
        if one is not None and one != 0
    ]


def _amount_of(detail: Element, whole: Decimal, currency: str) -> Decimal | None:
    """Return the signed amount of one payment in the entry's currency, or None where it is not stated."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        if detail.first(*path) is None:
            continue
        try:
            size, stated = values.signed(detail, "TxDtls", *path)
        except values.EntryWrong:
            return None
        if stated == currency:
            said = detail.said("CdtDbtInd")
            sign = {"CRDT": 1, "DBIT": -1}.get(said, 1 if whole > 0 else -1)
            return size * sign
    return None
