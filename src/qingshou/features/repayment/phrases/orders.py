"""Words of a contract's own order of payments."""

from itertools import permutations

from django.utils.translation import gettext_lazy as _

from qingshou.features.repayment.phrases.money import ACCOUNTS

SEQUENCES = {
    "KIND_FIRST": _("All of one kind before the next"),
    "DUE_FIRST": _("The oldest instalment wholly before the next"),
}
FUTURES = {
    "NOT_DUE_LAST": _("Goes on what is not due yet, after all that is due"),
    "IN_ADVANCE_PRINCIPAL": _("Goes on principal only"),
    "UNAPPLIED": _("Stays on no debt"),
}


def kinds_choices() -> list[tuple[str, str]]:
    """Return every order of the four kinds with its words."""
    kinds = ("COSTS", "INTEREST", "PENALTY", "PRINCIPAL")
    return [(" ".join(one), " \u2192 ".join(str(ACCOUNTS[kind]) for kind in one)) for one in permutations(kinds)]
