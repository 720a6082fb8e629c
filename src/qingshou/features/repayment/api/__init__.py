"""Repayment over REST: one router under `/repayment`."""

from ninja import Router

from qingshou.features.repayment.api.agreements import router as agreements
from qingshou.features.repayment.api.budgets import router as budgets
from qingshou.features.repayment.api.contract_order import router as contract_order
from qingshou.features.repayment.api.differences import router as differences
from qingshou.features.repayment.api.offers import router as offers
from qingshou.features.repayment.api.re_ageing import router as re_ageing
from qingshou.features.repayment.api.re_amortising import router as re_amortising
from qingshou.features.repayment.api.receipts import router as receipts

repayment = Router(tags=["repayment"])
repayment.add_router("", receipts)
repayment.add_router("", budgets)
repayment.add_router("", offers)
repayment.add_router("", agreements)
repayment.add_router("", differences)
repayment.add_router("", re_ageing)
repayment.add_router("", re_amortising)
repayment.add_router("", contract_order)
