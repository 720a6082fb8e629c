"""What can stand in the way of a movement of money."""

from qingshou.kernel.errors import BadInput, Conflict, NotFound


class ReceiptDiffers(Conflict):
    """The same id was told before with another amount, currency or day."""

    code = "RECEIPT_DIFFERS"


class CashFormUsed(Conflict):
    """The form of the cash desk was sent before with another amount: going back does not make it a new one."""

    code = "CASH_FORM_USED"


class NoSuchReceipt(NotFound):
    """There is no such receipt."""

    code = "NO_SUCH_RECEIPT"


class NoSuchLoan(NotFound):
    """There is no such loan in the working set."""

    code = "NO_SUCH_LOAN"


class ReceiptEnded(Conflict):
    """The receipt was reversed or given back: nothing more can be done with it."""

    code = "RECEIPT_ENDED"


class NothingUnapplied(Conflict):
    """Nothing is left of the receipt."""

    code = "NOTHING_UNAPPLIED"


class NothingApplied(Conflict):
    """Nothing of the receipt was put on a debt."""

    code = "NOTHING_APPLIED"


class AlreadyReversed(Conflict):
    """The bank has taken it back before, under another reference."""

    code = "ALREADY_REVERSED"


class GivenBack(Conflict):
    """Part of the receipt was given back to the payer, so the whole of it cannot be taken back by itself."""

    code = "PARTLY_REFUNDED"


class NothingToPayOn(BadInput):
    """The debtor has no loan that money of this currency could be put on."""

    code = "NOTHING_TO_PAY_ON"


class UnfitAmount(BadInput):
    """An amount is not above zero, or finer than the currency."""

    code = "UNFIT_AMOUNT"


class UnfitAct(BadInput):
    """What was asked of a loan's ledger makes no sense as it was asked."""

    code = "UNFIT_LEDGER_ACT"


class NothingOpen(Conflict):
    """Nothing is open that the act could change."""

    code = "NOTHING_OPEN"


class NeedsSecondPerson(Conflict):
    """The act is above what one person may do alone: ask for approval."""

    code = "NEEDS_SECOND_PERSON"


class PartOfReceipt(Conflict):
    """The receipt is a part of another: what is asked is done with the whole."""

    code = "PART_OF_RECEIPT"


class NotSplit(Conflict):
    """The receipt is not split, or no longer."""

    code = "NOT_SPLIT"


class NoSuchDifference(NotFound):
    """There is no such difference between our books and a tape."""

    code = "NO_SUCH_DIFFERENCE"


class DifferenceSettled(Conflict):
    """The difference was settled by a tape or a person already."""

    code = "DIFFERENCE_SETTLED"


class GivenUpByPlan(Conflict):
    """What a plan gave up when it was kept is not taken back by hand."""

    code = "GIVEN_UP_BY_PLAN"


class ReasonMissing(BadInput):
    """An act that is kept in the record wants its reason."""

    code = "REASON_MISSING"


class NotLawful(Conflict):
    """The law does not allow the act; `reasons` says why, with articles."""

    code = "NOT_LAWFUL"
