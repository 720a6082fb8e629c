"""What the QR code of a bank transfer says: EPC069-12 for euro to an IBAN, otherwise the details as plain text."""

from decimal import Decimal

from qingshou.features.portal.rules.policy import BankAccount

_NAME_MAX, _REFERENCE_MAX = 70, 35
_AMOUNT_MOST = Decimal("999999999.99")


def transfer_text(
    *, bank: BankAccount, currency: str, amount: Decimal | None, reference: str, labels: tuple[str, str, str, str]
) -> str:
    """Return the text of the code.

    Takes   amount     None, or outside 0.01 to 999,999,999.99 (the standard's limits): the payer fills it in
            reference  ours (ISO 11649); it stands where the standard has the structured reference
            labels     words of the plain text: payee, account, amount, reference
    Gives   str  EPC069-12 version 002, UTF-8, SCT; with another currency or no IBAN four lines of plain text
    """
    if currency == "EUR" and bank.iban:
        return _epc(bank, amount, reference)
    payee, account, sum_word, ref_word = labels
    lines = [f"{payee}: {bank.account_name}", f"{account}: {bank.account_number or bank.iban} {bank.bank_name}".strip()]
    if amount is not None and amount > 0:
        lines.append(f"{sum_word}: {amount:.2f} {currency}")
    return "\n".join([*lines, f"{ref_word}: {reference}"])


def _epc(bank: BankAccount, amount: Decimal | None, reference: str) -> str:
    fits = amount is not None and Decimal("0.01") <= amount <= _AMOUNT_MOST
    lines = [
        "BCD", "002", "1", "SCT", bank.bic, bank.account_name[:_NAME_MAX], bank.iban,
        f"EUR{amount:.2f}" if fits else "", "", reference[:_REFERENCE_MAX], "", "",
    ]  # fmt: skip
    return "\n".join(lines).rstrip("\n")
