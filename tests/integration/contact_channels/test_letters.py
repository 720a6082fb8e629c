"""Letters as PDF batches, the numbers of registered post, the bars."""

import hashlib
import io
import itertools
import re
import sys
from datetime import date
from uuid import UUID

import pypdf
import pytest

from qingshou.features.contact.channels import letters as letters_module
from qingshou.features.contact.channels.code128 import _STOP, _WIDTHS, svg, values_of
from qingshou.features.contact.channels.letters import Letter, LetterPrinter, Sender, Window, make_batch
from qingshou.features.contact.channels.post_numbers import NumberSeries, NumbersUsedUp, check_digit, is_valid
from qingshou.kernel.errors import BadInput, Misconfigured

SENDER = Sender(
    name="示例银行股份有限公司",
    lines=("北京市西城区金融大街1号", "100033"),
    envelope_name="客户服务中心",
    telephone="95555",
)
SERIES = NumberSeries("XA", 12345678, 12345999)


def letter(number: int = 1, **fields: object) -> Letter:
    given = {
        "key": UUID(int=number), "to_name": "王金丝雀",
        "to_lines": ("上海市浦东新区世纪大道100号", "200120 上海"),
        "subject": "关于贷款还款的通知",
        "body": "尊敬的客户：\n\n您的贷款已逾期。\n\n此致", "dated": date(2026, 11, 25),
        "reference": "C-2026-0007",
    }  # fmt: skip
    return Letter(**{**given, **fields})


def text_of(pdf: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_a_batch_of_three_letters_in_three_languages():
    made = make_batch(
        [
            letter(1),
            letter(2, language="zh-hant", body="您的貸款已逾期。\n\n" * 120),
            letter(3, language="en", to_name="Jane <Doe>", subject="Your loan", body="We want to help & listen."),
        ],
        sender=SENDER,
        number_series=SERIES,
    )
    assert made.sha256 == hashlib.sha256(made.pdf).hexdigest()
    assert made.numbers == ("XA123456785CN", "XA123456799CN", "XA123456808CN")
    assert (made.pages[0], made.pages[2]) == (2, 2)
    assert made.pages[1] > 3
    pages = text_of(made.pdf)
    assert len(pages) == made.pages_count == sum(made.pages)
    assert made.first_pages == (1, 3, 3 + made.pages[1])
    address, first_letter = pages[0], pages[1]
    for wanted in ("王金丝雀", "上海市浦东新区世纪大道100号", "200120上海", "挂号信", "XA123456785CN", "客户服务中心"):
        assert wanted in address
    for wanted in (
        "示例银行股份有限公司",
        "关于贷款还款的通知",
        "编号:C-2026-0007",
        "2026-11-25",
        "您的贷款已逾期",
        "1/1",
    ):
        assert wanted in first_letter
    assert "掛號信" in pages[2]
    assert f"{made.pages[1] - 1}/{made.pages[1] - 1}" in pages[2 + made.pages[1] - 1]
    assert "Registered" in pages[-2]
    assert "Jane<Doe>" in pages[-2]
    assert "Wewanttohelp&listen." in pages[-1]


def test_nothing_on_an_envelope_tells_of_a_debt():
    """Every address page holds these words and no others."""
    made = make_batch([letter(1), letter(2)], sender=SENDER, number_series=SERIES)
    shown = text_of(made.pdf)[0]
    for known in ("客户服务中心", "北京市西城区金融大街1号", "100033", "王金丝雀",
                  "上海市浦东新区世纪大道100号", "200120上海", "挂号信", "XA123456785CN", "·"):  # fmt: skip
        shown = shown.replace(known, "")
    assert shown == ""


def test_plain_post_has_no_number_and_the_same_letters_make_the_same_file():
    first, second = make_batch([letter()], sender=SENDER), make_batch([letter()], sender=SENDER)
    assert first.numbers == ()
    assert first.pdf == second.pdf
    assert make_batch([letter(body="anders")], sender=SENDER).sha256 != first.sha256
    assert "王金丝雀" not in f"{first!r}{letter()!r}"


def test_chinese_is_drawn_with_a_font_that_has_it():
    reader = pypdf.PdfReader(io.BytesIO(make_batch([letter()], sender=SENDER).pdf))
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in
             (ref.get_object() for ref in page["/Resources"]["/Font"].values())}  # fmt: skip
    assert any("CJK" in font or "Song" in font or "SimSun" in font for font in fonts)
    sizes = {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in reader.pages}
    assert sizes == {(595, 842)}


def test_the_address_is_where_the_window_is():
    window = Window(left_mm=100, top_mm=60)
    page = pypdf.PdfReader(io.BytesIO(make_batch([letter()], sender=SENDER, window=window).pdf)).pages[0]
    places: list[tuple[float, float]] = []

    def visit(text: str, _cm: object, matrix: list[float], _font: object, _size: object) -> None:
        if "王" in text:
            places.append((matrix[4], matrix[5]))

    text = page.extract_text(visitor_text=visit)
    assert "王金丝雀" in text.replace(" ", "")
    other = pypdf.PdfReader(io.BytesIO(make_batch([letter()], sender=SENDER).pdf)).pages[0]
    assert other.get_contents().get_data() != page.get_contents().get_data()


def test_incomplete_letters_are_counted_and_nothing_is_printed():
    with pytest.raises(BadInput) as stopped:
        make_batch([letter(), letter(2, to_name=" "), letter(3, to_lines=("", " "))], sender=SENDER)
    assert stopped.value.fields == {"incomplete": 2}
    assert "王" not in str(stopped.value)
    with pytest.raises(BadInput):
        make_batch([], sender=SENDER)


