"""An agreement as files: Word by docxtpl, PDF by WeasyPrint."""

import hashlib
import html
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate

from qingshou.features.repayment.documents.agreement import Agreement, lines_of
from qingshou.features.repayment.documents.word_template import PLACE
from qingshou.kernel.errors import Misconfigured

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
FONTS = {
    "zh-hans": '"Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif',
    "zh-hant": '"Noto Serif CJK TC", "Source Han Serif TC", "Songti TC", PMingLiU, serif',
    "en": '"Noto Serif", "DejaVu Serif", "Noto Serif CJK SC", serif',
}
_STYLE = """
@page { size: A4; margin: 22mm 20mm; @bottom-right { content: counter(page) "/" counter(pages); font-size: 8pt } }
body { font-size: 10.5pt; line-height: 1.5 } h1 { text-align: center; font-size: 18pt } h2 { font-size: 11.5pt }
table { border-collapse: collapse; width: 100% } th, td { border: 0.4pt solid #555; padding: 2mm; text-align: left }
td.amount { text-align: right; font-variant-numeric: tabular-nums } .sign { margin-top: 14mm }
"""


def word_file(agreement: Agreement, language: str) -> bytes:
    """Return the agreement as a Word file."""
    template = DocxTemplate(str(PLACE))
    template.render(dict(lines_of(agreement, language)), autoescape=True)
    held = BytesIO()
    template.save(held)
    return held.getvalue()


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
    return (
        f'<html lang="{told["lang"]}"><head><meta charset="utf-8"><title>{told["number"]}</title>'
        f"<style>{_STYLE} body {{ font-family: {FONTS[lines['lang']]} }}</style></head><body>"
        f"<h1>{told['title']}</h1><p>{words['number']}: {told['number']} &nbsp; {words['case']}: "
        f"{told['case_number']}<br>{words['made_on']}: {told['made_on']} &nbsp; {words['open_until']}: "
        f"{told['open_until']}</p><h2>{words['parties']}</h2><p>{words['lender']}: {told['lender_name']}<br>"
        f"{words['debtor']}: {told['debtor_name']}</p><h2>{words['debts']}</h2><table><tr><th>{words['loan']}"
        f"<th>{words['owed']}<th>{words['given_up']}</tr>{loans}</table><h2>{words['schedule']}</h2><table><tr>"
        f"<th>{words['position']}<th>{words['due_on']}<th>{words['amount']}</tr>{schedule}</table>"
        f"<p><b>{words['total']}: {told['total']}</b> {told['total_capitals']}<br>{words['cost']}: {told['cost']}</p>"
        f"<h2>{words['rules']}</h2><ol>{rules}</ol><h2>{words['limitation']}</h2><ol>{limitation}</ol>"
        f"<p class=sign>{words['sign_lender']}: ____________________</p>"
        f"<p class=sign>{words['sign_debtor']}: ____________________</p></body></html>"
    )
