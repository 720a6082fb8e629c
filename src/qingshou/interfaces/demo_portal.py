"""The debtors' own pages in the demo: an account to pay to, and a few requests on the desk.

Invented, as the names are. A link is made on a case's page (*Debtor's own page*, *Not sent*); its code becomes a file
in `<home>/demo/outbox`, for nothing leaves the house.
"""

from datetime import datetime, timedelta

from django.db import transaction

from qingshou.access.queries import list_active_users
from qingshou.access.tenants import change_tenant
from qingshou.audit.actors import SYSTEM
from qingshou.features.cases.queries import WorklistFilter, list_worklist
from qingshou.features.portal.operations.asks import ask_call, dispute_debt, place_ask
from qingshou.features.portal.queries.asks import AskFilter, count_asks
from qingshou.features.portal.rules.asks import AskKind
from qingshou.tenancy.queries import current_tenant

_BANK = {"account_name": "示範銀行", "account_number": "012-3456-7890123", "bank_name": "示範銀行 台北分行"}
_CASES = slice(20, 23)  # beyond those that other parts of the demo speak of


def give_pages(*, now: datetime) -> bool:
    """Give the demo's debtors their pages once, in the lender in force; gives whether anything was done now."""
    if count_asks(wanted=AskFilter(state="")):
        return False
    collector = next(user for user in list_active_users() if user.username == "collector")
    cases = list_worklist(filters=WorklistFilter(owner_ids=(collector.pk,)), limit=_CASES.stop).rows[_CASES]
    if len(cases) < _CASES.stop - _CASES.start:
        return False
    with transaction.atomic():  # all of it or nothing: a start that is interrupted begins again
        tenant = current_tenant()
        held = {**tenant.settings, "portal": {**(tenant.settings.get("portal") or {}), "bank": _BANK}}
        change_tenant(tenant_id=tenant.id, actor=SYSTEM, now=now, settings=held)
        called, disputed, asking = cases
        at = (now + timedelta(days=1)).replace(hour=6, minute=0, second=0, microsecond=0)  # two in the afternoon
        ask_call(borrower_id=called.borrower_id, at=at, said="下午兩點方便接電話。", now=now)
        dispute_debt(borrower_id=disputed.borrower_id, loan_id=None, reason="PAID_ALREADY",
                     said="上個月底已經在分行繳清，請查一下。", now=now)  # fmt: skip
        place_ask(borrower_id=asking.borrower_id, kind=AskKind.QUESTION, now=now, said="可以改成每月二十號扣款嗎？")
    return True
