"""The vectorised path and the exact readers agree on every text: neither changes a value, neither crashes."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingshou.features.book.intake.column_values import ColumnReader, reader_for
from qingshou.features.book.intake.mapping import ColumnRule
from qingshou.features.book.intake.numbers import NumberSpec
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.targets import FRAMES, Kind
from qingshou.features.book.intake.texts import BLANKS

AS_OF = date(2026, 10, 31)
TARGETS = {
    kind: next(t for frame in FRAMES.values() for t in frame.targets if t.kind is kind and t.value_min is None)
    for kind in (Kind.ID, Kind.TEXT, Kind.MONEY, Kind.DATE, Kind.BOOL, Kind.CURRENCY)
}
TARGETS[Kind.RATE] = FRAMES["snapshot"].target("contract_rate")
TARGETS[Kind.WHOLE] = FRAMES["snapshot"].target("overdue_days")
SPECS = [NumberSpec(), NumberSpec(group=",", currency=True, parentheses=True), NumberSpec(decimal=",", group=".")]
TEXTS = st.one_of(
    st.text(max_size=12),
    st.from_regex(r"-?[$¥]?[0-9]{1,4}(,[0-9]{3}){0,3}(\.[0-9]{0,5})?", fullmatch=True),
    st.from_regex(r"\(?-?[0-9]{1,17}([.,][0-9]{1,4})?\)?%?", fullmatch=True),
    st.from_regex(r"(19|20|21|22)[0-9]{2}-[01][0-9]-[0-3][0-9]", fullmatch=True),
    st.sampled_from(
        ["NaN", "1e309", "true", "N", "CNY", "rmb", "a\u202eb", "a\x00", "\u0663", "1_0", " 5 ", "\u3000甲\u00a0", "."]
    ),
)


@pytest.mark.parametrize("kind", TARGETS, ids=str)
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=40), spec=st.sampled_from(SPECS))
def test_the_quick_path_equals_the_exact_one(kind, texts, spec):
    target = TARGETS[kind]
    rule = ColumnRule(target=target.name, sources=("x",), number=spec)
    column = pa.record_batch({"c0": pa.array(texts, pa.string())})
    result = ColumnReader(rule, target, ["c0"], AS_OF).fill(column)
    refused: dict[int, set[Reason]] = {}
    for rows, reason in result.refused:
        for index, is_bad in enumerate(rows.to_pylist()):
            if is_bad:
                refused.setdefault(index, set()).add(reason)
    read = reader_for(rule, target)
    for index, text in enumerate(texts):
        trimmed = text.strip(BLANKS)
        expected = read(trimmed) if trimmed else None
        if isinstance(expected, Reason):
            assert expected in refused[index]
            assert result.values[index].as_py() is None
        else:
            assert result.values[index].as_py() == (None if expected == "" else expected)
            ours = refused.get(index, set()) - {Reason.REQUIRED_MISSING, Reason.NEGATIVE, Reason.OUT_OF_RANGE}
            assert ours - {Reason.FUTURE_DATE} == set()
