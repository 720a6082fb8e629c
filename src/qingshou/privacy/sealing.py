"""Sealing of personal values: AES-256-GCM, bound to the place and row they belong to.

Laid out as: version (1 byte) | length of key id (1) | key id | nonce (12) | ciphertext and tag. The header, the place
("table.column") and the row id are authenticated, so a value copied to another row, column or key is refused.
docs/adr/0003 says why; the format is versioned so that it can change.
"""

import os
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag

from qingshou.kernel.errors import QingshouError
from qingshou.privacy.keys import Keyring, current_keyring

_VERSION = 1
_NONCE_BYTES = 12
_TAG_BYTES = 16


class UnsealError(QingshouError):
    """A sealed value could not be opened: unknown key, altered bytes, or moved from another row."""

    code = "CANNOT_UNSEAL"
    http_status = 500
    exit_code = 70  # EX_SOFTWARE


def seal(text: str, *, place: str, row_id: UUID, keys: Keyring | None = None) -> bytes:
    """Return the sealed bytes of one value.

    Takes   place   "table.column" of the value
            row_id  primary key of its row
    Gives   bytes that only `unseal` with the same place, row and one of our keys opens
    """
    keys = keys or current_keyring()
    header = _header(keys.newest_id)
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + keys.ciphers[keys.newest_id].encrypt(nonce, text.encode(), _bound(header, place, row_id))


def seal_many(
    texts: Sequence[str | None], *, place: str, row_ids: Sequence[UUID], keys: Keyring | None = None
) -> list[bytes | None]:
    """Return the sealed bytes of a column of values, in order; None stays None."""
    keys = keys or current_keyring()
    header = _header(keys.newest_id)
    encrypt = keys.ciphers[keys.newest_id].encrypt
    start = header + place.encode() + b"\x00"
    noise = os.urandom(_NONCE_BYTES * len(texts))
    sealed: list[bytes | None] = []
    for position, (text, row_id) in enumerate(zip(texts, row_ids, strict=True)):
        if text is None:
            sealed.append(None)
            continue
        nonce = noise[position * _NONCE_BYTES : (position + 1) * _NONCE_BYTES]
        sealed.append(header + nonce + encrypt(nonce, text.encode(), start + row_id.bytes))
    return sealed


def unseal(data: bytes, *, place: str, row_id: UUID, keys: Keyring | None = None) -> str:
    """Return the value of sealed bytes.

    Stops   UnsealError  the key is unknown, the bytes were altered, or they belong to another place or row
    """
    keys = keys or current_keyring()
    header, key_id, rest = _split(bytes(data))
    cipher = keys.ciphers.get(key_id)
    if cipher is None:
        raise UnsealError(
            f"A value of {place} was sealed with key '{key_id}', which is not set: add that key to QINGSHOU_DATA_KEYS.",
            place=place,
            key_id=key_id,
        )
    try:
        return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _bound(header, place, row_id)).decode()
    except InvalidTag:
        raise UnsealError(
            f"A value of {place} (row {row_id}) does not open: it was altered, moved from another row, or key "
            f"'{key_id}' is not the one it was sealed with. Restore it from a backup or set the right key.",
            place=place,
            key_id=key_id,
        ) from None


def key_id_of(data: bytes) -> str:
    """Return the id of the key a value was sealed with."""
    return _split(bytes(data))[1]


def _header(key_id: str) -> bytes:
    raw = key_id.encode("ascii")
    return bytes((_VERSION, len(raw))) + raw


def _bound(header: bytes, place: str, row_id: UUID) -> bytes:
    return header + place.encode() + b"\x00" + row_id.bytes


def _split(data: bytes) -> tuple[bytes, str, bytes]:
    length = data[1] if len(data) > 1 else 0
    header, rest = data[: 2 + length], data[2 + length :]
    if not data or data[0] != _VERSION or length == 0 or len(rest) < _NONCE_BYTES + _TAG_BYTES:
        raise UnsealError("These bytes are no sealed value: something else was stored in a personal column.")
    return header, header[2:].decode("ascii", "replace"), rest
