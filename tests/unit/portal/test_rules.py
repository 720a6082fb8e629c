"""Rules of the debtor's page: visits at their limits, what a QR code says, settings that do not fit."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qingshou.features.portal.rules.policy import BankAccount, portal_policy
from qingshou.features.portal.rules.qr import transfer_text
from qingshou.features.portal.rules.visits import is_link_good, is_visit_over
from qingshou.kernel.errors import Misconfigured

AT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LABELS = ("收款人", "账号", "金额", "参考号")
GERMAN = BankAccount(account_name="Musterbank AG", iban="DE02120300000000202051", bic="BYLADEM1001")
CHINESE = BankAccount(account_name="示例银行", account_number="6222 0001", bank_name="北京分行")


@pytest.mark.parametrize(
    ("expires", "revoked", "is_good"),
    [(AT + SECOND, None, True), (AT, None, False), (AT - SECOND, None, False), (AT + SECOND, AT - SECOND, False)],
)
def test_a_link_is_good_until_it_expires_or_is_taken_back(expires, revoked, is_good):
    assert is_link_good(expires_at=expires, revoked_at=revoked, now=AT) is is_good


@pytest.mark.parametrize(
    ("seen", "expires", "ended", "is_over"),
    [
        (AT - timedelta(minutes=20) + SECOND, AT + SECOND, None, False),
        (AT - timedelta(minutes=20), AT + SECOND, None, True),
        (AT, AT, None, True),
        (AT, AT + SECOND, AT - SECOND, True),
    ],
)
def test_a_visit_is_over_when_left_alone_at_its_end_or_signed_out(seen, expires, ended, is_over):
    found = is_visit_over(seen_at=seen, expires_at=expires, ended_at=ended, now=AT, policy=portal_policy({}))
    assert found is is_over


def test_a_transfer_in_euro_to_an_iban_is_an_epc_code():
    text = transfer_text(
        bank=GERMAN, currency="EUR", amount=Decimal("12.30"), reference="RF18539007547034", labels=LABELS
    )  # fmt: skip
    assert text.split("\n") == [
        "BCD", "002", "1", "SCT", "BYLADEM1001", "Musterbank AG", "DE02120300000000202051", "EUR12.30", "",
        "RF18539007547034",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "line"),
    [(None, ""), (Decimal("0.00"), ""), (Decimal("0.01"), "EUR0.01"), (Decimal("999999999.99"), "EUR999999999.99"),
     (Decimal("1000000000.00"), "")],
)  # fmt: skip
def test_an_amount_outside_the_standard_is_left_to_the_payer(amount, line):
    text = transfer_text(bank=GERMAN, currency="EUR", amount=amount, reference="RF18539007547034", labels=LABELS)
    assert text.split("\n")[7] == line


def test_any_other_transfer_is_plain_text():
    text = transfer_text(
        bank=CHINESE, currency="CNY", amount=Decimal("1200.50"), reference="RF18539007547034", labels=LABELS
    )  # fmt: skip
    assert text == "收款人: 示例银行\n账号: 6222 0001 北京分行\n金额: 1200.50 CNY\n参考号: RF18539007547034"
    assert "EUR" not in transfer_text(bank=GERMAN, currency="GBP", amount=None, reference="RF1", labels=LABELS)


def test_a_lenders_settings_take_the_place_of_the_houses_key_by_key():
    policy = portal_policy({"portal": {"code": {"tries": 3}, "bank": {"account_name": "A", "account_number": "1"}}})
    assert (policy.code["tries"], policy.code["minutes"], policy.bank.account_name) == (3, 10, "A")
    assert portal_policy({}).bank is None


@pytest.mark.parametrize(
    ("given", "key", "said"),
    [
        ({"link_days": 0}, "portal.link_days", "less than the minimum"),
        ({"address": "javascript:1"}, "portal.address", "javascript:1"),
        ({"code": {"digits": 4}}, "portal.code.digits", "less than the minimum"),
        ({"bank": {"iban": "DE0"}}, "portal.bank", "account_name"),
        ({"new": 1}, "portal", "'new' was unexpected"),
        ({"bank": {"account_number": "1"}}, "portal.bank", "account_name"),
    ],
)
def test_settings_that_do_not_fit_are_named(given, key, said):
    with pytest.raises(Misconfigured, match=said) as stopped:
        portal_policy({"portal": given})
    assert stopped.value.fields["key"] == key
    assert f"'{key}'" in stopped.value.message
