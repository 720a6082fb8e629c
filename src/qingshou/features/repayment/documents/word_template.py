"""The Word template of agreements, built: `python -m qingshou.features.repayment.documents.word_template PATH`.

The file beside this one was made by it; whoever edits that in Word keeps the names in double braces.
"""

import sys
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

PLACE = Path(__file__).parent / "agreement.docx"


def build(path: Path) -> None:
    """Write the template."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Noto Serif", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = heading.add_run("{{ title }}")
    run.bold, run.font.size = True, Pt(18)
    for line in (
        "{{ w.number }}{{ w.colon }}{{ number }}    {{ w.case }}{{ w.colon }}{{ case_number }}",
        "{{ w.made_on }}{{ w.colon }}{{ made_on }}    {{ w.open_until }}{{ w.colon }}{{ open_until }}",
    ):
        document.add_paragraph(line)
    _section(document, "{{ w.parties }}")
    document.add_paragraph("{{ w.lender }}{{ w.colon }}{{ lender_name }}")
    document.add_paragraph("{{ w.debtor }}{{ w.colon }}{{ debtor_name }}")
    _section(document, "{{ w.debts }}")
    _table(document, ("{{ w.loan }}", "{{ w.owed }}", "{{ w.given_up }}"), "loans",
           ("{{ one.ref }}", "{{ one.owed }}", "{{ one.given_up }}"), amounts=(1, 2))  # fmt: skip
    _section(document, "{{ w.schedule }}")
    _table(document, ("{{ w.position }}", "{{ w.due_on }}", "{{ w.amount }}"), "schedule",
           ("{{ one.position }}", "{{ one.due_on }}", "{{ one.amount }}"), amounts=(2,))  # fmt: skip
    document.add_paragraph("{{ w.total }}{{ w.colon }}{{ total }}  {{ total_capitals }}")
    document.add_paragraph("{{ w.cost }}{{ w.colon }}{{ cost }}")
    document.add_paragraph("{%p if rate %}")
    document.add_paragraph("{{ w.rate }}{{ w.colon }}{{ rate }}")
    document.add_paragraph("{%p endif %}")
    _section(document, "{{ w.rules }}")
    _each(document, "rules")
    _section(document, "{{ w.limitation }}")
    begin = len(document.paragraphs) - 1
    _each(document, "limitation")
    for line in ("{{ w.sign_lender }}", "{{ w.sign_debtor }}"):
        document.add_paragraph()
        document.add_paragraph(f"{line}{{{{ w.colon }}}}______________________________")
    for one in document.paragraphs[begin:-1]:
        one.paragraph_format.keep_with_next = True  # nobody signs on a page of its own
    document.core_properties.author = document.core_properties.comments = ""
    document.save(str(path))


def _section(document: Any, text: str) -> None:
    document.add_paragraph().add_run(text).bold = True


def _table(document: Any, heads: tuple[str, ...], of: str, cells: tuple[str, ...], amounts: tuple[int, ...]) -> None:
    table = document.add_table(rows=4, cols=len(heads), style="Table Grid")
    rows = (heads, (f"{{%tr for one in {of} %}}",), cells, ("{%tr endfor %}",))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = text
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # again on the next page
    for place in amounts:
        for row in (table.rows[0], table.rows[2]):
            row.cells[place].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _each(document: Any, of: str) -> None:
    document.add_paragraph(f"{{%p for one in {of} %}}")
    document.add_paragraph("{{ loop.index }}. {{ one }}")
    document.add_paragraph("{%p endfor %}")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
