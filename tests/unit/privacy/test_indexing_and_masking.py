"""Equal values meet however they were typed; masks show enough to recognise and no more."""

from uuid import UUID

import pytest

from qingshou.access.roles import Role
from qingshou.privacy.blind_index import blind_index, blind_index_many
from qingshou.privacy.clearance import CHECKER, CLEAR, SENDER, SUBJECT, sees_clear
from qingshou.privacy.kinds import PersonalKind as K
from qingshou.privacy.masking import mask
from qingshou.privacy.normalise import normalised

TENANT, OTHER = UUID(int=1), UUID(int=2)

SAME = [
    (K.PHONE, ["13800138000", "138 0013 8000", "+86-138-0013-8000", "008613800138000", "8613800138000"]),
    (K.PHONE, ["13800138000", "１３８００１３８０００", "(+86) 138-0013-8000"]),
    (K.PHONE, ["+886912345678", "00886 912 345 678"]),
    (K.EMAIL, ["Wang@Example.com", " wang@example.com ", "ｗａｎｇ＠example.com"]),
    (K.NATIONAL_ID, ["11010519491231002x", "11010519491231002X", "110105 19491231 002Ｘ", "\u200b11010519491231002X"]),
    (K.NATIONAL_ID, ["A123456(7)", "a1234567"]),
    (K.NAME, ["张 三", "张三", "张\u3000三", "\u202e张三"]),
    (K.NAME, ["买买提·艾力", "买买提•艾力", "买买提.艾力", "买买提艾力"]),
    (K.NAME, ["Chan Tai Man", "CHAN TAIMAN"]),
    (K.BIRTH_DATE, ["1949-12-31", "1949/12/31", "19491231"]),
]


@pytest.mark.parametrize(("kind", "spellings"), SAME)
def test_spellings_of_one_value_meet(kind, spellings):
    assert len(set(blind_index_many(kind, spellings, TENANT))) == 1


def test_other_values_kinds_and_lenders_do_not_meet():
    seen = {
        blind_index(K.PHONE, "13800138000", TENANT),
        blind_index(K.PHONE, "13800138001", TENANT),
        blind_index(K.PHONE, "13800138000", OTHER),
        blind_index(K.NATIONAL_ID, "13800138000", TENANT),
        blind_index(K.PHONE, "8613800138", TENANT),
        blind_index(K.PHONE, "13800138", TENANT),
    }
    assert len(seen) == 6


def test_a_search_by_another_key_finds_nothing(settings):
    before = blind_index(K.NAME, "张三", TENANT)
    settings.QINGSHOU_BLIND_INDEX_KEY = "another"
    assert blind_index(K.NAME, "张三", TENANT) != before


@pytest.mark.parametrize("nothing", [None, "", "  ", "---"])
def test_nothing_is_not_indexed(nothing):
    assert blind_index(K.PHONE, nothing, TENANT) is None


@pytest.mark.parametrize("kind", list(K))
def test_normalising_twice_changes_nothing(kind):
    for text in ("+86 138-0013-8000", "Ａb·c", "００８６ 13800138000", "0000123"):
        once = normalised(kind, text)
        if kind is not K.PHONE:
            assert normalised(kind, once) == once


MASKS = [
    (K.NAME, "张三", "张*"), (K.NAME, "张三丰", "张**"), (K.NAME, "欧阳娜娜", "欧阳**"), (K.NAME, "欧阳", "欧*"),
    (K.NAME, "买买提·艾力江", "买***"), (K.NAME, "Chan Tai Man", "C*** T*** M***"), (K.NAME, "张", "张*"),
    (K.PHONE, "13800138000", "138****8000"), (K.PHONE, "+86 138 0013 8000", "86138****8000"),
    (K.PHONE, "88888888", "******88"), (K.PHONE, "110", "****"),
    (K.NATIONAL_ID, "11010519491231002X", "110***********002X"), (K.NATIONAL_ID, "A123456789", "A******"),
    (K.EMAIL, "wang@example.com", "w***@example.com"), (K.EMAIL, "nonsense", "***"),
    (K.ADDRESS, "广东省深圳市南山区科技路1号", "广东省深圳市****"), (K.ADDRESS, "台北市信義路五段7號", "台北市****"),
    (K.ADDRESS, "1 Main Street", "****"), (K.BIRTH_DATE, "1949-12-31", "1949-**-**"),
    (K.EMPLOYER, "某某科技有限公司", "某某****"), (K.NOTE, "his brother knows", "****"), (K.NAME, "", ""),
    (K.PHONE, None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "masked"), MASKS)
def test_masks(kind, text, masked):
    assert mask(kind, text) == masked


@pytest.mark.parametrize("kind", list(K))
def test_a_mask_never_shows_the_value(kind):
    for text in ("张三", "13800138000", "ab@c.de", "11010519491231002X", "北京市", "1949-12-31", "x", "王五 李"):
        assert mask(kind, text) != text
        assert "*" in mask(kind, text)


def test_every_role_has_its_clearance_and_no_other():
    assert CLEAR.keys() == {*Role, SENDER, CHECKER, SUBJECT}  # who sends, who compares, the debtor: none of our people
    assert not any(sees_clear("STRANGER", kind) for kind in K)
    assert [role for role in Role if sees_clear(role, K.NATIONAL_ID)] == [Role.LEGAL_OFFICER, Role.COMPLIANCE_OFFICER]
    assert not any(sees_clear(role, kind) for kind in K for role in (Role.ADMINISTRATOR, Role.RISK_OFFICER))
