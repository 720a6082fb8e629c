"""Amounts, days and parties of a camt message, each read strictly."""

import re
from datetime import date
from decimal import Decimal

from qingshou.features.repayment.statements.camt_elements import Element
from qingshou.features.repayment.statements.drafts import fitted, is_currency
from qingshou.features.repayment.statements.identity import real_reference
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import parse_amount

# A day alone or with a time, either with the zone it is meant in; the day is the bank's own.
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]{5,18})?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)


class EntryWrong(Exception):
    """One place of an entry cannot be read: which, and why. Caught by the reader of entries, never shown."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(column, code)
        self.column = column
        self.code = code


def signed(owner: Element, column: str, *path: str) -> tuple[Decimal, str]:
    """Return an amount with its sign and currency; EntryWrong where one of the three is missing or wrong."""
    element = owner.first(*(path or ("Amt",)))
    if element is None:
        raise EntryWrong(column, "REQUIRED_MISSING")
    currency = element.attributes.get("Ccy", "")
    if not is_currency(currency):
        raise EntryWrong(column, "UNKNOWN_CURRENCY")
    try:
        amount = parse_amount(element.text)
    except BadInput:
        raise EntryWrong(column, "NOT_A_NUMBER") from None
    if amount < 0:
        raise EntryWrong(column, "NEGATIVE")
    fit = fitted(amount, currency)
    if isinstance(fit, str):
        raise EntryWrong(column, fit)
    return fit, currency


def direction(owner: Element, column: str) -> int:
    """Return 1 for a credit and -1 for a debit."""
    said = owner.said("CdtDbtInd")
    if said not in ("CRDT", "DBIT"):
        raise EntryWrong(column, "UNMAPPED_VALUE" if said else "REQUIRED_MISSING")
    return 1 if said == "CRDT" else -1


def day(owner: Element, name: str) -> date | None:
    """Return a day given as Dt or DtTm, None where it is not given; EntryWrong where it is no day."""
    text = owner.said(name, "Dt") or owner.said(name, "DtTm")
    if not text:
        return None
    found = _DAY.fullmatch(text)
    if found is None:
        raise EntryWrong(name, "NOT_A_DATE")
    try:
        read = date.fromisoformat(found.group(1))
    except ValueError:
        raise EntryWrong(name, "IMPOSSIBLE_DATE") from None
    if not 1900 <= read.year <= 2199:
        raise EntryWrong(name, "IMPOSSIBLE_DATE")
    return read


def is_yes(text: str) -> bool:
    """Whether an indicator is set."""
    return text in ("true", "1")


def party_name(parties: Element, role: str) -> str:
    """Return a party's name: directly below its role until version 7, below Pty since."""
    return parties.said(role, "Nm") or parties.said(role, "Pty", "Nm")


def party_account(parties: Element, role: str) -> str:
    """Return a party's account: an IBAN, or whatever else numbers it."""
    account = parties.first(f"{role}Acct", "Id")
    return "" if account is None else account.said("IBAN") or account.said("Othr", "Id")


def own_number(account: Element) -> str:
    """Return the number of the statement's own account."""
    return account.said("Id", "IBAN") or account.said("Id", "Othr", "Id")


def remittance(detail: Element, entry: Element) -> str:
    """Return what the payer wrote: free text and structured references, else what the bank adds."""
    said = [element.text for element in detail.all("RmtInf", "Ustrd")]
    for part in detail.all("RmtInf", "Strd"):
        said += [part.said("CdtrRefInf", "Ref"), part.said("CdtrRefInf", "CdtrRef")]
        said += [element.text for element in part.all("AddtlRmtInf")]
    found = " ".join(text.strip() for text in said if text.strip())
    return found or detail.said("AddtlTxInf") or entry.said("AddtlNtryInf")


def end_to_end(detail: Element) -> str:
    """Return the payer's own reference."""
    return real_reference(detail.said("Refs", "EndToEndId"))
