"""An offer as it is kept on file: its schedule as rows of text, and what it gives up on each loan it is about."""

from collections.abc import Sequence
from decimal import Decimal

from qingshou.features.repayment.rules.owed import PARTS, Owed
from qingshou.features.repayment.rules.schedule import Schedule
from qingshou.kernel.errors import BadInput
from qingshou.kernel.money import ZERO, share_out


def schedule_rows(schedule: Schedule) -> list[dict[str, str]]:
    """Return a schedule as rows of text: due_on, amount, its four parts, and the plan's own interest."""
    return [
        {
            "due_on": row.due_date.isoformat(),
            **{
                name: format(getattr(row, name), "f")
                for name in ("amount", "principal", "interest", "penalty", "costs", "new_interest")
            },
        }
        for row in schedule.instalments
    ]


def loan_rows(*, waived: Owed, loans: Sequence[tuple[str, Owed]]) -> list[dict[str, object]]:
    """Share what an offer gives up among its loans, each part by what each owes of it, exactly.

    Takes   waived  of the offer
            loans   name of the ledger and what it owes; together at least what is waived of each part
    Gives   list    {"ledger", "owed", "waivers": {PART: amount}} a loan, amounts as text; none above what the loan owes
    Stops   BadInput  more is given up of a part than the loans owe of it
    """
    waivers: list[dict[str, str]] = [{} for _loan in loans]
    for part in PARTS:
        amount = getattr(waived, part)
        weights: list[Decimal] = [getattr(owed, part) for _name, owed in loans]
        if amount > sum(weights, ZERO):
            raise BadInput(f"More {part} is given up than these loans owe: search the offer for them again.", part=part)
        if amount > 0:
            for place, share in enumerate(share_out(amount, weights, waived.currency)):
                if share > 0:
                    waivers[place][part.upper()] = format(share, "f")
    return [
        {"ledger": name, "owed": format(owed.total, "f"), "waivers": waivers[place]}
        for place, (name, owed) in enumerate(loans)
    ]
