"""The lot that leaves some people of a campaign alone, so that what the campaign was worth can be seen.

A lot follows from the campaign's seed and the person: a campaign prepared twice leaves the same people alone, whatever
the order they are drawn in, and all the debtors that one person is are left alone together.
"""

from decimal import Decimal
from hashlib import sha256

PLACES = 8
_UNIT = 10**PLACES
_HEX_DIGITS = 13  # 52 bits of the digest


def draw(*, seed: int, person: str) -> Decimal:
    """Return the lot of a person in a campaign.

    Takes   seed    of the campaign, >= 0
            person  what names the person, not a debtor (queries.persons.person_key)
    Gives   Decimal in [0, 1), uniform, with 8 places
    """
    digest = sha256(f"{seed}:{person}".encode()).hexdigest()
    return Decimal(int(digest[:_HEX_DIGITS], 16) * _UNIT >> 4 * _HEX_DIGITS).scaleb(-PLACES)


def is_held_out(lot: Decimal, *, share: Decimal) -> bool:
    """Tell whether a lot leaves its person alone: it lies below the share; a share of 0 leaves nobody alone."""
    return lot < share


def draw_sql(*, seed_sql: str, person_sql: str) -> str:
    """Return PostgreSQL's expression for the same lot as `draw`, as NUMERIC (expressions of ours, never input)."""
    digest = f"encode(sha256(convert_to({seed_sql} || ':' || {person_sql}, 'UTF8')), 'hex')"
    number = f"('x' || lpad(left({digest}, {_HEX_DIGITS}), 16, '0'))::bit(64)::bigint"
    return f"(floor({number}::numeric * {_UNIT} / {1 << 4 * _HEX_DIGITS}) / {_UNIT})::numeric(9,8)"
