"""Repayment over REST: one router under `/repayment`."""

from ninja import Router

from qingshou.features.repayment.api.receipts import router as receipts

repayment = Router(tags=["repayment"])
repayment.add_router("", receipts)
