"""The keys that open personal data: several at once, newest first, so that they can be rotated without a stop."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from qingshou.kernel.errors import Misconfigured


@dataclass(frozen=True)
class Keyring:
    """Key id to cipher; values are sealed with the newest and opened with whichever they name."""

    newest_id: str
    ciphers: Mapping[str, AESGCM]


def keyring_of(keys: Mapping[str, bytes]) -> Keyring:
    """Return the keyring of `key id -> 32 bytes`, newest first; stops with Misconfigured when there is none."""
    if not keys:
        raise Misconfigured(
            "No data key is set, so personal data can be neither sealed nor opened: set QINGSHOU_DATA_KEYS."
        )
    return Keyring(next(iter(keys)), {key_id: AESGCM(raw) for key_id, raw in keys.items()})


@lru_cache(maxsize=4)
def _cached(keys: tuple[tuple[str, bytes], ...]) -> Keyring:
    return keyring_of(dict(keys))


def current_keyring() -> Keyring:
    """Return the keyring of the settings in force."""
    return _cached(tuple(settings.QINGSHOU_DATA_KEYS.items()))


@lru_cache(maxsize=4)
def _derived(secret: str) -> bytes:
    return hashlib.sha256(b"qingshou blind index key\x00" + secret.encode()).digest()


def current_index_key() -> bytes:
    """Return the key of the blind indexes; never one of the data keys, so that rotating those rebuilds nothing."""
    if not settings.QINGSHOU_BLIND_INDEX_KEY:
        raise Misconfigured("No key for searching personal data is set: set QINGSHOU_BLIND_INDEX_KEY.")
    return _derived(settings.QINGSHOU_BLIND_INDEX_KEY)
