"""Reports of payment providers: who signed them, and when."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from qingshou.features.repayment.rules.payment_events import BadPaymentSignature, read_event, signature

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEY = "a-key-of-the-provider"
BODY = json.dumps({
    "id": "evt_1", "kind": "PAID", "payment": "pay_81", "reference": "RF82000000000042", "amount": "90.00",
    "currency": "CNY", "value_date": "2026-11-23",
}).encode()  # fmt: skip


def headers(age_s=0, change=str):
    timestamp = str(int((NOW - timedelta(seconds=age_s)).timestamp()))
    return {"X-Timestamp": timestamp, "x-signature": change(signature(KEY, timestamp, BODY))}


@pytest.mark.parametrize("change", [str, str.upper, lambda text: f" {text} "])
def test_a_signature_is_hexadecimal_in_either_case(change):
    assert read_event(headers=headers(change=change), body=BODY, key=KEY, now=NOW).payment == "pay_81"


@pytest.mark.parametrize("age_s", [-60, 0, 300])
def test_a_report_is_good_for_five_minutes(age_s):
    assert read_event(headers=headers(age_s), body=BODY, key=KEY, now=NOW).id == "evt_1"


@pytest.mark.parametrize("given", [
    headers(-61), headers(301), headers() | {"x-signature": ""}, headers() | {"x-signature": "0" * 64},
    headers() | {"X-Timestamp": "1e9"}, {},
])  # fmt: skip
def test_what_is_old_ahead_or_not_signed_is_refused(given):
    with pytest.raises(BadPaymentSignature):
        read_event(headers=given, body=BODY, key=KEY, now=NOW)
