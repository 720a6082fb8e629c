"""What somebody says is compared with what is on file: near enough fits, guesses do not."""

import pytest

from qingshou.features.contact.rules.identity import fits


@pytest.mark.parametrize(
    ("fact", "said", "held", "expected"),
    [
        ("NATIONAL_ID_LAST4", "002X", "11010519491231002X", True),
        ("NATIONAL_ID_LAST4", "002x", "11010519491231002X", True),
        ("NATIONAL_ID_LAST4", "００２Ｘ", "11010519491231002X", True),
        ("NATIONAL_ID_LAST4", "02X", "11010519491231002X", False),
        ("NATIONAL_ID_LAST4", "1002X", "11010519491231002X", False),
        ("NATIONAL_ID_LAST4", "1101", "11010519491231002X", False),
        ("NATIONAL_ID_LAST4", "", "11010519491231002X", False),
        ("LOAN_LAST4", "6688", "CN-2024-6688", True),
        ("LOAN_LAST4", "6689", "CN-2024-6688", False),
        ("BIRTH_DATE", "1949-12-31", "1949-12-31", True),
        ("BIRTH_DATE", "19491231", "1949-12-31", True),
        ("BIRTH_DATE", "1949年12月31日", "1949-12-31", True),
        ("BIRTH_DATE", "1949年1月2日", "1949-01-02", True),
        ("BIRTH_DATE", "1949/1/2", "19490102", True),
        ("BIRTH_DATE", "1949-12-30", "1949-12-31", False),
        ("BIRTH_DATE", "1949", "1949-12-31", False),
        ("BIRTH_DATE", "yesterday", "1949-12-31", False),
        ("ADDRESS_CITY", "北京", "北京市朝阳区建国路 1 号", True),
        ("ADDRESS_CITY", "北京市", "北京市朝阳区建国路 1 号", True),
        ("ADDRESS_CITY", "上海", "北京市朝阳区建国路 1 号", False),
        ("ADDRESS_CITY", "市", "北京市朝阳区建国路 1 号", False),
        ("ADDRESS_CITY", "建国路", "北京市朝阳区建国路 1 号", False),
        ("ADDRESS_CITY", "中国", "中国北京市朝阳区", False),
        ("ADDRESS_CITY", "杭州", "浙江省杭州市西湖区", True),
        ("ADDRESS_CITY", "Springfield", "12 Elm Street, Springfield, IL", True),
        ("ADDRESS_CITY", "street", "12 Elm Street, Springfield, IL", False),
        ("ADDRESS_CITY", "spring", "12 Elm Street, Springfield, IL", False),
        ("ADDRESS_CITY", "il", "12 Elm Street, Springfield, IL", False),
        ("EMPLOYER", "示例科技", "示例科技有限公司", True),
        ("EMPLOYER", "别家", "示例科技有限公司", False),
        ("EMPLOYER", "司", "示例科技有限公司", False),
    ],
)
def test_answers(fact, said, held, expected):
    assert fits(fact, said, [held]) is expected


def test_any_of_several_values_fits_and_none_fits_nothing():
    assert fits("LOAN_LAST4", "0002", ["L-0001", "L-0002"])
    assert not fits("LOAN_LAST4", "0003", ["L-0001", "L-0002"])
    assert not fits("LOAN_LAST4", "0003", [])
    assert not fits("BIRTH_DATE", "1949-12-31", [""])
