"""The place in the queue over rows of PostgreSQL: the same rule as rules.queue_place, written as SQL for the batch.

tests/integration/cases binds the two on random facts.
"""

from qingshou.features.cases.process import QueueValues
from qingshou.features.cases.rules import TIERS

# Facts that arrive with later features: defined, and not so until then.
LATER_FACTS = "NULL::date AS legal_deadline_on, FALSE AS is_specialist, FALSE AS is_skip"


def tier_sql(values: QueueValues, *, row: str) -> str:
    """Return an SQL expression for the tier (1-12) of a row that has the fields of QueueFacts as columns.

    Takes   values  numbers of a checked process file: written into the text
            row     the row's alias; `%(as_of)s` is the day, given by the caller as a parameter
    """
    rolls = " OR ".join(f"{row}.overdue_days BETWEEN {low:d} AND {top:d}" for low, top in values.about_to_roll_days)
    high = " ".join(f"WHEN '{currency}' THEN {amount}" for currency, amount in sorted(values.high_value_min.items()))
    day = "%(as_of)s::date"
    conditions = {
        "LEGAL_DEADLINE": f"{row}.legal_deadline_on <= {day} + {values.legal_deadline_days_max:d}",
        "SPECIALIST": f"{row}.is_specialist",
        "CALL_BACK_DUE": f"{row}.next_action = 'CALL_BACK' AND {row}.next_action_on <= {day}",
        "PROMISE_DUE": f"{row}.promise_due_on = {day} "
        f"OR {row}.next_action = 'CHECK_PROMISE' AND {row}.next_action_on <= {day}",
        "PROMISE_BROKEN": f"{row}.promise_broken_on BETWEEN {day} - 1 AND {day}",
        "NEVER_PAID": f"{row}.is_never_paid",
        "ABOUT_TO_ROLL": rolls or "FALSE",
        "NEW_ENTRY": f"{row}.opened_on BETWEEN {day} - {values.new_entry_days_max:d} AND {day} "
        f"AND {row}.cures_count < {values.self_curer_cures_min:d}",
        "HIGH_VALUE": f"{row}.balance >= CASE {row}.currency {high} END" if high else "FALSE",
        "SKIP": f"{row}.is_skip",
        "PLAN_REVIEW": f"{row}.next_action = 'REVIEW_PLAN' AND {row}.next_action_on <= {day}",
    }
    whens = " ".join(
        f"WHEN {conditions[code]} THEN {place}" for place, code in enumerate(TIERS, start=1) if code in conditions
    )
    return f"CASE {whens} ELSE {len(TIERS)} END"


def reason_sql(tier: str) -> str:
    """Return an SQL expression for the code of a tier's number."""
    whens = " ".join(f"WHEN {place} THEN '{code}'" for place, code in enumerate(TIERS, start=1))
    return f"CASE {tier} {whens} END"


def weight_sql(tier: str, *, row: str) -> str:
    """Return an SQL expression for the weight within the tier; never null."""
    about_to_roll = TIERS.index("ABOUT_TO_ROLL") + 1
    return (
        f"COALESCE(CASE WHEN {tier} = {about_to_roll} THEN {row}.balance ELSE {row}.arrears END, "
        f"{row}.balance, {row}.overdue_days, 0)::numeric(24,3)"
    )
