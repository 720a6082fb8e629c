"""A collector calls: by keyboard alone, in both languages, on a desk and on a phone; and before a closed door."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from qingshou.edges import clock
from tests.journeys.stage import new_lender
from tests.told import told

pytestmark = pytest.mark.browser

# a number of no country: its place tells no clock, so that the debtor's own zone alone decides
PHONES = [f"+800123456{number:02d}" for number in range(20)]


def noon_zone() -> str:
    """Return a zone where it is about noon now: the journey runs at any hour."""
    ahead = 12 - clock.now().hour
    return f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}"


def midnight_zone() -> str:
    """Return a zone where it is about midnight now."""
    hour = clock.now().hour
    ahead = -hour if hour <= 11 else 24 - hour
    return f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}"


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A lender with debtors who may be called now, and one who sleeps."""
    from qingshou.access.actors import actor_of
    from qingshou.features.contact.operations.stops import place_stop
    from qingshou.features.contact.operations.template_set import install_starting_set
    from qingshou.law.contact.terms import Stop
    from qingshou.tenancy.context import using
    from tests.integration.contact.rows import NOW, make_debtor

    with django_db_blocker.unblock():
        lender = new_lender(name="示例银行", settings={"contact": {"details": {"contact_phone": "400-800-1234"}}})
        with using(lender.id):
            owner = lender.users["COLLECTOR"]
            # each a person of their own: a stop holds for every debt of one person
            common = {"owner": owner, "time_zone": noon_zone()}
            names = ("王小明", "李丽", "张伟", "欧阳娜娜")
            lender.cases = {
                name: make_debtor(
                    f"J{number}", name=name, phone=PHONES[number], national_id=f"1101051949123{number}002X", **common
                )
                for number, name in enumerate(names)
            }
            lender.cases["english"] = make_debtor(
                "J8", name="Ann Chovey", phone=PHONES[8], national_id="11010519491238002X", language="en", **common
            )
            asleep = common | {"time_zone": midnight_zone()}
            lender.cases["asleep"] = make_debtor("J9", name="陈静", phone=PHONES[9], **asleep)
            lender.cases["stopped"] = make_debtor("J7", name="刘洋", phone=PHONES[7], **common)
            me = actor_of(owner)
            place_stop(borrower_id=lender.cases["stopped"].borrower_id, kind=Stop.DISPUTE, actor=me, now=NOW)
            lead = actor_of(lender.users["TEAM_LEAD"])
            install_starting_set(actor=lead, now=NOW, approved_by=actor_of(lender.users["COMPLIANCE_OFFICER"]))
        yield lender


@pytest.fixture(autouse=True)
def _nothing_left_open(desk: Any, django_db_blocker: Any) -> Iterator[None]:
    """A journey that fails in the middle of a call does not hold up the next one."""
    from qingshou.access.actors import actor_of
    from qingshou.features.contact.operations.calls import save_call
    from qingshou.features.contact.queries.calls import open_call
    from qingshou.tenancy.context import using

    yield
    with django_db_blocker.unblock(), using(desk.id):
        me, now = actor_of(desk.users["COLLECTOR"]), clock.now()
        left = open_call(placed_by=me.name)
        if left is not None:
            save_call(call_id=left.id, outcome="DROPPED", next_action="CONTACT_DEBTOR",
                      next_action_on=clock.today("Asia/Shanghai"), actor=me, now=now)  # fmt: skip


def open_case(page: Any, desk: Any, name: str) -> None:
    page.goto(f"/cases/{desk.cases[name].id}/")
    page.wait_for_selector("#contact-panel")


def begin(page: Any, desk: Any, name: str) -> None:
    page.goto(f"/cases/{desk.cases[name].id}/call/")
    page.click("[data-begin]")
    page.wait_for_selector("#call-form")


def write_up(page: Any, outcome: str = "NO_ANSWER") -> None:
    page.check(f"[name=outcome][value={outcome}]")
    page.click("#call-form button[type=submit][data-key=s]")
    page.wait_for_url(re.compile(r"/cases/[^/]+/$"))


