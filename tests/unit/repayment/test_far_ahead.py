"""Value dates that lie too far ahead: the day of the limit and the days beside it."""

from datetime import date, timedelta

import pytest

from qingshou.features.repayment.rules.far_ahead import is_far_ahead

TAKEN = date(2026, 11, 23)


@pytest.mark.parametrize(("ahead", "is_far"), [(-400, False), (0, False), (30, False), (31, False), (32, True)])
def test_more_than_31_days_after_it_was_told(ahead, is_far):
    assert is_far_ahead(value_date=TAKEN + timedelta(days=ahead), taken_on=TAKEN) is is_far
