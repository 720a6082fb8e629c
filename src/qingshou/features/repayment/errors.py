"""What may stop an operation of repayment."""

from qingshou.kernel.errors import BadInput, Conflict, NotFound


class NoSuchPromise(NotFound):
    """The promise does not exist for this lender."""

    code = "NO_SUCH_PROMISE"


class PromiseRefused(BadInput):
    """A promise cannot be taken as it was given; `problems` names every field with its reason."""

    code = "PROMISE_REFUSED"


class PromiseEnded(Conflict):
    """The promise has ended already."""

    code = "PROMISE_ENDED"


class NoSuchPlan(NotFound):
    """The plan or offer does not exist for this lender."""

    code = "NO_SUCH_PLAN"


class PlanRefused(Conflict):
    """The plan cannot be made or accepted; `reasons` holds every one."""

    code = "PLAN_REFUSED"


class PlanNotNow(Conflict):
    """The state of the plan does not allow this."""

    code = "PLAN_NOT_NOW"


class CodeRefused(Conflict):
    """The one-time code is wrong, used, too old or tried too often; the message does not say which."""

    code = "CODE_REFUSED"


class BadAgreementInput(BadInput):
    """What was given for a plan, a promise or a negotiation cannot be used."""

    code = "BAD_AGREEMENT_INPUT"


class NoSuchHardship(NotFound):
    """The hardship does not exist for this lender."""

    code = "NO_SUCH_HARDSHIP"


class HardshipNotNow(Conflict):
    """The state of the hardship does not allow this."""

    code = "HARDSHIP_NOT_NOW"


class DocumentRefused(BadInput):
    """A document cannot be kept as it was given; `reasons` holds why, as a code that has words."""

    code = "DOCUMENT_REFUSED"

    def __init__(self, message: str, *, why: str) -> None:
        super().__init__(message, reasons=({"code": f"DOCUMENT_{why}"},))
        self.why = why


class NoSuchDocument(NotFound):
    """The document does not exist for this lender and case, or its file is gone."""

    code = "NO_SUCH_DOCUMENT"


class NoSuchBudget(NotFound):
    """The budget does not exist for this lender and case."""

    code = "NO_SUCH_BUDGET"


class BudgetRefused(BadInput):
    """A budget cannot be taken as it was given; `problems` names every field and line with its reason."""

    code = "BUDGET_REFUSED"


class NoSuchSearch(NotFound):
    """The search for offers does not exist for this lender."""

    code = "NO_SUCH_OFFER_SEARCH"


class OffersNotPossible(Conflict):
    """Nothing can be offered as things stand; the message says why and what to do."""

    code = "OFFERS_NOT_POSSIBLE"


class NoSuchIntent(NotFound):
    """The payment does not exist, or not for this debtor."""

    code = "NO_SUCH_PAYMENT"


class ProviderRefused(Conflict):
    """The payment provider did not take a payment."""

    code = "PROVIDER_REFUSED"


class ByWordRefused(Conflict):
    """A budget told by word cannot stand for a document; `reasons` holds every one."""

    code = "BY_WORD_REFUSED"
