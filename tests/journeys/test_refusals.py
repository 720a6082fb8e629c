"""The page of refused contacts, as a compliance officer sees it: pictures, filters, nothing cut off."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.operations.door import Asked, reserve_many
from qingshou.features.contact.operations.stops import place_stop
from qingshou.law.contact.terms import Channel, Stop
from qingshou.tenancy.context import using


@pytest.fixture(scope="module")
def refused(lender):
    """Contacts refused for several reasons, today."""
    now = timezone.now()  # noqa: TID251  the page shows the last days
    night = now.replace(hour=16, minute=30) - timedelta(days=1)  # half past midnight in Shanghai
    with using(lender.id):
        for case, kind in zip(lender.cases[:3], (Stop.DISPUTE, Stop.CEASE, Stop.BANKRUPTCY), strict=True):
            stop = {"borrower_id": case.borrower_id, "kind": kind, "actor": SYSTEM, "now": night}
            place_stop(**stop)
            asked = [Asked(borrower_id=case.borrower_id, channel=Channel.PHONE, case_id=case.id)]
            reserve_many(asked=asked, actor=SYSTEM, now=night)
        for case in lender.cases[3:6]:
            asked = [Asked(borrower_id=case.borrower_id, channel=Channel.EMAIL, case_id=case.id)]
            reserve_many(asked=asked, actor=SYSTEM, now=night)
    return lender


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-GB", 1280), ("zh-TW", 390)])
def test_the_page_of_refused_contacts(refused, visit, judge, language, width):
    page = visit("COMPLIANCE_OFFICER", language=language, width=width)
    page.goto("/contact/refusals/")
    page.wait_for_selector("main h1")
    judge(page, f"refusals-{language}-{width}")
    page.goto("/contact/refusals/?code=STOPPED")
    expect(page.locator(".table-scroll .data-table tbody tr")).to_have_count(3)