def type_keys(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_whole_call_with_a_promise_by_keyboard_alone(visit, judge, desk):
    page = visit("COLLECTOR", of=desk)
    open_case(page, desk, "王小明")
    judge(page, "case-contact-zh-1280")
    page.keyboard.press("c")  # from the case to the call page
    page.wait_for_url(re.compile("/call/$"))
    expect(page.locator("a[href^='tel:']")).to_have_count(0)
    judge(page, "call-before-zh-1280")
    page.keyboard.press("c")  # begin with the first open number
    page.wait_for_selector("#call-form")
    assert "1,200.50" not in page.content()
    assert page.get_attribute("a[data-key=d]", "href").startswith("tel:+800")
    judge(page, "call-identity-zh-1280")
    page.keyboard.press("1")  # it is the debtor
    page.wait_for_selector("#script-title:has-text('核对身份')")
    page.keyboard.press("i")
    page.keyboard.press("Space")  # says the name
    page.keyboard.press("Tab")
    page.keyboard.type("002X")
    page.keyboard.press("Enter")
    page.wait_for_selector("#call-debt")
    assert "1,200.50" in page.content()
    judge(page, "call-open-zh-1280")
    for step in ("原因", "方案", "约定", "结束"):
        page.keyboard.press("1")  # listens, gives a reason, accepts, agrees
        page.wait_for_selector(f"#script-title:has-text('{step}')")
    assert page.is_checked("[name=outcome][value=PROMISE]")
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == "promise-amount"
    page.keyboard.type("600.50")
    page.keyboard.press("Escape")
    judge(page, "call-promise-zh-1280")
    # everything by Tab from the amount: date, way, reason before it
    page.focus("#promise-due")
    latest = page.get_attribute("#promise-due", "max")
    page.fill("#promise-due", latest)
    assert page.input_value("#call-on") == latest
    page.focus("#promise-pay")
    page.keyboard.press("ArrowDown")
    page.focus("#call-reason")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.wait_for_url(re.compile(r"/cases/[^/]+/$"))
    page.wait_for_selector("#contact-panel .history-list")
    assert "通话已保存" in page.inner_text("#toasts")
    assert "核实承诺" in page.inner_text(".case-strip")
    expect(page.locator(".check-list .is-met")).to_have_count(3)
    judge(page, "case-after-call-zh-1280")


def test_what_is_missing_is_said_and_what_was_typed_stays(visit, judge, desk):
    page = visit("COLLECTOR", of=desk, language="en")
    begin(page, desk, "李丽")
    page.fill("#call-note", "she was on a train")
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("[data-draft-note]:not([hidden])")
    assert page.input_value("#call-note") == "she was on a train"
    page.keyboard.press("s")
    page.wait_for_selector("#call-form .is-invalid")
    assert "Choose how the call ended." in page.inner_text("#call-form")
    assert page.input_value("#call-note") == "she was on a train"
    judge(page, "call-missing-en-1280")
    write_up(page, "CALL_BACK")
    assert "Call back" in page.inner_text(".case-strip")


def test_what_was_chosen_comes_back_with_the_draft_until_it_is_sent(visit, desk):
    page = visit("COLLECTOR", of=desk, language="en")
    begin(page, desk, "李丽")
    page.check("[name=heard]")
    page.fill("#said-NATIONAL_ID_LAST4", "002X")
    page.click("#identity-form button[type=submit]")
    page.wait_for_selector("#call-debt")
    page.check("[name=outcome][value=CONVERSATION]")
    page.check("[name=options] >> nth=1")
    option = page.get_attribute("[name=options] >> nth=1", "value")
    page.select_option("#call-next", index=2)
    following = page.input_value("#call-next")
    page.reload()
    page.wait_for_selector("[data-draft-note]:not([hidden])")
    assert page.is_checked("[name=outcome][value=CONVERSATION]")
    assert page.locator("[name=options]:checked").evaluate_all("all => all.map(one => one.value)") == [option]
    assert page.input_value("#call-next") == following
    page.keyboard.press("p")  # to the promise: its outcome is chosen, and kept like a press
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector("[data-draft-note]:not([hidden])")
    assert page.is_checked("[name=outcome][value=PROMISE]")
    assert "is-wanted" in page.get_attribute("#promise-box", "class")
    page.check("[name=outcome][value=CONVERSATION]")
    page.select_option("#call-reason", "FORGOT")
    write_up(page, "CONVERSATION")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('qingshou-draft:call-'))") == []


