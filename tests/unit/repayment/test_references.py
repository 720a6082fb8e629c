"""References: every way a payer types them finds them, and no other number is taken for one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from qingshou.features.repayment.rules.references import (
    SERIAL_MAX,
    find_bare_references,
    find_references,
    is_reference,
    new_reference,
    shown,
)
from qingshou.kernel.errors import BadInput

ONE = new_reference(serial=4711)
OTHER = new_reference(serial=123_456_789_012)
serials = st.integers(0, SERIAL_MAX)


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def test_the_form():
    assert ONE == "RF71000000004711"
    assert shown(ONE) == "RF71 0000 0000 4711"
    assert iso11649.is_valid(ONE)


@pytest.mark.parametrize("serial", [-1, SERIAL_MAX + 1])
def test_a_serial_that_does_not_fit(serial: int):
    with pytest.raises(BadInput):
        new_reference(serial=serial)


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        ONE.lower(),
        shown(ONE),
        shown(ONE).lower(),
        wide(ONE),
        wide(shown(ONE)),
        f"还款{ONE}谢谢",
        f"请查收:{shown(ONE)},王小明",
        f"{shown(ONE)} 2026年1月5日",
        f"{ONE}20260105",
        "rf-7100-0000-0047-11",
        "RF71.0000.0000.4711",
        "R F 7 1 0 0 0 0 0 0 0 0 4 7 1 1",
        "RF71OOOOOOOO47ll",
        "RF71\n0000\t0000\u3000\u200b4711",
        "\u202aRF71\u202c\u202d0000\u202c0000\u20604711",
        "RF71 0000\u00ad0000\u200f4711",
        "RF71、0000、0000、4711",
        "RF71+0000+0000+4711",
        "RF71−0000−0000−4711",
        "ＲＦ７１～００００～００００～４７１１",
        f"x{ONE}",
        f"RF00 1111 2222 3333 {ONE}",
        f"{ONE} {shown(ONE)}",
    ],
)
def test_found_however_it_is_typed(text: str):
    assert find_references(text) == (ONE,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RF",
        "RF18539007547034",  # a right reference of another issuer with twelve digits is found: see below
        "RF72000000004711",
        "RF7100000000471",
        "RF71 0000 0000 471x",
        "GF71000000004711",
        "13800138000",
    ],
)
def test_not_ours(text: str):
    found = find_references(text)
    assert found == (("RF18539007547034",) if is_reference(text) else ())


def test_several_in_one_text():
    assert find_references(f"{OTHER}和{shown(ONE)}") == (OTHER, ONE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ONE[2:], (ONE,)),
        (shown(ONE)[2:], (ONE,)),
        (f"还款 {wide(ONE[2:])} 谢谢", (ONE,)),
        (f"{ONE[2:]}、500元", (ONE,)),
        (f"13800138000+{ONE[2:]}", (ONE,)),
        ("7100\u2060000000\u202c4711", (ONE,)),
        (ONE[2:] + "1", ()),
        ("1" + ONE[2:], ()),
        ("72000000004711", ()),
        (ONE, ()),
    ],
)
def test_without_its_letters(text: str, found: tuple[str, ...]):
    assert find_bare_references(text) == found


@given(serial=serials, place=st.integers(2, 15), digit=st.integers(1, 9))
def test_every_wrong_digit_is_caught(serial: int, place: int, digit: int):
    right = new_reference(serial=serial)
    wrong = right[:place] + str((int(right[place]) + digit) % 10) + right[place + 1 :]
    assert is_reference(right)
    assert not is_reference(wrong)
    assert find_references(wrong) == ()


@given(serial=serials, place=st.integers(2, 14))
def test_every_swap_of_neighbours_is_caught(serial: int, place: int):
    right = new_reference(serial=serial)
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert is_reference(wrong) == (wrong == right)


@given(first=serials, second=serials)
def test_no_two_serials_share_a_reference(first: int, second: int):
    assert (new_reference(serial=first) == new_reference(serial=second)) == (first == second)


@given(
    serial=serials,
    before=st.text(st.characters(blacklist_categories=("Cs",)), max_size=20),
    after=st.text(st.characters(blacklist_categories=("Cs",)), max_size=20),
    form=st.sampled_from(["plain", "spaced", "small", "wide"]),
)
def test_found_amid_any_text(serial: int, before: str, after: str, form: str):
    right = new_reference(serial=serial)
    typed = {"plain": right, "spaced": shown(right), "small": right.lower(), "wide": wide(right)}[form]
    # letters that end in R or F, or digits that make another reference of the same signs, would be another text
    folded = unicodedata.normalize("NFKC", before).upper()
    if "R" not in folded:
        assert right in find_references(f"{before} {typed} {after}")
