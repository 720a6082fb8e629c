"""All values: exactly one on each date inside their cover, none outside, each with an article and its tests."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml

from qingshou.kernel.errors import NotCovered
from qingshou.kernel.verdict import Confidence
from qingshou.law.coverage import coverage
from qingshou.law.reading import Bound, first_whole, is_met, last_whole
from qingshou.law.values import LAW_DIR, all_instruments, load

HERE = Path(__file__).parent
VALUES = [(law, value) for law in all_instruments() for value in law.values.values()]
DAY = timedelta(days=1)
TEXTS = yaml.safe_load((HERE / "texts_in_force.yaml").read_text(encoding="utf-8"))["texts"]


@pytest.mark.parametrize(("law", "value"), VALUES, ids=lambda one: one.id)
def test_exactly_one_version_on_each_date(law, value):
    for entry in value.entries:
        first, until = entry.period.from_date, entry.period.until_date
        assert until is None or until > first, "an empty period"
        for day in [first, first + DAY, *([until - DAY] if until else [first + 10_000 * DAY])]:
            if day in entry.period:
                assert value.entries_on(day) == [entry]
                assert law.value_on(value.id, day).text == entry.text
    starts = [entry.period.from_date for entry in value.entries]
    ends = [entry.period.until_date for entry in value.entries]
    assert starts == sorted(starts)
    # No gap inside the cover: each period ends where the next begins.
    assert ends[:-1] == starts[1:]
    for day in [starts[0] - DAY, *([ends[-1], ends[-1] + DAY] if ends[-1] else [])]:
        with pytest.raises(NotCovered):
            law.value_on(value.id, day)


@pytest.mark.parametrize(("law", "value"), VALUES, ids=lambda one: one.id)
def test_a_value_lies_inside_its_text_and_reads_as_its_unit_says(law, value):
    assert value.entries[0].period.from_date >= law.in_force.from_date
    for entry in value.entries:
        if law.in_force.until_date:
            assert entry.period.until_date is not None
            assert entry.period.until_date <= law.in_force.until_date
        if value.unit == "clock":
            assert entry.text == "NONE" or law.value_on(value.id, entry.period.from_date).clock is not None
            assert entry.text == "NONE" or value.bound in {Bound.FROM, Bound.OVER, Bound.UNDER}
        elif value.unit == "code":
            assert entry.text.isupper()
        elif value.unit in {"days", "weeks", "months", "years", "periods", "count"}:
            assert Decimal(entry.text) == int(Decimal(entry.text)) >= 0
        else:
            assert Decimal(entry.text) >= 0
        if "general knowledge" in value.source:
            assert entry.confidence is Confidence.UNVERIFIED, "general knowledge is unverified"


def test_every_text_is_in_force_when_the_table_says():
    in_force = {law.id: (law.in_force.from_date, law.in_force.until_date) for law in all_instruments()}
    assert in_force == {name: (text["from"], text.get("until")) for name, text in TEXTS.items()}


@pytest.mark.parametrize(("law", "value"), VALUES, ids=lambda one: one.id)
def test_a_value_covers_the_days_of_its_text(law, value):
    text = TEXTS[law.id]
    assert value.entries[0].period.from_date == text.get("later", {}).get(value.id, text["from"])
    ends_early = {"china.private_lending.yearly_rate_max", "china.micro_loans.all_in_rate_max"}
    if f"{law.id}.{value.id}" not in ends_early:
        assert value.entries[-1].period.until_date == text.get("until")


@pytest.mark.parametrize("law", all_instruments(), ids=lambda law: law.id)
def test_a_text_lies_in_its_folder_with_its_words_and_its_tests(law):
    folder = law.id.replace(".", "/")
    assert (LAW_DIR / folder / "values.yaml").is_file()
    text = (LAW_DIR / folder / "TEXT.md").read_text(encoding="utf-8")
    assert law.title in text
    assert any((HERE / folder).glob("*.yaml")), f"no spec table in tests/spec/law/{folder}"


def test_every_rule_file_enters_a_rule_and_every_row_has_an_article():
    rows = coverage()
    with_rules = {row.instrument for row in rows if row.kind == "RULE"}
    assert with_rules == {law.id for law in all_instruments()}
    assert with_rules == {f"{path.parent.parent.name}.{path.parent.name}" for path in LAW_DIR.glob("*/*/rules.py")}
    assert all(row.article.strip() and row.confidence in Confidence for row in rows)
    assert all(row.source for row in rows if row.kind == "VALUE")


@pytest.mark.parametrize("day", ["2007-07-03", "2023-06-30", "2023-07-01", "2023-07-02", "2026-11-23"])
def test_exactly_one_classification_of_china_is_in_force(day):
    texts = [law for law in all_instruments() if law.id in {"china.guideline_2007", "china.classification_2023"}]
    assert len(texts) == 2
    assert sum(date.fromisoformat(day) in law.in_force for law in texts) == 1


def test_no_folder_without_its_instrument():
    folders = {path.parent for path in LAW_DIR.glob("*/*/*.py")}
    assert folders == {path.parent for path in LAW_DIR.glob("*/*/values.yaml")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": []}, "non-empty"),
        ({"in_force": {"from": "2023-7-1", "confidence": "read"}}, "does not match"),
        ({"in_force": {"from": "2023-07-01", "confidence": "sure"}}, "is not one of"),
        ({"surprise": "x"}, "Additional properties"),
    ],
)
def test_a_values_file_against_the_schema_is_refused(tmp_path, change, words):
    entry = {"from": "2023-07-01", "value": "90"}
    value = {"id": "x", "unit": "days", "article": "1", "confidence": "read", "source": "book", "entries": [entry]}
    good = {
        "instrument": "china.x",
        "title": "Title",
        "citation": "Citation",
        "in_force": {"from": "2023-07-01", "confidence": "read"},
        "values": [value],
    }
    path = tmp_path / "good.yaml"
    path.write_text(yaml.safe_dump(good), encoding="utf-8")
    assert load(path).values["x"].entries[0].text == "90"
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump({**good, **change}), encoding="utf-8")
    with pytest.raises(jsonschema.ValidationError, match=words):
        load(path)


@pytest.mark.parametrize(
    ("unit", "text", "is_good"),
    [
        ("clock", "00:00", True),
        ("clock", "23:59", True),
        ("clock", "NONE", True),
        ("clock", "24:00", False),
        ("clock", "8:00", False),
        ("clock", "08:60", False),
        ("clock", "8", False),
        ("clock", "LATE", False),
        ("days", "08:00", False),
        ("code", "08:00", False),
    ],
)
def test_a_clock_is_written_as_hours_and_minutes_and_only_where_the_unit_says_so(tmp_path, unit, text, is_good):
    entry = {"from": "2023-07-01", "value": text}
    value = {"id": "x", "unit": unit, "article": "1", "confidence": "read", "source": "book", "entries": [entry]}
    whole = {
        "instrument": "china.x",
        "title": "Title",
        "citation": "Citation",
        "in_force": {"from": "2023-07-01", "confidence": "read"},
        "values": [value],
    }
    path = tmp_path / "clock.yaml"
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    if is_good:
        clock = load(path).value_on("x", date(2023, 7, 1)).clock
        assert (clock is None) == (text == "NONE")
        return
    with pytest.raises(jsonschema.ValidationError):
        load(path)


@pytest.mark.parametrize(
    ("bound", "below", "at", "above", "first", "last"),
    [
        (Bound.FROM, False, True, True, 90, None),
        (Bound.OVER, False, False, True, 91, None),
        (Bound.WITHIN, True, True, False, None, 90),
        (Bound.UNDER, True, False, False, None, 89),
    ],
)
def test_words_of_number(bound, below, at, above, first, last):
    assert [is_met(days, Decimal(90), bound) for days in (89, 90, 91)] == [below, at, above]
    for ask, expected in ((first_whole, first), (last_whole, last)):
        if expected is None:
            with pytest.raises(ValueError, match="has no"):
                ask(Decimal(90), bound)
        else:
            assert ask(Decimal(90), bound) == expected


def test_a_limit_that_is_not_whole_is_reached_by_the_next_whole_number():
    assert first_whole(Decimal("90.5"), Bound.FROM) == 91
    assert first_whole(Decimal("90.5"), Bound.OVER) == 91
