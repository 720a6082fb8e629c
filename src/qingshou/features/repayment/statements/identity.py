"""When two lines are one booking, and two files one file.

A bank that numbers its bookings is believed: account, reference, day, currency and amount name the booking, and the
same in another file, or twice in one, is that booking again. The day counts because many banks begin at 1 every
morning, the amount because a fee often bears the reference of what it is for. Where the bank gives no reference, all
that it says of the booking does; rows that are alike even then are told apart by counting them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from qingshou.features.repayment.statements.forms import Line

_BLOCK_BYTES = 1 << 20
# What banks write where there is no reference.
NO_REFERENCE = frozenset({"NONREF", "NOTPROVIDED", "NOT PROVIDED", "NONE", "N/A", "NA", "NULL", "-", "--"})


def content_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes: the same file is the same however it is called."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def real_reference(text: str) -> str:
    """Return a reference, or nothing where the bank only says that there is none."""
    return "" if text.upper() in NO_REFERENCE or not text.strip("0") else text


def named(lines: Iterable[Line], *, row_key: bytes) -> list[Line]:
    """Return the lines with hash, occurrence and key filled in.

    Takes   lines    of one file, in its order
            row_key  the lender's own secret, at most 64 bytes, so that a stored hash tells nothing about a payer; may
                     be empty where hashes are not stored
    """
    seen: Counter[str] = Counter()
    result = []
    for line in lines:
        row_hash = _digest(_said(line), row_key)
        identity = "R" + _digest(_reference(line), row_key) if line.bank_ref else "H" + row_hash
        seen[identity] += 1
        count = seen[identity]
        # the bank's own number needs no counting: the second time is the same booking
        key = identity if line.bank_ref or count == 1 else f"{identity}#{count}"
        result.append(replace(line, row_hash=row_hash, occurrence=count, key=key))
    return result


def _reference(line: Line) -> tuple[str, ...]:
    return (line.account, line.currency, line.bank_ref, line.booked_date.isoformat(), _plain(line.amount))


def _said(line: Line) -> tuple[str, ...]:
    return (
        *_reference(line),
        line.value_date.isoformat(),
        line.payer_name,
        line.payer_account,
        line.remittance,
        line.end_to_end_ref,
        "reversal" if line.is_reversal else "",
        line.reverses_ref,
        "" if line.balance_after is None else _plain(line.balance_after),
    )


def _plain(amount: Decimal) -> str:
    """Return an amount so that 5, 5.0 and 5.00 are one."""
    return f"{amount.normalize() + 0:f}"


def _digest(parts: tuple[str, ...], row_key: bytes) -> str:
    """Return a keyed digest of parts; each with its length, so that none can run into the next."""
    digest = hashlib.blake2b(key=row_key, digest_size=32)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()
