"""A risk officer reads the cockpit: figures open to their rows, charts to their numbers; what is derived is said."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.conftest import NOW
from tests.journeys.stage import new_lender
from tests.journeys.tapes import head_of_taiwan

pytestmark = pytest.mark.browser
DATES = (date(2005, 8, 31), date(2005, 9, 30))


@pytest.fixture(scope="module")
def bank(server, django_db_blocker, tmp_path_factory):
    """A lender with two month-ends of three hundred accounts, judged by a text later than the book."""
    from django.conf import settings

    from qingshou.audit.actors import SYSTEM
    from qingshou.features.book.operations import record_import
    from qingshou.interfaces.daily import run_day
    from qingshou.tenancy.context import using

    tape = head_of_taiwan(tmp_path_factory.mktemp("tape") / "tape.csv", rows=300)
    with django_db_blocker.unblock():
        lender = new_lender(jurisdiction="taiwan", currency="TWD", law_date=date(2018, 1, 1))
        with using(lender.id):
            for day in DATES:
                common = {"tenant_id": lender.id, "as_of": day, "home": settings.QINGSHOU_HOME, "now": NOW}
                record_import(source_path=tape, mapping="taiwan_card", actor=SYSTEM, **common)
                run_day(actor=SYSTEM, **common)
        yield lender


def test_figures_open_to_their_rows(visit, judge, bank):
    page = visit("RISK_OFFICER", of=bank)
    page.goto("/cockpit/")
    assert page.locator("#pick-as-of option").all_inner_texts() == ["2005-09-30", "2005-08-31"]
    notices = " ".join(page.locator(".notice").all_inner_texts())
    assert "2018-01-01" in notices
    assert "推" in notices  # days derived from a status
    judge(page, "cockpit-zh-1280")
    page.locator(".figure-card .figure-value a").nth(1).click()
    page.wait_for_url(re.compile("/cockpit/loans"))
    counted, listed = (text.split("\n")[1] for text in page.locator(".figure-card").all_inner_texts())
    assert counted == listed != "0"
    expect(page.locator("#drill tbody tr")).to_have_count(min(50, int(listed)))
    judge(page, "drill-zh-1280")
    with page.expect_download() as waiting:
        page.click("summary:has-text('导出')")
        page.click("a[download]:has-text('CSV')")
    lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == int(listed) + 1


def test_a_chart_gives_its_numbers(visit, bank):
    page = visit("RISK_OFFICER", of=bank, language="en")
    page.goto("/cockpit/")
    chart = page.locator("[data-chart-figure]").first
    expect(chart.locator("canvas")).to_have_count(1)
    assert not chart.locator("table").is_visible()
    chart.locator("[data-chart-show=table]").click()
    assert chart.locator("table").is_visible()
    shown = chart.locator("tbody tr").all_inner_texts()
    assert [line.split("\t")[0] for line in shown] == ["2005-08-31", "2005-09-30"]
    with page.expect_download() as waiting:
        chart.locator("[data-chart-csv]").click()
    lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0].strip('"') for line in lines[1:]] == ["2005-08-31", "2005-09-30"]


def test_another_date_is_picked(visit, bank):
    page = visit("RISK_OFFICER", of=bank, language="en")
    page.goto("/cockpit/")
    page.select_option("#pick-as-of", "2005-08-31")
    page.wait_for_url(re.compile("as_of=2005-08-31"))
    assert "2005-08-31" in page.inner_text("main")
    expect(page.locator("[data-chart=roll-matrix], [id=roll-matrix]")).to_have_count(0)
    assert "Nothing to compare with yet" in page.inner_text("main")


PAGES = {"cockpit": "/cockpit/", "figures": "/cockpit/figures", "runs": "/runs/", "run": "/runs/2005-09-30/",
         "imports": "/imports/", "send": "/imports/send"}  # fmt: skip
DESK = {"users": "/users/", "user-new": "/users/new/", "roles": "/users/roles/", "teams": "/users/teams/",
        "clients": "/users/clients/", "approvals": "/approvals/"}  # fmt: skip


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en")])
def test_every_page_holds_at_both_widths(visit, judge, bank, language, name):
    page = visit("RISK_OFFICER", of=bank, language=language)
    for place, address in PAGES.items():
        assert page.goto(address).status == 200, address
        judged_twice(page, judge, f"{place}-{name}")
    page.goto("/cockpit/loans?name=overdue_rate&key=D1|COUNT&as_of=2005-09-30&currency=TWD")
    judged_twice(page, judge, f"drill-{name}")
    page.goto("/imports/")
    page.locator("tbody a").first.click()
    page.wait_for_selector("dl.facts")
    judged_twice(page, judge, f"import-{name}")
    page = visit("ADMINISTRATOR", of=bank, language=language)
    for place, address in DESK.items():
        assert page.goto(address).status == 200, address
        judged_twice(page, judge, f"{place}-{name}")


def judged_twice(page, judge, name):
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        judge(page, f"{name}-{width}")
