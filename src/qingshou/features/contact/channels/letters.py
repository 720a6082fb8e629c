"""Letters as one PDF a batch: an address page for the window of the envelope, then the letter, for each.

Nothing on the address page tells of a debt: name, address, the sender's neutral name, the number of registered post.
"""

import hashlib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from qingshou.features.contact.channels.code128 import svg
from qingshou.features.contact.channels.post_numbers import NumberSeries
from qingshou.kernel.errors import BadInput, Misconfigured
from qingshou.law.contact.terms import Channel

_FONTS = {
    "zh-hans": '"Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif',
    "zh-hant": '"Noto Serif CJK TC", "Source Han Serif TC", "Songti TC", PMingLiU, serif',
    "en": '"Noto Serif", "DejaVu Serif", "Noto Serif CJK SC", serif',
}
_WORDS = {
    "zh-hans": {"registered": "挂号信", "reference": "编号", "date": "日期", "to": "致"},
    "zh-hant": {"registered": "掛號信", "reference": "編號", "date": "日期", "to": "致"},
    "en": {"registered": "Registered", "reference": "Reference", "date": "Date", "to": "To"},
}
_LANG = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes. `envelope_name` is read through the window: it must not tell of a debt."""

    name: str
    lines: tuple[str, ...]  # address
    envelope_name: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Where the window of the envelope shows the address, in millimetres from the upper left; default: DIN 680."""

    left_mm: int = 20
    top_mm: int = 45
    width_mm: int = 90
    height_mm: int = 45


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter."""

    key: UUID
    to_name: str = field(repr=False)
    to_lines: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)  # paragraphs apart by an empty line
    dated: date
    reference: str = ""  # our case number
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A batch, printed: `pages` and `numbers` are in the order of the letters."""

    pdf: bytes = field(repr=False)
    sha256: str
    pages: tuple[int, ...]  # of each letter, its address page counted
    numbers: tuple[str, ...]  # of registered post; empty for plain post
    first_pages: tuple[int, ...]  # where each letter begins, counted from 1

    @property
    def pages_count(self) -> int:
        """Return how many pages the batch has."""
        return sum(self.pages)


def make_batch(
    letters: Sequence[Letter],
    *,
    sender: Sender,
    number_series: NumberSeries | None = None,
    used: str = "",
    window: Window | None = None,
) -> LetterFile:
    """Return the letters as one PDF.

    Takes   number_series   of registered post; None: plain post
            used            the last number of the series given out before; empty: none yet
    Gives   LetterFile      the same bytes for the same letters
    Stops   BadInput without letters or an address, Misconfigured without Pango, NumbersUsedUp
    """
    if not letters:
        raise BadInput("There is no letter to print.")
    incomplete = sum(
        not letter.to_name.strip() or not any(line.strip() for line in letter.to_lines) for letter in letters
    )
    if incomplete:
        raise BadInput(f"{incomplete} of the letters have no name or no address.", incomplete=incomplete)
    numbers = tuple(number_series.after(used, len(letters))) if number_series else ()
    printer = _printer()
    # two documents a letter, so that the letter's own pages are counted from 1
    parts = [
        (printer(address), printer(text))
        for address, text in (
            _documents(letter, sender, numbers[index] if numbers else "", window or Window())
            for index, letter in enumerate(letters)
        )
    ]
    pages = tuple(len(address.pages) + len(text.pages) for address, text in parts)
    whole = parts[0][0].copy([page for pair in parts for document in pair for page in document.pages])
    identifier = hashlib.sha256("".join(str(letter.key) for letter in letters).encode()).digest()[:16]
    pdf = whole.write_pdf(pdf_identifier=identifier)
    firsts = tuple(1 + sum(pages[:index]) for index in range(len(pages)))
    return LetterFile(pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), pages=pages, numbers=numbers, first_pages=firsts)


def _printer() -> Any:
    """Return what lays a page out; WeasyPrint is loaded here, since it needs libraries of the system."""
    try:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except OSError:
        raise Misconfigured(
            "Letters need Pango on this machine: on Debian or Ubuntu install libpango-1.0-0, libpangoft2-1.0-0 and "
            "libharfbuzz-subset0, on macOS `brew install pango`; for Chinese install fonts-noto-cjk."
        ) from None
    fonts = FontConfiguration()
    # letters hold text only: nothing is ever fetched from anywhere
    closed = URLFetcher(allowed_protocols=())
    return lambda page: HTML(string=page, url_fetcher=closed).render(font_config=fonts)


