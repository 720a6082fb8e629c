"""Where a second factor is asked for, a team lead sets one up and works; a collector works at once."""

import base64
import hmac
import re
import struct

import pytest

from qingshou.edges import clock
from tests.conftest import PASSWORD
from tests.journeys.stage import new_lender, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def strict(server, database_name):
    """A server of its own, with the second factor asked for; its static files are made by the other."""
    with serving(database_name, port=8840, settings="tests.journeys.second_factor") as address:
        yield address


@pytest.fixture(scope="module")
def bank(strict, django_db_blocker):
    with django_db_blocker.unblock():
        yield new_lender()


def code_of(secret, at_s):
    """Return the six digits of a moment (RFC 6238), counted here by hand."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mark = hmac.digest(key, struct.pack(">Q", int(at_s // 30)), "sha1")
    start = mark[-1] & 15
    return f"{(struct.unpack('>I', mark[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_the_codes_are_those_of_the_standard():
    assert code_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59) == "287082"


def sign_in(page, bank, role):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", f"{bank.prefix}{role}")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/accounts/(reauthenticate|2fa)/"))


def confirm(page):
    """Give the password once more: a second factor is not set up on an open screen by whoever passes."""
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/accounts/2fa/totp/activate/"))


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "zh"), ("en", "en")])
def test_the_page_that_sets_it_up(visit, judge, strict, bank, language, name):
    page = visit(at=strict, language=language)
    sign_in(page, bank, "risk_officer")
    judge(page, f"confirm-{name}-1280")
    confirm(page)
    assert page.is_visible("img.qr")
    judge(page, f"totp-{name}-1280")
    page.set_viewport_size({"width": 390, "height": 844})
    judge(page, f"totp-{name}-390")


def test_a_lead_sets_it_up_and_works(visit, judge, strict, bank):
    page = visit(at=strict)
    sign_in(page, bank, "team_lead")
    confirm(page)
    page.goto("/worklist/")
    assert page.url.endswith("/accounts/2fa/totp/activate/")
    page.fill("input[name=code]", "000000")
    page.click("main button[type=submit]")
    page.wait_for_selector(".errorlist, .invalid-feedback, [role=alert]")
    secret = page.input_value("#authenticator_secret")
    page.fill("input[name=code]", code_of(secret, clock.now().timestamp()))
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile("/accounts/2fa/(?!totp)"))
    judge(page, "second-factor-zh-1280")
    assert page.goto("/worklist/").status == 200
    assert page.url.endswith("/worklist/")
    later = visit(at=strict)
    sign_in(later, bank, "team_lead")
    later.wait_for_url(re.compile("/accounts/2fa/authenticate/"))
    judge(later, "second-factor-asked-zh-1280")
    later.fill("input[name=code]", code_of(secret, clock.now().timestamp() + 30))  # the code before is spent
    later.click("main button[type=submit]")
    later.wait_for_selector(".shell-main")
    assert later.goto("/worklist/").status == 200
    assert later.url.endswith("/worklist/")


def test_a_collector_is_not_asked(visit, strict, bank):
    page = visit("COLLECTOR", of=bank, at=strict)
    assert page.url.endswith("/worklist/")