def test_a_refused_check_and_a_wrong_number(visit, judge, desk):
    page = visit("COLLECTOR", of=desk, language="en")
    begin(page, desk, "张伟")
    page.fill("#said-NATIONAL_ID_LAST4", "9999")
    page.click("#identity-form button[type=submit]")
    page.wait_for_selector(".toast-line.is-error")
    assert "4 tries left" in page.inner_text("#toasts")
    assert "9999" not in told(page.content())
    page.keyboard.press("3")  # wrong number
    page.wait_for_selector("#script-title:has-text('Wrong number')")
    assert page.is_checked("[name=outcome][value=WRONG_PERSON]")
    assert "This number is struck for this debtor." in page.inner_text("[data-effect-note]")
    page.keyboard.press("u")
    page.wait_for_selector("#script-title:has-text('Greeting')")
    page.keyboard.press("3")
    page.wait_for_selector("#script-title:has-text('Wrong number')")
    page.keyboard.press("s")
    page.wait_for_url(re.compile(r"/cases/[^/]+/$"))
    page.wait_for_selector("#contact-panel s")
    page.keyboard.press("c")
    page.wait_for_selector(".number-list s")
    expect(page.locator("[data-begin]")).to_have_count(0)
    judge(page, "call-struck-en-1280")


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en")])
def test_on_a_phone(visit, judge, desk, language, name):
    page = visit("COLLECTOR", of=desk, language=language, width=390)
    debtor = "english" if name == "en" else "欧阳娜娜"
    open_case(page, desk, debtor)
    judge(page, f"case-contact-{name}-390")
    begin(page, desk, debtor)
    judge(page, f"call-identity-{name}-390")
    page.check("[name=heard]")
    page.fill("#said-NATIONAL_ID_LAST4", "002X")
    page.click("#identity-form button[type=submit]")
    page.wait_for_selector("#call-debt")
    judge(page, f"call-open-{name}-390")
    page.click("[data-branch] >> nth=0")
    page.wait_for_selector("#call-script .said")
    page.select_option("#call-reason", "FORGOT")
    write_up(page, "CONVERSATION")


def test_on_a_phone_who_scrolls_on_is_not_thrown_back_by_the_script(visit, desk):
    page = visit("COLLECTOR", of=desk, width=390)
    begin(page, desk, "李丽")
    page.route("**/call/step", lambda route: (page.wait_for_timeout(400), route.continue_()))
    before = page.inner_text("#script-title")
    page.click("[data-branch] >> nth=0")
    page.evaluate("scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})")
    page.wait_for_function("before => document.querySelector('#script-title').innerText !== before", arg=before)
    page.wait_for_selector("#call-script [data-branch]:focus", state="attached")
    page.wait_for_timeout(600)  # a page that is thrown back goes gently
    assert 0 <= page.locator("#call-form button[type=submit]").bounding_box()["y"] < 844


def test_the_light_fetched_anew_leaves_what_was_chosen_and_where_one_reads(visit, desk):
    page = visit("COLLECTOR", of=desk, width=390)
    begin(page, desk, "李丽")
    page.click("[data-branch] >> nth=2")  # wrong number: the script ends and chooses an outcome
    page.wait_for_selector("[name=outcome][value=WRONG_PERSON]:checked")
    page.check("[name=outcome][value=NO_ANSWER]")
    page.evaluate("document.activeElement.blur(); document.querySelector('#call-strip').dataset.old = '1'")
    top = page.evaluate("scrollY")
    page.evaluate("htmx.ajax('GET', document.querySelector('#call-strip').getAttribute('hx-get'), "
                  "{source: '#call-strip', target: '#call-strip', swap: 'outerHTML'})")  # fmt: skip
    page.wait_for_selector("#call-strip:not([data-old])")
    page.wait_for_timeout(600)
    assert page.is_checked("[name=outcome][value=NO_ANSWER]")
    assert page.evaluate("[scrollY, document.activeElement.tagName]") == [top, "BODY"]
    write_up(page)