def _documents(letter: Letter, sender: Sender, number: str, window: Window) -> tuple[str, str]:
    """Return the address page and the letter as HTML."""
    language = letter.language if letter.language in _WORDS else "en"
    words = _WORDS[language]
    head = (
        f'<!DOCTYPE html><html lang="{_LANG[language]}"><head><meta charset="utf-8">'
        f"<title>{html.escape(sender.envelope_name or sender.name)}</title>"
    )
    address = f"<style>{_address_style(language, window)}</style></head><body>"
    text = f"<style>{_letter_style(language)}</style></head><body>"
    return (
        f"{head}{address}{_address_page(letter, sender, number, words)}</body></html>",
        f"{head}{text}{_letter_pages(letter, sender, words)}</body></html>",
    )


def _address_style(language: str, window: Window) -> str:
    return f"""
@page {{ size: A4; margin: 0 }}
body {{ font: 11pt/1.6 {_FONTS[language]}; margin: 0 }}
.window {{ position: absolute; left: {window.left_mm}mm; top: {window.top_mm}mm; width: {window.width_mm}mm;
  height: {window.height_mm}mm; overflow: hidden }}
.from {{ font-size: 7pt; line-height: 4mm; border-bottom: .3pt solid #000; white-space: nowrap; overflow: hidden }}
.to {{ margin: 2mm 0 0; line-height: 1.4 }}
.number {{ position: absolute; left: {window.left_mm + window.width_mm + 10}mm; top: {window.top_mm}mm; width: 70mm;
  text-align: center; font-size: 9pt }}
.number svg {{ width: 70mm; height: 14mm; display: block }}
.digits {{ font: 11pt "Noto Sans Mono CJK SC", "DejaVu Sans Mono", monospace; letter-spacing: .5pt }}
"""


def _letter_style(language: str) -> str:
    return f"""
@page {{ size: A4; margin: 25mm 20mm 22mm 25mm; @bottom-center {{ content: counter(page) " / " counter(pages);
  font: 9pt {_FONTS[language]}; color: #444 }} }}
body {{ font: 11pt/1.6 {_FONTS[language]}; margin: 0 }}
.head {{ display: flex; justify-content: space-between; margin-bottom: 10mm }}
.head div {{ white-space: pre-line }}
h1 {{ font-size: 13pt; margin: 0 0 6mm }}
p {{ margin: 0 0 4mm; overflow-wrap: anywhere; orphans: 2; widows: 2 }}
"""


def _address_page(letter: Letter, sender: Sender, number: str, words: Mapping[str, str]) -> str:
    back = " · ".join((sender.envelope_name or sender.name, *sender.lines))
    to = "<br>".join(html.escape(line) for line in (letter.to_name, *letter.to_lines) if line.strip())
    bars = ""
    if number:
        bars = (
            f'<div class="number">{html.escape(words["registered"])}{svg(number)}'
            f'<div class="digits">{_spaced(number)}</div></div>'
        )
    return (
        f'<section class="address"><div class="window"><div class="from">{html.escape(back)}</div>'
        f'<div class="to">{to}</div></div>{bars}</section>'
    )


def _spaced(number: str) -> str:
    """Return the number as the post writes it: XA 12 345 678 5 CN."""
    return f"{number[:2]} {number[2:4]} {number[4:7]} {number[7:10]} {number[10]} {number[11:]}"


def _letter_pages(letter: Letter, sender: Sender, words: Mapping[str, str]) -> str:
    left = "\n".join((sender.name, *sender.lines, sender.telephone)).strip()
    right = [f"{words['date']}: {letter.dated.isoformat()}"]
    if letter.reference:
        right.append(f"{words['reference']}: {letter.reference}")
    paragraphs = "".join(
        f"<p>{html.escape(part.strip()).replace(chr(10), '<br>')}</p>"
        for part in letter.body.split("\n\n")
        if part.strip()
    )
    return (
        f'<section class="letter"><div class="head"><div>{html.escape(left)}</div>'
        f"<div>{html.escape(chr(10).join(right))}</div></div>"
        f"<p>{html.escape(words['to'])} {html.escape(letter.to_name)}</p>"
        f"<h1>{html.escape(letter.subject)}</h1>{paragraphs}</section>"
    )


class LetterPrinter:
    """Letters of a lender by the settings: who writes, where the window is, which numbers the post gave."""

    code = "letters"
    channels = frozenset({Channel.POST})

    def __init__(
        self, *, sender: Sender, window: Window | None = None, number_series: NumberSeries | None = None
    ) -> None:
        self.sender, self.window, self.number_series = sender, window or Window(), number_series

    def make(self, letters: Sequence[Letter], *, is_registered: bool, used: str = "") -> LetterFile:
        """Return the batch.

        Takes   used   the last number of the series on any letter of the lender; read it under a lock
        Stops   Misconfigured when registered post is wanted and the settings hold no numbers; as make_batch
        """
        if is_registered and self.number_series is None:
            raise Misconfigured("Registered post needs a range of numbers: set POST.numbers (prefix, first, last).")
        series = self.number_series if is_registered else None
        return make_batch(letters, sender=self.sender, number_series=series, used=used, window=self.window)
