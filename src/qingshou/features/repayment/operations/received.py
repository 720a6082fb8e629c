"""What must happen in the same transaction when a debtor's money has changed: promises and plans look again.

Whoever applies, reverses or refunds a receipt calls `tell_money_moved` once a debtor, last in its transaction: the
debtor's ledgers are locked and the postings written by then. An effect may lock cases, then promises and plans.
"""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from qingshou.audit.actors import Actor

# (debtor, the day it is judged on, who moved the money, when)
Effect = Callable[[UUID, date, Actor, datetime], None]
_effects: list[Effect] = []


def on_money(effect: Effect) -> Effect:
    """Make known what a change of a debtor's applied money sets in motion; registered when the application starts."""
    if effect not in _effects:
        _effects.append(effect)
    return effect


def tell_money_moved(*, borrower_id: UUID, on: date, actor: Actor, now: datetime) -> None:
    """Run every effect for one debtor, in the caller's transaction; what an effect stops with rolls all of it back."""
    for effect in _effects:
        effect(borrower_id, on, actor, now)
