"""A lead looks at best time: when people answered, what the policy is worth, what was chosen; then has it learn."""

import time
import uuid
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.conftest import NOW
from tests.journeys.seeding import seed_cases
from tests.journeys.stage import new_lender

pytestmark = pytest.mark.browser
SHANGHAI = ZoneInfo("Asia/Shanghai")
ARMS = ("PHONE-WORK-10", "PHONE-WORK-14", "PHONE-WORK-19", "SMS-WORK-10", "SMS-WORK-19")
TRUTH = dict(zip(ARMS, (0.1, 0.15, 0.45, 0.05, 0.2), strict=True))
DAYS = 50


@pytest.fixture(scope="module")
def desk(server, django_db_blocker):
    """A lender whose debtors were tried for ten weeks at even chances; evenings are answered more often."""
    from qingshou.features.contact.operations import fitting
    from qingshou.tenancy.context import using

    with django_db_blocker.unblock():
        lender = new_lender()
        with using(lender.id):
            cases = seed_cases(lender, lender.users, as_of=NOW.date(), now=NOW)
            _ten_weeks(cases)
            fitting.fit(now=NOW)
        yield lender


def _ten_weeks(cases):
    from qingshou.audit.actors import SYSTEM
    from qingshou.features.contact.operations import choosing

    random = np.random.default_rng(3)
    ids = [case.borrower_id for case in cases]
    for ago in range(DAYS, 3, -1):
        day = (NOW - timedelta(days=ago)).astimezone(SHANGHAI)
        if day.weekday() > 4:
            continue
        begun = day.replace(hour=9, minute=0)
        made = choosing.choose(borrower_ids=ids, open_arms=dict.fromkeys(ids, ARMS), now=begun, actor=SYSTEM,
                               draw=lambda: Decimal(int(random.integers(0, 10**8))).scaleb(-8))  # fmt: skip
        pairs = {one.id: _contact(case, one, day, random) for case, one in zip(cases, made, strict=True)}
        choosing.tie(attempts=pairs, actor=SYSTEM, now=begun)
    choosing.attribute_rewards(now=NOW)


def _contact(case, decision, day, random):
    from qingshou.features.contact.models import Attempt

    channel, _day, band = decision.arm.split("-")
    at = day.replace(hour=int(band) + int(random.integers(0, 2)), minute=int(random.integers(0, 60)))
    answered = random.random() < TRUTH[decision.arm]
    unanswered = "NO_ANSWER" if channel == "PHONE" else "DELIVERED"
    return Attempt.objects.create(
        person_id=decision.person_id, borrower_id=case.borrower_id, case=case, channel=channel, at=at,
        local_date=at.date(), outcome="CONVERSATION" if answered else unanswered, placed_by="journey", collector="OWN",
        key=uuid.uuid4().hex,
    ).id  # fmt: skip


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en"), ("zh-TW", "hant")])
def test_the_page_holds_at_both_widths(visit, judge, desk, language, name):
    page = visit("TEAM_LEAD", of=desk, language=language)
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/contact/timing/")
        page.wait_for_selector("[data-chart] canvas")
        judge(page, f"timing-{name}-{width}")


def test_in_the_dark_it_holds_as_well(visit, judge, desk):
    page = visit("TEAM_LEAD", of=desk, language="en", dark=True)
    page.goto("/contact/timing/")
    page.wait_for_selector("[data-chart] canvas")
    judge(page, "timing-dark-1280")


def test_figures_and_numbers_are_there(visit, desk):
    page = visit("RISK_OFFICER", of=desk, language="en")
    page.goto("/")
    page.get_by_role("link", name="Best time").click()
    page.wait_for_url("**/contact/timing/")
    worth = page.get_by_role("region", name="What it is worth")
    rows = worth.locator("tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in rows][:2] == ["This way of choosing", "The choices as they were made"]
    assert any("interval lies above zero" in row for row in rows)
    chart = page.locator("[data-chart-figure]").first
    chart.locator("[data-chart-show=table]").click()
    weekdays = [line.split("\t")[0] for line in chart.locator("tbody tr").all_inner_texts()]
    assert weekdays == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    expect(page.locator("#decisions tbody tr")).to_have_count(20)
    expect(page.get_by_role("button", name="Learn now")).to_have_count(0)


def test_a_lead_has_it_learn_and_nothing_is_claimed_before(visit, judge, worker):
    lender = new_lender()
    page = visit("TEAM_LEAD", of=lender, language="en")
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/contact/timing/")
        judge(page, f"timing-empty-{width}")
    assert "Nothing has been learnt yet" in page.inner_text("main")
    page.get_by_role("button", name="Learn now").click()
    page.wait_for_selector("text=The worker learns best time")
    for _time in range(180):  # a worker on a busy machine takes its time
        page.goto("/contact/timing/")
        if "Learnt at" in page.inner_text("main"):
            break
        time.sleep(0.5)
    assert "Too few choices of known end" in page.inner_text("main")
    assert "Nothing has been chosen yet" in page.inner_text("main")
