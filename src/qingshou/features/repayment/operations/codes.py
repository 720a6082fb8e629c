"""One-time codes: six digits to a known channel, a keyed hash kept, good once, for a short time and few tries."""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from qingshou.features.repayment.models import OneTimeCode
from qingshou.features.repayment.rules.plan_policy import CodePolicy
from qingshou.privacy.keys import current_index_key


def new_code(
    *, purpose: str, subject_id: UUID, borrower_id: UUID, policy: CodePolicy, now: datetime
) -> tuple[OneTimeCode, str]:
    """Make a code, not saved yet; what was sent before for the same thing holds no longer once `keep_code` saved it."""
    digits = "".join(secrets.choice("0123456789") for _ in range(policy.digits))
    row = OneTimeCode(
        id=uuid4(), purpose=purpose, subject_id=subject_id, borrower_id=borrower_id, tries_left=policy.tries,
        expires_at=now + timedelta(minutes=policy.minutes), made_at=now,
    )  # fmt: skip
    row.code_hash = hash_of(row.id, digits)
    return row, digits


def keep_code(row: OneTimeCode, *, message_id: UUID | None, now: datetime) -> OneTimeCode:
    """Save a code and end the earlier ones of the same thing."""
    same = OneTimeCode.objects.filter(purpose=row.purpose, subject_id=row.subject_id, used_at__isnull=True)
    same.filter(expires_at__gt=now).update(expires_at=now)
    row.message_id = message_id
    row.save(force_insert=True)
    return row


def keep_blank(*, purpose: str, subject_id: UUID, borrower_id: UUID, policy: CodePolicy, now: datetime) -> None:
    """Keep a code that no digits match: whoever tries does and waits for the same as where one was sent."""
    row, _digits = new_code(purpose=purpose, subject_id=subject_id, borrower_id=borrower_id, policy=policy, now=now)
    row.code_hash = hash_of(row.id, secrets.token_hex(16))
    keep_code(row, message_id=None, now=now)


def count_codes_since(*, purpose: str, subject_id: UUID, since: datetime) -> int:
    """Return how many codes were made for one thing."""
    return OneTimeCode.objects.filter(purpose=purpose, subject_id=subject_id, made_at__gte=since).count()


def use_code(*, purpose: str, subject_id: UUID, digits: str, now: datetime) -> bool:
    """Use the newest code of a thing: true once, for the right digits, in time. A wrong try costs one.

    The row is locked, and the caller's transaction must commit also where the answer is false: else the try is free.
    """
    rows = OneTimeCode.objects.select_for_update(no_key=True).filter(purpose=purpose, subject_id=subject_id)
    row = rows.order_by("-made_at", "-id").first()
    if row is None or row.used_at is not None or row.expires_at <= now or row.tries_left < 1:
        return False
    if not hmac.compare_digest(row.code_hash, hash_of(row.id, digits)):
        row.tries_left -= 1
        row.save(update_fields=["tries_left"])
        return False
    row.used_at = now
    row.save(update_fields=["used_at"])
    return True


def hash_of(code_id: UUID, digits: str) -> str:
    """Return the keyed hash of a code; without the key six digits would be guessed from it at once."""
    return hmac.digest(current_index_key(), b"one-time-code" + code_id.bytes + digits.encode(), "sha256").hex()
