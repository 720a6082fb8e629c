"""ISO 20022 camt.052 (report within the day), camt.053 (statement of a day) and camt.054 (advice of single bookings).

Every version since 001.02.
"""

import re
from decimal import Decimal
from pathlib import Path

from qingshou.features.repayment.statements import camt_values as values
from qingshou.features.repayment.statements.camt_elements import Element, read_elements
from qingshou.features.repayment.statements.camt_entries import take_entry
from qingshou.features.repayment.statements.drafts import Draft, Reading, is_currency, own_account
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import Format
from qingshou.features.repayment.statements.texts import clean

_STATEMENT, _ADVICE, _REPORT = "Stmt", "Ntfctn", "Rpt"
_MESSAGES = {
    "BkToCstmrAcctRpt": Format.CAMT052,
    "BkToCstmrStmt": Format.CAMT053,
    "BkToCstmrDbtCdtNtfctn": Format.CAMT054,
}
_VERSION = re.compile(r"camt\.05[234]\.001\.[0-9]{2}", re.ASCII)
_OPENING = ("OPBD", "PRCD")
_REFERENCE_CHARS_MAX = 35


def read_camt(path: Path) -> tuple[Reading, Format, str]:
    """Read a camt message.

    Gives   what was read, the format, and the message's version as its namespace names it
    Stops   StatementRefused  no XML, or no statement and no advice of bookings
    """
    reading = Reading()
    balances: list[tuple[str, Decimal]] = []

    def told(name: str, element: Element) -> None:
        if not name:
            _close(reading, balances)
            reading.statements.append(Draft(line_no=element.line_no, states_balances=element.name == _STATEMENT))
            return
        draft = reading.statements[-1]
        if name == "Id":
            draft.statement_ref = clean(element.text, _REFERENCE_CHARS_MAX)[0]
        elif name == "Acct":
            draft.account = own_account(values.own_number(element))
            draft.currency = element.said("Ccy") if is_currency(element.said("Ccy")) else draft.currency
        elif name == "Bal":
            _take_balance(element, draft, reading, balances)
        elif name == "Ntry":
            take_entry(element, draft=draft, reading=reading)

    message, namespace = read_elements(path, containers=frozenset({_STATEMENT, _ADVICE, _REPORT}), told=told)
    if message not in _MESSAGES:
        raise StatementRefused(
            "The XML is no camt.052, camt.053 or camt.054: give the bank's statement, report or advice of bookings.",
            why="WRONG_MESSAGE",
        )
    _close(reading, balances)
    version = _VERSION.search(namespace)
    return reading, _MESSAGES[message], version.group() if version else ""


def _take_balance(element: Element, draft: Draft, reading: Reading, balances: list[tuple[str, Decimal]]) -> None:
    kind = element.said("Tp", "CdOrPrtry", "Cd")
    if kind not in (*_OPENING, "CLBD", "ITBD"):
        return
    try:
        size, currency = values.signed(element, "Bal")
        amount = size * values.direction(element, "Bal")
    except values.EntryWrong as wrong:
        reading.reject(element.line_no, "Bal", wrong.code)
        return
    draft.currency = draft.currency or currency
    if currency != draft.currency:
        reading.reject(element.line_no, "Bal", "WRONG_CURRENCY")
        return
    balances.append((kind, amount))


def _close(reading: Reading, balances: list[tuple[str, Decimal]]) -> None:
    """Settle the balances of the statement just read: the pages of a long one begin and end with interim ones."""
    if reading.statements:
        draft = reading.statements[-1]
        of_kind = dict(reversed(balances))
        interim = [amount for kind, amount in balances if kind == "ITBD"]
        opening = next((of_kind[kind] for kind in _OPENING if kind in of_kind), None)
        closing = of_kind.get("CLBD")
        draft.opening = opening if opening is not None else (interim[0] if interim else None)
        draft.closing = closing if closing is not None else (interim[-1] if interim else None)
    balances.clear()
