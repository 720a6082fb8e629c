"""Secrets of links and visits: random, and only their hash is kept."""

import hashlib
import secrets

_BYTES = 32


def new_secret() -> str:
    """Return 32 random bytes as 43 characters that fit an address and a cookie."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: with 256 random bits a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()
