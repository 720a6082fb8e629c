"""A risk officer brings a bank's file in on the pages, has its refused row corrected, and runs the day."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.stage import new_lender
from tests.journeys.tapes import odd_tape

pytestmark = pytest.mark.browser
DAY = "2026-11-20"


@pytest.fixture(scope="module")
def bank(server, django_db_blocker):
    """A lender that has nothing yet."""
    with django_db_blocker.unblock():
        yield new_lender()


def send(page, content, *, name="台账.csv", corrects=""):
    page.goto(f"/imports/send{corrects}")
    page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": content})
    page.fill("#as_of", DAY)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/imports/sent/"))


def import_it(page):
    page.click("button[name=action][value=import]")
    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}/$"), timeout=90_000)


def correct_days(page):
    """Say that the column guessed to be interest holds the days."""
    page.select_option("[id='snapshot.arrears_interest.source']", "")
    days = page.locator("[id='snapshot.overdue_days.source']")
    days.evaluate("one => one.closest('details')?.setAttribute('open', '')")
    days.select_option(label="欠息天数")


def cells(page, selector):
    return [
        [cell.strip() for cell in row.locator("th, td").all_inner_texts()]
        for row in page.locator(f"{selector} tbody tr").all()
    ]


def test_a_file_comes_in_is_corrected_and_its_day_run(visit, judge, bank, worker):
    page = visit("RISK_OFFICER", of=bank)
    page.goto("/imports/")
    expect(page.locator(".empty a[href='/imports/send']")).to_have_count(1)
    judge(page, "imports-empty-zh-1280")
    send(page, odd_tape())
    assert "贷款余额（元）" in page.inner_text("table.is-sample")
    assert "gb18030" in page.inner_text("main")
    assert page.locator("[id='snapshot.loan_id.source'] option:checked").inner_text() == "借据号"
    expect(page.locator("#without-days .notice")).to_have_count(1)
    correct_days(page)
    page.wait_for_selector("#preview tr.is-refused")
    expect(page.locator("#preview tr.is-refused")).to_have_count(1)
    assert "6" in page.locator("#preview tr.is-refused td").first.inner_text()
    page.wait_for_selector("#without-days .notice", state="detached")
    judged_twice(page, judge, "wizard-zh")
    page.fill("#name", "east-branch")
    page.click("button[name=action][value=save]")
    page.wait_for_selector(".toast-line.is-success")
    assert "east-branch" in page.inner_text("#toasts")
    import_it(page)
    balances(page)
    judge(page, "import-zh-1280")
    page.click(".page-actions a[href$='/refused/']")
    page.wait_for_selector("#refused tbody tr")
    assert cells(page, "#refused")[0][:3] == ["6", "欠息天数", "-3"]
    assert "零" in cells(page, "#refused")[0][3]
    judged_twice(page, judge, "refused-zh")
    sent_again(page)
    run_the_day(page, judge)
    worked(visit("COLLECTOR", of=bank))


def balances(page):
    """Read the control totals: rows and each amount read are accepted, refused or repeated."""
    figures = [text.split("\n")[1] for text in page.locator(".figures .figure-card").all_inner_texts()]
    assert figures[:3] == ["13", "12", "1"]
    lines = cells(page, "[aria-label=控制总数] table")
    assert len(lines) == 2
    for line in lines:
        read, accepted, refused = (float(text.replace(",", "")) for text in line[1:4])
        assert read == pytest.approx(accepted + refused)
        assert line[-1] == "相符"


def judged_twice(page, judge, name):
    for width, height in ((390, 844), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        judge(page, f"{name}-{width}")


def sent_again(page):
    """Download the refused row, correct its days, send it, and see it taken in."""
    with page.expect_download() as waiting:
        page.click("a[href$='/refused/download']")
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    assert text.count("JJ0099") == 1
    page.click("a[href*='corrects=']")
    page.set_input_files(
        "#file", {"name": "更正.csv", "mimeType": "text/csv", "buffer": text.replace("-3", "3").encode()}
    )
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/imports/sent/"))
    import_it(page)
    figures = [part.split("\n")[1] for part in page.locator(".figures .figure-card").all_inner_texts()]
    assert figures[:2] == ["1", "1"]


def run_the_day(page, judge):
    """Start the day from the page, watch it without reloading, and see that nothing is left over."""
    page.goto("/runs/")
    page.click("[data-dialog=start-run]")
    page.fill("#start-as-of", DAY)
    page.click("#start-run button[type=submit]")
    page.wait_for_url(re.compile(f"/runs/{DAY}/"))
    # its progress; or it is over before the page is there
    page.wait_for_selector("progress.meter, #run-body .figures")
    page.wait_for_selector("#run-body .figures", timeout=90_000)
    page.wait_for_selector("#run-body:not(:has(progress))", timeout=90_000)
    assert "完成" in page.locator("#run-body .figure-card").first.inner_text()
    expect(page.locator("progress.meter")).to_have_count(0)
    checks = [part.split("\n") for part in page.locator(".figures .figure-card").all_inner_texts()]
    counts = {check[0]: check[1] for check in checks[1:]}
    assert counts
    assert set(counts.values()) == {"0"}, counts
    judge(page, "run-zh-1280")


def worked(page):
    """See the cases that the run opened on the list of the collector they were dealt to."""
    page.wait_for_selector("[data-row]")
    assert "欧阳娜娜" in page.inner_text("main")