def test_without_pango_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", _Missing("weasyprint"))
    with pytest.raises(Misconfigured) as stopped:
        make_batch([letter()], sender=SENDER)
    assert "libpango-1.0-0" in str(stopped.value)


class _Missing(type(sys)):
    """A package whose system library is not there: WeasyPrint stops so, with OSError, when it is imported."""

    def __getattr__(self, _name: str) -> object:
        raise OSError("cannot load library 'libpango-1.0-0'")


def test_a_hundred_letters():
    made = make_batch([letter(number) for number in range(100)], sender=SENDER, number_series=SERIES)
    assert (made.pages_count, len(set(made.numbers))) == (200, 100)


def test_the_printer_of_the_settings():
    printer = LetterPrinter(sender=SENDER)
    assert printer.make([letter()], is_registered=False).numbers == ()
    with pytest.raises(Misconfigured):
        printer.make([letter()], is_registered=True)
    registered = LetterPrinter(sender=SENDER, number_series=SERIES)
    assert registered.make([letter()], is_registered=True, used="XA123456785CN").numbers == ("XA123456799CN",)


@pytest.mark.parametrize(
    ("serial", "digit"), [("12345678", 5), ("47312482", 9), ("00000000", 5), ("00000001", 4), ("10000000", 3)]
)
def test_the_check_digit_of_s10(serial: str, digit: int):
    assert check_digit(serial) == digit
    assert is_valid(f"XA{serial}{digit}CN")
    assert not any(is_valid(f"XA{serial}{other}CN") for other in range(10) if other != digit)


def test_both_replaced_check_digits_occur():
    digits = {serial: check_digit(f"{serial:08d}") for serial in range(200)}
    sums = {
        serial: sum(w * int(s) for w, s in zip((8, 6, 4, 2, 3, 5, 9, 7), f"{serial:08d}", strict=True)) % 11
        for serial in digits
    }
    assert {digits[serial] for serial, rest in sums.items() if rest == 1} == {0}
    assert {digits[serial] for serial, rest in sums.items() if rest == 0} == {5}


def test_numbers_are_used_in_order_each_once():
    series = NumberSeries("RA", 99999990, 99999999, "HK")
    first = series.after("", 4)
    second = series.after(first[-1], 6)
    assert len({*first, *second}) == 10
    assert all(is_valid(number) for number in (*first, *second))
    assert second[-1].startswith("RA99999999")
    with pytest.raises(NumbersUsedUp) as stopped:
        series.after(second[-1], 1)
    assert stopped.value.fields == {"left": 0, "wanted": 1}
    with pytest.raises(NumbersUsedUp):
        series.after(first[-1], 7)


@pytest.mark.parametrize("used", ["XA123456785CN", "RA999999991HK", "x", "RA99999990"])
def test_a_number_of_another_series_is_refused(used: str):
    with pytest.raises(BadInput):
        NumberSeries("RA", 99999990, 99999999, "HK").after(used, 1)


def test_a_new_range_begins_at_its_own_start():
    assert NumberSeries("XA", 50000000, 50000009).after("XA123456785CN", 1)[0].startswith("XA50000000")


@pytest.mark.parametrize(
    "fields",
    [("X", 1, 2, "CN"), ("XA", 2, 1, "CN"), ("XA", -1, 1, "CN"), ("XA", 1, 100_000_000, "CN"), ("XA", 1, 2, "cn")],
)
def test_a_range_that_cannot_be_one(fields: tuple):
    with pytest.raises(Misconfigured):
        NumberSeries(*fields)


def test_the_bars_follow_iso_15417():
    assert len(_WIDTHS) == len(set(_WIDTHS)) == 106
    assert all(sum(map(int, widths)) == 11 for widths in _WIDTHS)
    assert all(sum(int(width) for width in widths[::2]) % 2 == 0 for widths in _WIDTHS)  # bars are even
    assert sum(map(int, _STOP)) == 13
    # the worked example of Wikipedia's article: PJJ123C has check value 54 in set A; in set B the start is 104
    assert values_of("PJJ123C")[-1] == (54 + 1) % 103
    with pytest.raises(ValueError, match="ASCII"):
        values_of("号")


def test_the_bars_can_be_read_back():
    """Decode the drawn rectangles, as a scanner would."""
    drawn = [
        (int(x), int(width)) for x, width in re.findall(r'<rect x="(\d+)" y="0" width="(\d+)"', svg("XA123456785CN"))
    ]
    modules = "".join(
        str(width) + (str(after - at - width) if after else "")
        for (at, width), after in itertools.zip_longest(drawn, [at for at, _ in drawn[1:]])
    )
    assert modules.endswith(_STOP)
    symbols = [_WIDTHS.index(modules[at : at + 6]) for at in range(0, len(modules) - 7, 6)]
    assert symbols[0] == 104
    assert "".join(chr(value + 32) for value in symbols[1:-1]) == "XA123456785CN"
    assert drawn[0][0] == 10  # quiet zone


def test_nothing_is_fetched_for_a_letter(web):
    made = make_batch(
        [letter(body=f'<img src="{web.url}/x.png"> <link rel="stylesheet" href="{web.url}/x.css">')], sender=SENDER
    )
    assert web.requests == []
    assert "<imgsrc=" in "".join(text_of(made.pdf))
    printer = letters_module._printer()
    assert printer(f'<img src="{web.url}/x.png">').pages
    assert web.requests == []
