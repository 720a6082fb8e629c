"""Mappings: every shipped one is sound, every fault is named with its place, and what is read is what is written."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.intake.mapping import load_mapping, load_raw, shipped_names, validate_mapping
from qingshou.features.book.intake.mapping_text import dump_yaml, parse_yaml
from qingshou.features.book.intake.quarantine_form import guard, unguard

BASE = {"name": "x", "shape": "pauses", "columns": {"loan_id": "a", "from_date": "b", "kind": {"constant": "P"}}}


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_mappings_are_sound(name):
    assert load_mapping(name).name == name


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"shape": "loans"}, "shape"),
        ({"columns": {"loan_id": "a", "colour": "b"}}, "columns.colour"),
        ({"columns": {"loan_id": {"from": "a", "constant": "b"}}}, "columns.loan_id"),
        ({"columns": {"loan_id": {"from": "a", "number": {"unit": "furlong"}}}}, "columns.loan_id"),
        ({"columns": {"from_date": {"from": "a", "date": {"formats": ["%Q-%d"]}}}}, "columns.from_date.date.formats"),
        ({"defaults": {"number": {"decimal": ",", "group": ","}}}, "defaults.number"),
        ({"source": {"encoding": "ebcdic"}}, "source.encoding"),
        ({"colour": 1}, "mapping"),
    ],
)
def test_a_fault_is_named_with_its_place(change, place):
    faults = validate_mapping({**BASE, **change})
    assert [fault.split(":")[0] for fault in faults] == [place]


def test_yaml_turns_nothing_into_something_else():
    raw = parse_yaml("a: 007\nb: 2026-01-01\nc: no\nd: 1_000\ne: true\nf: 5\ng: 1.10\nmap: {0: 1, no: 2, true: 3}\n")
    assert raw == {
        "a": "007", "b": "2026-01-01", "c": "no", "d": "1_000", "e": True, "f": 5, "g": "1.10",
        "map": {"0": 1, "no": 2, "true": 3},
    }  # fmt: skip


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "a: !!python/object:os.system {}\n", "a: [", "a: b: c"])
def test_yaml_tricks_are_refused(text):
    with pytest.raises(MappingWrong):
        parse_yaml(text)


def test_what_is_dumped_reads_back():
    for name in shipped_names():
        raw = load_raw(name)
        assert parse_yaml(dump_yaml(raw)) == raw


def test_variants_and_months_depend_on_the_date():
    assert load_mapping("taiwan_card", as_of=date(2005, 8, 31)).rule("balance").sources == ("bill_amt2",)
    assert load_mapping("credit_record", as_of=date(2019, 11, 30)).where[0].values == ("-3",)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20))
def test_guarding_against_formulas_loses_nothing(text):
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in ("=", "@", "\t", "\r")


def test_numbers_are_not_guarded():
    assert [guard(text) for text in ("-5.00", "+1", "-1,000.5", "=1", "-a", "'=x")] == [
        "-5.00", "+1", "-1,000.5", "'=1", "'-a", "''=x",
    ]  # fmt: skip
