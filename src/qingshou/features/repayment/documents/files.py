"""An agreement as files: Word by docxtpl, PDF by WeasyPrint."""

import hashlib
import html
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docxtpl import DocxTemplate

from qingshou.features.repayment.documents.agreement import Agreement, lines_of
from qingshou.features.repayment.documents.word_template import PLACE
from qingshou.kernel.errors import Misconfigured

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can tell
FONTS = {
    "zh-hans": '"Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif',
    "zh-hant": '"Noto Serif CJK TC", "Source Han Serif TC", "Songti TC", PMingLiU, serif',
    "en": '"Noto Serif", "DejaVu Serif", "Noto Serif CJK SC", serif',
}
_STYLE = """
@page { size: A4; margin: 22mm 20mm; @bottom-right { content: counter(page) "/" counter(pages); font-size: 8pt } }
body { font-size: 10.5pt; line-height: 1.5 } h1 { text-align: center; font-size: 18pt } h2 { font-size: 11.5pt }
table { border-collapse: collapse; width: 100% } th, td { border: 0.4pt solid #555; padding: 2mm; text-align: left }
tr, .signed { break-inside: avoid }
.amount { text-align: right; font-variant-numeric: tabular-nums } .sign { margin-top: 14mm }
"""


def word_file(agreement: Agreement, language: str) -> bytes:
    """Return the agreement as a Word file: the same bytes for the same agreement."""
    template = DocxTemplate(str(PLACE))
    template.render(dict(lines_of(agreement, language)), autoescape=True)
    held = BytesIO()
    template.save(held)
    return _without_clock(held)


def _without_clock(held: BytesIO) -> bytes:
    """Return a zip with the same files in the same order and no time of its making: drawn up twice, it is the same."""
    kept = BytesIO()
    with ZipFile(held) as made, ZipFile(kept, "w", ZIP_DEFLATED) as out:
        for one in made.infolist():
            out.writestr(ZipInfo(one.filename, _NO_TIME), made.read(one), ZIP_DEFLATED)
    return kept.getvalue()


def pdf_file(agreement: Agreement, language: str) -> bytes:
    """Return the agreement as a PDF: the same bytes for the same agreement.

    Stops   Misconfigured  the system lacks Pango
    """
    return printed_page(page_of(lines_of(agreement, language)))


def printed_page(text: str) -> bytes:
    """Return a page of HTML as a PDF; the same bytes for the same page, and nothing is fetched from anywhere.

    Stops   Misconfigured  the system lacks Pango
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError:
        raise Misconfigured("Papers as PDF need the system library Pango: install it (libpango).") from None
    identifier = hashlib.sha256(text.encode()).digest()[:16]
    page = HTML(string=text, url_fetcher=URLFetcher(allowed_protocols=()))
    return bytes(page.write_pdf(pdf_identifier=identifier))


def page_of(lines: Mapping[str, Any]) -> str:
    """Return the agreement as the page that is printed; every value escaped."""
    told, words = (
        {key: html.escape(text) for key, text in lines.items() if isinstance(text, str)},
        {key: html.escape(text) for key, text in lines["w"].items()},
    )
    loans = "".join(
        f"<tr><td>{html.escape(one['ref'])}</td><td class=amount>{html.escape(one['owed'])}</td>"
        f"<td class=amount>{html.escape(one['given_up'])}</td></tr>"
        for one in lines["loans"]
    )
    schedule = "".join(
        f"<tr><td>{one['position']}</td><td>{one['due_on']}</td><td class=amount>{html.escape(one['amount'])}</td></tr>"
        for one in lines["schedule"]
    )
    rules, limitation = (
        "".join(f"<li>{html.escape(one)}</li>" for one in lines[name]) for name in ("rules", "limitation")
    )
    colon = words["colon"]
    rate = f"<br>{words['rate']}{colon}{told['rate']}" if told["rate"] else ""
    return (
        f'<html lang="{told["lang"]}"><head><meta charset="utf-8"><title>{told["number"]}</title>'
        f"<style>{_STYLE} body {{ font-family: {FONTS[lines['lang']]} }}</style></head><body>"
        f"<h1>{told['title']}</h1><p>{words['number']}{colon}{told['number']} &nbsp; {words['case']}{colon}"
        f"{told['case_number']}<br>{words['made_on']}{colon}{told['made_on']} &nbsp; {words['open_until']}{colon}"
        f"{told['open_until']}</p><h2>{words['parties']}</h2><p>{words['lender']}{colon}{told['lender_name']}<br>"
        f"{words['debtor']}{colon}{told['debtor_name']}</p><h2>{words['debts']}</h2><table><thead><tr><th>{words['loan']}"
        f"<th class=amount>{words['owed']}<th class=amount>{words['given_up']}</tr></thead>{loans}</table>"
        f"<h2>{words['schedule']}</h2><table><thead><tr><th>{words['position']}<th>{words['due_on']}"
        f"<th class=amount>{words['amount']}</tr></thead>{schedule}</table>"
        f"<p><b>{words['total']}{colon}{told['total']}</b> {told['total_capitals']}<br>{words['cost']}{colon}"
        f"{told['cost']}{rate}</p>"
        f"<h2>{words['rules']}</h2><ol>{rules}</ol>"
        f"<div class=signed><h2>{words['limitation']}</h2><ol>{limitation}</ol>"  # nobody signs on a page of its own
        f"<p class=sign>{words['sign_lender']}{colon}____________________</p>"
        f"<p class=sign>{words['sign_debtor']}{colon}____________________</p></div></body></html>"
    )
