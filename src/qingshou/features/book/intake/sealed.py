"""A sealed file: chunks under AES-256-GCM, bound to their place, so that nothing can be cut, swapped or added unseen.

Layout: magic, length and JSON of the head (key id, purpose), then per chunk: flag (0 more, 1 last), length, nonce,
ciphertext with tag. Additional data of each chunk: head, chunk number, flag. A missing last chunk is a cut file.
"""

import json
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from qingshou.features.book.intake.errors import VaultClosed

_MAGIC = b"QSSEAL01"
_CHUNK_MAX = 64 * 1024 * 1024
_PLACE = struct.Struct(">BI")


@dataclass(frozen=True, kw_only=True)
class VaultKeys:
    """The keys that open the vault: new files are sealed with `current`, older ones open with theirs."""

    current: str
    keys: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise VaultClosed(f"The vault's current key '{self.current}' is not among the keys given.")
        if any(len(key) != 32 for key in self.keys.values()):
            raise VaultClosed("A vault key must be 32 bytes long.")

    def key(self, key_id: str, *, purpose: str) -> bytes:
        """Return the key of one purpose, derived so that no two purposes share one."""
        if key_id not in self.keys:
            raise VaultClosed(f"The vault file was sealed with key '{key_id}', which was not given.", key_id=key_id)
        return HKDF(SHA256(), 32, salt=None, info=b"qingshou:" + purpose.encode()).derive(self.keys[key_id])


class SealedWriter:
    """Writes chunks; closing without an exception writes the last one and syncs."""

    def __init__(self, path: Path, *, keys: VaultKeys, purpose: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._head = json.dumps({"key_id": keys.current, "purpose": purpose}, sort_keys=True).encode()
        self._cipher = AESGCM(keys.key(keys.current, purpose=purpose))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._stream: BinaryIO = os.fdopen(handle, "wb")
        self._stream.write(_MAGIC + struct.pack(">I", len(self._head)) + self._head)
        self._number = 0

    def write(self, chunk: bytes, *, last: bool = False) -> None:
        nonce = os.urandom(12)
        place = struct.pack(">QB", self._number, last)
        sealed = self._cipher.encrypt(nonce, chunk, self._head + place)
        self._stream.write(_PLACE.pack(last, len(sealed)) + nonce + sealed)
        self._number += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.write(b"", last=True)
                self._stream.flush()
                os.fsync(self._stream.fileno())
        finally:
            self._stream.close()


def read_sealed(path: Path, *, keys: VaultKeys, purpose: str) -> Iterator[bytes]:
    """Give the chunks of a sealed file.

    Stops   VaultClosed on a wrong or missing key, another purpose, or any change, cut or swap: never ciphertext
    """
    with path.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            raise VaultClosed(f"{path.name} is no sealed file.")
        head = stream.read(int.from_bytes(stream.read(4), "big") & 0xFFFF)
        try:
            stated = json.loads(head)
        except ValueError:
            raise VaultClosed(f"{path.name} was changed: its head is broken.") from None
        if stated.get("purpose") != purpose:
            raise VaultClosed(f"{path.name} was sealed for another purpose.")
        cipher = AESGCM(keys.key(str(stated.get("key_id")), purpose=purpose))
        yield from _chunks(stream, cipher, head, path.name)


def _chunks(stream: BinaryIO, cipher: AESGCM, head: bytes, name: str) -> Iterator[bytes]:
    number = 0
    while True:
        place = stream.read(_PLACE.size)
        if len(place) != _PLACE.size:
            raise VaultClosed(f"{name} was cut short.")
        last, length = _PLACE.unpack(place)
        if length > _CHUNK_MAX:
            raise VaultClosed(f"{name} was changed: chunk {number} is too large.")
        nonce, sealed = stream.read(12), stream.read(length)
        try:
            chunk = cipher.decrypt(nonce, sealed, head + struct.pack(">QB", number, last))
        except (InvalidTag, ValueError):
            raise VaultClosed(f"{name} cannot be opened: wrong key, or the file was changed.") from None
        if last:
            if stream.read(1):
                raise VaultClosed(f"{name} was changed: something follows its end.")
            return
        yield chunk
        number += 1
