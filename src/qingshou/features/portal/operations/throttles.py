"""Counting what comes from one address, over all workers: the cache is a table."""

import hashlib

from django.core.cache import cache

_HOUR_S = 3600


def is_too_much(*, what: str, address: str, most: int) -> bool:
    """Count one more of something from an address; whether that is too many for an hour.

    Takes   address  of the network; only a hash of it is kept, for an hour
    """
    key = key_of(what, address)
    if cache.add(key, 1, _HOUR_S):
        return most < 1
    try:
        return int(cache.incr(key)) > most
    except ValueError:  # it lapsed between the two
        return False


def key_of(what: str, address: str) -> str:
    """Return where the count of an address stands."""
    return f"portal:{what}:{hashlib.sha256(address.encode()).hexdigest()[:32]}"
