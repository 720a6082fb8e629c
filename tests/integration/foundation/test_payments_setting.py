"""The file of QINGSHOU_PAYMENTS: read once, everything wrong told together, no key ever repeated."""

import pytest

from qingshou.config.payments import read_payments
from qingshou.kernel.errors import Misconfigured

KEY = "a-key-long-enough"


def read(tmp_path, text):
    path = tmp_path / "payments.yaml"
    path.write_text(text, encoding="utf-8")
    return read_payments(str(path))


def test_without_a_file_nobody_reports():
    assert read_payments("").get("acme", {}) == {}


def test_a_key_is_written_or_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HUB_KEY", KEY)
    found = read(tmp_path, f"acme:\n  hub: {{webhook_key: {{env: HUB_KEY}}}}\n  other: {{webhook_key: {KEY}}}\n")
    assert found == {"acme": {"hub": {"webhook_key": KEY}, "other": {"webhook_key": KEY}}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("acme:\n  hub: {webhook_key: short}\n", "acme: hub"),
        ("acme:\n  hub: {}\n", "acme: hub"),
        ("acme:\n  hub: {webhook_key: {env: NOT_THERE}}\n", "NOT_THERE"),
        (f"acme:\n  hub: {{webhook_key: {KEY}, url: 'https://hub.example'}}\n", "acme: hub"),
        (f"acme:\n  hub: {{webhook_key: {KEY}, url: 'https://hub.example', signing_key: short}}\n", "acme: hub"),
        (f"acme:\n  hub: {{webhook_key: {KEY}, colour: blue}}\n", "acme: hub"),
        ("acme: [hub]\n", "acme"),
        ("- acme\n", "QINGSHOU_PAYMENTS"),
        ("acme: {", "QINGSHOU_PAYMENTS"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(tmp_path, text, told):
    with pytest.raises(Misconfigured) as stopped:
        read(tmp_path, text)
    assert told in stopped.value.message
    assert "short" not in stopped.value.message.replace("shorter", "")


def test_a_file_that_is_not_there_is_told():
    with pytest.raises(Misconfigured):
        read_payments("not/there.yaml")
