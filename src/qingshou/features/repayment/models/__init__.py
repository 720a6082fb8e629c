"""Rows of repayment, one file a subject."""

from qingshou.features.repayment.models.budgets import Budget, BudgetLine, FiledDocument
from qingshou.features.repayment.models.differences import TapeDifference
from qingshou.features.repayment.models.hardship import Hardship, ReliefProgramme
from qingshou.features.repayment.models.intents import PaymentIntent
from qingshou.features.repayment.models.ledger import Account, LedgerEvent, LoanLedger, Posting, Transaction
from qingshou.features.repayment.models.offers import NegotiationStep, Offer, OfferSearch
from qingshou.features.repayment.models.plans import OneTimeCode, Plan, PlanInstalment, PlanLoan
from qingshou.features.repayment.models.promises import Counted, Promise
from qingshou.features.repayment.models.receipts import BankFile, PaymentReference, Receipt

__all__ = [
    "Account",
    "BankFile",
    "Budget",
    "BudgetLine",
    "Counted",
    "FiledDocument",
    "Hardship",
    "LedgerEvent",
    "LoanLedger",
    "NegotiationStep",
    "Offer",
    "OfferSearch",
    "OneTimeCode",
    "PaymentIntent",
    "PaymentReference",
    "Plan",
    "PlanInstalment",
    "PlanLoan",
    "Posting",
    "Promise",
    "Receipt",
    "ReliefProgramme",
    "TapeDifference",
    "Transaction",
]