@pytest.mark.parametrize("who", ["asleep", "stopped"])
def test_a_closed_door(visit, judge, desk, who):
    page = visit("COLLECTOR", of=desk, language="en")
    page.goto(f"/cases/{desk.cases[who].id}/call/")
    assert "Do not call now" in page.inner_text("#call-strip")
    expected = "contact is allowed from 08:00 to 22:00" if who == "asleep" else "A stop is in force: Disputes the debt"
    assert expected in page.inner_text("#call-strip")
    expect(page.locator("[data-begin], a[href^='tel:'], a[href^='sip:']")).to_have_count(0)
    page.keyboard.press("c")
    judge(page, f"call-{who}-en-1280")
    page = visit("COLLECTOR", of=desk, width=390)
    page.goto(f"/cases/{desk.cases[who].id}/call/")
    judge(page, f"call-{who}-zh-390")


def test_a_call_never_made_and_the_list_of_calls(visit, judge, desk):
    page = visit("COLLECTOR", of=desk, dark=True)
    begin(page, desk, "李丽")
    judge(page, "call-dark-1280")
    other = visit("COLLECTOR", of=desk, language="en")
    other.goto("/contact/calls/")
    assert "To be written up" in other.inner_text("main")
    judge(other, "calls-en-1280")
    other.goto(f"/cases/{desk.cases['王小明'].id}/call/")
    assert "is not written up" in other.inner_text("main")
    page.click("[data-dialog=abandon-dialog]")
    page.click("#abandon-dialog button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    narrow = visit("COLLECTOR", of=desk, width=390)
    narrow.goto("/contact/calls/")
    judge(narrow, "calls-zh-390")


def test_stops_consents_and_a_message_from_the_panel(visit, judge, desk):
    page = visit("COLLECTOR", of=desk, language="en")
    open_case(page, desk, "欧阳娜娜")
    page.keyboard.press("w")
    page.wait_for_selector("#message-dialog[open]")
    page.select_option("#message-channel", "EMAIL")
    page.select_option("#message-code", "MISSED_PAYMENT")
    page.click("#message-look")
    page.wait_for_selector("#message-preview .sent-words")
    assert "1,200.50" in page.inner_text("#message-preview")
    judge(page, "case-message-en-1280")
    page.click("#message-dialog button[type=submit]")
    page.wait_for_selector(".toast-line.is-success")
    page.wait_for_selector("#contact-panel .history-list")
    assert "Queued" in page.inner_text("#toasts")
    page.click("#contact-panel .history-list button >> nth=0")
    page.wait_for_selector("#contact-panel .history-list .sent-words")
    page.click("[data-dialog=stop-dialog]")
    page.select_option("#stop-kind", "COMPLAINT")
    judge(page, "case-stop-en-1280")
    page.click("#stop-dialog button[type=submit]")
    page.wait_for_selector("#contact-panel .light.is-red")
    assert "Contact is stopped" in page.inner_text("#toasts")
    page.click("#contact-panel [data-dialog^=lift-]")
    page.fill("dialog[open] input[name=reason]", "answered and settled")
    page.click("dialog[open] button[type=submit]")
    page.wait_for_selector("#contact-panel:has-text('Nothing stops contact.')")
    page.click("[data-dialog=consent-dialog]")
    page.click("#consent-dialog button[type=submit]")
    page.wait_for_selector("#contact-panel .state.is-good")


def test_today_is_no_part_of_the_seed(desk):
    assert all(case.opened_on == date(2026, 11, 23) for case in desk.cases.values())
