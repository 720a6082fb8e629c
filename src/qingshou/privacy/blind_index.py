"""Search over sealed values: a keyed hash of the normalised value, bound to the lender and the kind."""

import hmac
from collections.abc import Sequence
from uuid import UUID

from qingshou.privacy.keys import current_index_key
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.normalise import normalised

_KEPT_BYTES = 16  # 128 bits: no two of a lender's people meet by chance, and the index stays small


def blind_index(kind: PersonalKind, text: str | None, tenant_id: UUID) -> bytes | None:
    """Return the hash by which equal values of one lender and one kind find each other.

    Takes   text  the value as typed or imported; None, or nothing left of it, gives None
    Gives   16 bytes of HMAC-SHA256; different for another lender, another kind, another key
    """
    return blind_index_many(kind, [text], tenant_id)[0]


def blind_index_many(kind: PersonalKind, texts: Sequence[str | None], tenant_id: UUID) -> list[bytes | None]:
    """Return the hashes of a column of values, in order."""
    key = current_index_key()
    start = tenant_id.bytes + kind.value.encode() + b"\x00"
    return [
        hmac.digest(key, start + bare.encode(), "sha256")[:_KEPT_BYTES] if bare else None
        for bare in (normalised(kind, text) if text else "" for text in texts)
    ]
