"""What products are called: the lender's words before the house's, the reader's language before others, or the code."""

import pytest
from django.utils import translation

from qingshou.edges.products import product_words


@pytest.mark.parametrize(
    ("language", "own", "told"),
    [
        ("zh-hans", {}, "信用卡"),
        ("en", {}, "Credit card"),
        ("en", {"CARD": "Gold card"}, "Gold card"),
        ("zh-hant", {"CARD": {"zh-hans": "金卡", "en": "Gold card"}}, "金卡"),
        ("zh-hans", {"CARD": {"en": "Gold card"}}, "Gold card"),
        ("en", {"CARD": {"zh-hant": "金卡"}}, "金卡"),
        ("en", {"CARD": {"EN": "  Gold card "}}, "Gold card"),
        ("en", {"CARD": ""}, "Credit card"),
        ("en", {"CARD": {"en": " "}}, "Credit card"),
        ("en", {"CARD": 7}, "Credit card"),
        ("en", {"CARD": {"en": 7}}, "Credit card"),
    ],
)
def test_words_of_a_code(language: str, own: object, told: str) -> None:
    with translation.override(language):
        assert str(product_words({"products": own})["CARD"]) == told


def test_a_code_of_the_lender_has_words_where_it_gives_them_and_none_where_not() -> None:
    with translation.override("en"):
        words = product_words({"products": {"X7": {"en": "Tractor loan"}}})
    assert words["X7"] == "Tractor loan"
    assert "X8" not in words


@pytest.mark.parametrize("own", [None, [], "CARD", 3])
def test_what_is_no_mapping_gives_the_usual_words(own: object) -> None:
    with translation.override("en"):
        assert str(product_words({"products": own})["MORTGAGE"]) == "Mortgage"
