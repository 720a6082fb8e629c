"""Filling templates: only the list's names, values never read again, nothing else ever looked at."""

import time

import pytest
from tests.unit.contact.hostile_templates import HOSTILE

from qingshou.features.contact.templating import BadTemplate, MissingValue, TooLong, render, variables_in
from qingshou.features.contact.templating.rendering import LENGTH_MAX, tidy
from qingshou.features.contact.templating.variables import (
    LANGUAGES,
    VARIABLES,
    currency_words,
    examples_in,
    nearest_language,
)

SECRET = "canary-7731"
VALUES = examples_in("en") | {"collector_notice": ""}


@pytest.mark.parametrize(("text", "shown"), [
    ("", ""), ("no braces", "no braces"), ("{debtor_name}", "王小明"), ("{debtor_name}{debtor_name}", "王小明王小明"),
    ("{{debtor_name}}", "{debtor_name}"), ("{{{debtor_name}}}", "{王小明}"), ("100%", "100%"), ("%(x)s", "%(x)s"),
    ("a\r\nb\rc", "a\nb\nc"), ("a  \n\n\n b ", "a\n\n\n b"), ("{collector_notice}", ""), ("x {collector_notice}", "x"),
])  # fmt: skip
def test_names_become_values(text, shown):
    assert render(text, examples_in("zh-hans") | {"collector_notice": ""}) == shown


@pytest.mark.parametrize(("text", "fault", "line", "column"), [
    ("{", "NO_NAME", 1, 1), ("}", "CLOSING", 1, 1), ("ab {debtor_name", "NO_NAME", 1, 4), ("a\nbc{}", "NO_NAME", 2, 3),
    ("{nobody}", "UNKNOWN", 1, 1), ("{debtor_name }", "NO_NAME", 1, 1), ("{debtor_name!r}", "NO_NAME", 1, 1),
    ("{0}", "NO_NAME", 1, 1), ("{Debtor_name}", "NO_NAME", 1, 1), ("{debtor_name}}", "CLOSING", 1, 14),
    ("{debtor_nameé}", "NO_NAME", 1, 1), ("{debtor_name[0]}", "NO_NAME", 1, 1),
])  # fmt: skip
def test_what_cannot_be_read_names_its_place(text, fault, line, column):
    with pytest.raises(BadTemplate) as stopped:
        render(text, VALUES)
    fields = stopped.value.fields
    assert (fields["fault"], fields["line"], fields["column"]) == (fault, line, column)
    assert f"Line {line}, character {column}" in stopped.value.message


def test_variables_in_order_each_once():
    assert variables_in("{today} {debtor_name} {{x}} {today}") == ["today", "debtor_name"]
    with pytest.raises(BadTemplate):
        variables_in("{x}")


def test_every_missing_value_is_named_at_once():
    with pytest.raises(MissingValue) as stopped:
        render("{debtor_name} {amount_due} {today}", {"today": "2026-11-25", "amount_due": "  "})
    assert stopped.value.fields["variables"] == ["amount_due", "debtor_name"]


@pytest.mark.parametrize("value", [
    "{amount_due}", "{{amount_due}}", "{debtor_name}", "{settings.SECRET_KEY}", "{{ settings }}", "{% load x %}", "}",
    "{",
])  # fmt: skip
def test_a_value_is_never_read_again(value):
    assert render("a {debtor_name} b", VALUES | {"debtor_name": value}) == f"a {value} b"


@pytest.mark.parametrize(("value", "shown"), [
    ("a\nb", "a b"), ("a\r\nBcc: x", "a Bcc: x"), ("a\x00b\x1b[31m", "ab[31m"), ("\u202eabc\u2066", "abc"),
    ("张\u200b三\ufeff", "张三"), ("a\u2028b", "a b"), ("\ud800x", "x"), ("a\tb", "a b"),
])  # fmt: skip
def test_control_and_direction_characters_never_reach_a_message(value, shown):
    assert render("{debtor_name}", VALUES | {"debtor_name": value}) == shown


def test_a_subject_is_one_line():
    assert render("a\n{debtor_name}\nBcc: x", VALUES, one_line=True) == "a Wang Ming Bcc: x"
    assert tidy(" a \n b ", one_line=True) == "a b"


def test_lengths_are_limited():
    with pytest.raises(TooLong):
        render("x" * (LENGTH_MAX + 1), VALUES)
    with pytest.raises(TooLong):
        render("{debtor_name}" * 1500, VALUES | {"debtor_name": "x" * 80})
    with pytest.raises(TooLong) as stopped:
        render("{debtor_name}", VALUES | {"debtor_name": "x" * 81})
    assert stopped.value.fields["variable"] == "debtor_name"
    with pytest.raises(TooLong):
        render("{debtor_name}{debtor_name}", VALUES, most=17)
    assert render("{debtor_name}{debtor_name}", VALUES, most=18) == "Wang MingWang Ming"


def test_there_are_a_hundred_hostile_texts():
    assert len(HOSTILE) == len(set(HOSTILE)) == 100


@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_template_says_what_it_says_or_stops(payload):
    """As a template: refused, or plain text with nothing evaluated. As a value: the very characters."""
    begun = time.process_time()
    values = VALUES | {"agent_name": SECRET}
    try:
        shown = render(payload, values)
    except (BadTemplate, TooLong):
        pass
    else:
        assert SECRET not in shown
        assert "49" not in shown.replace(payload, "")
        assert shown == tidy(payload.replace("{{", "{").replace("}}", "}"))
    short = payload[:59]
    assert render("{agent_name}", values | {"agent_name": "a" + short}) == tidy("a" + short, one_line=True)
    assert time.process_time() - begun < 1


def test_every_variable_has_its_examples_within_its_length():
    for variable in VARIABLES.values():
        for language in LANGUAGES:
            assert 0 < len(variable.example(language)) <= variable.length_max
    assert VARIABLES["currency"].example("fr") == VARIABLES["currency"].example("en")


@pytest.mark.parametrize(("code", "language"), [
    ("zh", "zh-hans"), ("zh-CN", "zh-hans"), ("zh_TW", "zh-hant"), ("zh-Hant-HK", "zh-hant"), ("en-US", "en"),
    ("EN", "en"), ("fr", ""), ("", ""), ("english", ""), ("zh-hant", "zh-hant"),
])  # fmt: skip
def test_languages_of_tapes(code, language):
    assert nearest_language(code) == language


@pytest.mark.parametrize(("currency", "language", "shown"), [
    ("CNY", "zh-hans", "元"), ("CNY", "zh-hant", "人民幣元"), ("TWD", "zh-hant", "元"), ("CNY", "en", "CNY"),
    ("CHF", "zh-hans", "CHF"),
])  # fmt: skip
def test_currencies_in_words(currency, language, shown):
    assert currency_words(currency, language) == shown
