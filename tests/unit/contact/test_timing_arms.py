"""Arms have codes, days have classes, hours have bands; a night belongs to the day it began on."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from qingshou.features.contact.timing.arms import (
    BANDS,
    Arm,
    BadArm,
    DayClass,
    arm_at,
    arm_of_code,
    arms_between,
    band_of,
    day_class_of,
    first_moment,
)
from qingshou.law.contact.terms import Channel

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai


def test_every_arm_reads_back_from_its_code():
    arms = [Arm(channel, day, band) for channel in Channel for day in DayClass for band in BANDS]
    assert [arm_of_code(arm.code) for arm in arms] == arms
    assert len({arm.code for arm in arms}) == len(arms)
    assert max(len(arm.code) for arm in arms) <= 40


@pytest.mark.parametrize(
    "code", ["", "PHONE", "PHONE-WORK-9", "PHONE-WORK-09", "FAX-WORK-08", "PHONE-MON-08", "a-b-c-d"]
)
def test_a_code_that_names_no_arm_is_refused(code):
    with pytest.raises(BadArm):
        arm_of_code(code)


@pytest.mark.parametrize(
    ("hour", "band"),
    [(0, 22), (7, 22), (8, 8), (9, 8), (10, 10), (13, 12), (14, 14), (16, 14), (17, 17), (19, 19), (21, 19), (22, 22)],
)
def test_hours_fall_into_bands(hour, band):
    assert band_of(hour) == band


def test_days_have_classes():
    week = [day_class_of(date(2026, 11, 23 + ahead)) for ahead in range(7)]
    assert week == [DayClass.WORK] * 5 + [DayClass.SATURDAY, DayClass.REST]
    assert day_class_of(date(2026, 10, 1), holidays=frozenset({date(2026, 10, 1)})) is DayClass.REST


def test_an_instant_is_read_by_the_persons_clock():
    assert arm_at(Channel.SMS, MONDAY, SHANGHAI).code == "SMS-WORK-10"
    assert arm_at(Channel.SMS, MONDAY, ZoneInfo("America/New_York")).code == "SMS-REST-19"
    # 03:00 on Monday is still Sunday's night
    assert arm_at(Channel.SMS, datetime(2026, 11, 22, 19, 0, tzinfo=UTC), SHANGHAI).code == "SMS-REST-22"


def test_arms_of_a_period_and_the_first_moment_of_each():
    arms = arms_between([Channel.PHONE], from_at=MONDAY, until_at=MONDAY.replace(hour=10), zone=SHANGHAI)
    assert [arm.code for arm in arms] == ["PHONE-WORK-10", "PHONE-WORK-12", "PHONE-WORK-14", "PHONE-WORK-17"]
    assert first_moment(arms[0], after=MONDAY, zone=SHANGHAI) == MONDAY
    assert first_moment(arms[1], after=MONDAY, zone=SHANGHAI) == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    saturday = arm_of_code("PHONE-SAT-08")
    assert first_moment(saturday, after=MONDAY, zone=SHANGHAI) == datetime(2026, 11, 28, 0, 0, tzinfo=UTC)
    for arm in [*arms, saturday]:
        moment = first_moment(arm, after=MONDAY, zone=SHANGHAI)
        assert arm_at(arm.channel, moment, SHANGHAI) == arm


def test_a_day_that_does_not_come_has_no_moment():
    always = frozenset(date(2026, 11, 1 + ahead) for ahead in range(30)) | frozenset(
        date(2026, 12, 1 + n) for n in range(31)
    )
    assert first_moment(arm_of_code("PHONE-WORK-08"), after=MONDAY, zone=SHANGHAI, holidays=always) is None
