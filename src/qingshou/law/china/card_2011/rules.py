"""The ladder of credit cards since 2011-01-13."""

from datetime import date
from decimal import Decimal

from qingshou.kernel.errors import BadInput
from qingshou.kernel.verdict import Confidence, Reason, Verdict
from qingshou.law.jurisdiction import Rung, rung
from qingshou.law.register import rule
from qingshou.law.values import Taken, beside

LAW = beside(__file__)
PRODUCT = "CARD"
# What the agreement must state (70).
PLAN_STATES = ("BALANCE", "SCHEDULE", "FEES", "NO_NEW_CARDS")
_MONTHS_OF_YEAR = 12


@rule(LAW, article="92", confidence=Confidence.READ)
def overdue_rungs(on: date) -> list[Rung]:
    """Return the card ladder: 1, 91, 121 and over 180 days."""
    return [
        Rung(0, "NORMAL", LAW.cite("92(1)", Confidence.READ)),
        rung(LAW, "special_mention_overdue", "SPECIAL_MENTION", on),
        rung(LAW, "substandard_overdue", "SUBSTANDARD", on),
        rung(LAW, "doubtful_overdue", "DOUBTFUL", on),
        rung(LAW, "loss_overdue", "LOSS", on),
    ]


@rule(LAW, article="70", confidence=Confidence.READ)
def plan_term(
    *,
    months: int,
    exceeds_ability: bool = True,
    is_holder_willing: bool = True,
    states: frozenset[str] = frozenset(PLAN_STATES),
    on: date,
) -> Verdict:
    """Judge a personal instalment plan for a card balance: ALLOWED or REFUSED, with every reason.

    Takes   months             from the first to the last payment, > 0
            exceeds_ability    the balance is more than the holder can pay
            is_holder_willing  the holder still wants to pay
            states             what the agreement states, of PLAN_STATES
    Gives   Verdict            ALLOWED also says that collection stops while the plan is honoured
    Stops   BadInput           months or states unknown; NotCovered before 2011-01-13
    """
    if months <= 0 or states - set(PLAN_STATES):
        raise BadInput(f"A plan lasts one month or more and states {', '.join(PLAN_STATES)}: check both.")
    limit = LAW.value_on("plan_term_max", on)
    most = limit.number * _MONTHS_OF_YEAR
    article = LAW.cite("70", Confidence.READ)
    refused = []
    if not limit.is_met_by_share(Decimal(months), Decimal(_MONTHS_OF_YEAR)):
        refused.append(Reason("PLAN_TOO_LONG", {"months": months, "months_max": most}, limit.article))
    if not exceeds_ability:
        refused.append(Reason("PLAN_NOT_NEEDED", {}, article))
    if not is_holder_willing:
        refused.append(Reason("HOLDER_NOT_WILLING", {}, article))
    refused += [Reason("PLAN_DOES_NOT_STATE", {"what": what}, article) for what in PLAN_STATES if what not in states]
    if refused:
        return Verdict("REFUSED", tuple(refused))
    fields = {"months": months, "months_max": most}
    return Verdict(
        "ALLOWED", (Reason("PLAN_TERM_WITHIN", fields, limit.article), Reason("PLAN_STOPS_COLLECTION", {}, article))
    )


@rule(LAW, article="57-59 (believed)", confidence=Confidence.UNVERIFIED)
def principal_first_from(on: date) -> Taken:
    """Return from which overdue day a card payment goes to principal before interest and fees (先本后息)."""
    return LAW.value_on("principal_first_overdue", on)
