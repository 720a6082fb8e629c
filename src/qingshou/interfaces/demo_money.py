"""A little money for the demo's desk: a bank's file of a day with a bit of everything, and cash at the desk.

Invented, as the names are; every piece goes through the same operations as a lender's own.
"""

import csv
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from qingshou.access.actors import actor_of
from qingshou.access.queries import list_active_users
from qingshou.access.roles import Role
from qingshou.access.tenants import change_tenant
from qingshou.audit.actors import SYSTEM, Actor
from qingshou.features.book.finding import list_borrowers
from qingshou.features.cases.queries import WorklistFilter, list_worklist
from qingshou.features.repayment.operations.bank_files import take_bank_file
from qingshou.features.repayment.operations.cash import take_cash
from qingshou.features.repayment.operations.payment_references import give_reference
from qingshou.features.repayment.queries.bank_files import count_bank_files
from qingshou.privacy.clearance import SENDER
from qingshou.privacy.operations import reveal_many
from qingshou.privacy.places import sealed_fields
from qingshou.tenancy.queries import current_tenant

# the order a lender agrees on where no law of its place is entered: costs, interest, penalty, principal
_ALLOCATION = {"kinds": ["COSTS", "INTEREST", "PENALTY", "PRINCIPAL"], "between": "OLDEST_DUE"}
_HEAD = ("記帳日期", "收入金額", "支出金額", "對方戶名", "對方帳號", "備註", "交易流水號", "原交易序號")
_DEBTORS = 6


def give_money(*, now: datetime) -> bool:
    """Let money come in once, in the lender in force; gives whether anything was done now."""
    if count_bank_files():
        return False
    people = {user.role: user for user in list_active_users()}
    lead = actor_of(people[Role.TEAM_LEAD])
    collector = next(user for user in list_active_users() if user.username == "collector")
    cases = list_worklist(filters=WorklistFilter(owner_ids=(collector.pk,), severity="MODERATE"), limit=_DEBTORS).rows
    if len(cases) < _DEBTORS:
        return False
    with transaction.atomic():  # all of it or nothing: a start that is interrupted begins again
        _agree_on_an_order(now)
        _bank_file(cases, lead, now)
        take_cash(
            borrower_id=cases[5].borrower_id, amount=Decimal(3000), currency=current_tenant().currency,
            form_key=uuid5(cases[5].id, "demo cash"), actor=lead, now=now,
        )  # fmt: skip
    return True


def _agree_on_an_order(now: datetime) -> None:
    lender = current_tenant()
    if "allocation" not in lender.settings:
        settings = {**lender.settings, "allocation": _ALLOCATION}
        change_tenant(tenant_id=lender.id, settings=settings, actor=SYSTEM, now=now)


def _bank_file(cases: Sequence[Any], lead: Actor, now: datetime) -> None:
    day = cases[0].as_of + timedelta(days=3)
    names = _names([case.borrower_id for case in cases], now)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bank-{day:%Y%m%d}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([_HEAD, *_rows(cases, names, day, now)])
        take_bank_file(
            path=path, name=path.name, account="012-345-678901", currency=current_tenant().currency, actor=lead, now=now
        )


def _rows(cases: Sequence[Any], names: dict[UUID, str], day: date, now: datetime) -> list[tuple[str, ...]]:
    """Return the lines: three certain, one proposed by name, one of nobody, a fee, a return, a day that is none."""
    on = day.isoformat()
    refs = [give_reference(borrower_id=case.borrower_id, now=now) for case in cases[:3]]
    return [
        (on, "5000", "", names[cases[0].borrower_id], "0050012345", f"繳款 {refs[0]}", "T0001", ""),
        (on, "1200", "", "某某媽媽", "8220099111", refs[1], "T0002", ""),
        (on, "2500", "", names[cases[2].borrower_id], "0130077222", f"{refs[2][:8]} {refs[2][8:]}", "T0003", ""),
        (on, "3000", "", names[cases[3].borrower_id], "7000055333", "信用卡", "T0004", ""),
        (on, "880", "", "好日子商行", "0080044555", "貨款", "T0005", ""),
        (on, "", "15", "", "", "手續費", "T0006", ""),
        (on, "", "2500", names[cases[2].borrower_id], "0130077222", "沖正", "T0007", "T0003"),
        ("2005-02-30", "100", "", names[cases[4].borrower_id], "", "", "T0008", ""),
    ]


def _names(borrower_ids: Sequence[UUID], now: datetime) -> dict[UUID, str]:
    """Return each debtor's name, opened for this as one logged reading."""
    fields = {key: sealed_fields(row, ["name"]) for key, row in list_borrowers(borrower_ids=borrower_ids).items()}
    opened = reveal_many(subject_kind="BORROWER", rows=fields, reader=SYSTEM, role=SENDER, purpose="DEMO", now=now)
    return {key: str(shown["name"]) for key, shown in opened.items()}
