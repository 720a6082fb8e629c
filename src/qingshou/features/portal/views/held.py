"""The data held of the debtor: what it is, and a copy to keep."""

import json
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from qingshou.edges.products import product_words
from qingshou.features.portal.errors import TooOften
from qingshou.features.portal.operations.data_copy import FORMS, give_data
from qingshou.features.portal.templatetags.portal import clock_at
from qingshou.features.portal.views.held_paper import paper_of
from qingshou.features.portal.views.visiting import Visitor, inside
from qingshou.features.repayment.documents.files import FONTS, PDF, printed_page

_TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@require_safe
@inside
def held(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say what is held and offer a copy."""
    return visitor.page(request, "held")


@require_POST
@inside
def download(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Give a copy, as a paper to read (PDF, HTML) or a file for programs (JSON); that it was given is recorded."""
    asked = request.POST.get("form", "")
    form = asked if asked in FORMS else "PDF"
    try:
        ask, data = give_data(borrower_id=visitor.borrower_id, case=visitor.case, form=form, on=visitor.today,
                              now=visitor.now)  # fmt: skip
    except TooOften as refusal:
        problem = _("You have taken many copies today. Take another one tomorrow.")
        return visitor.page(request, "held", status=refusal.http_status, problem=problem)
    if form == "JSON":
        return _attached(visitor, json.dumps(data, ensure_ascii=False, indent=2).encode(), "application/json", "json")
    zone = visitor.tenant.time_zone
    sections = paper_of(data, zone=zone, products=product_words(visitor.tenant.settings))
    page = render_to_string("portal/held_paper.html", {
        "visitor": visitor, "sections": sections, "number": ask.number, "zone": zone,
        "given_at": clock_at(visitor.now, zone), "lang": _TAGS[visitor.language],
        "fonts": SafeString(FONTS[visitor.language]),  # a constant of ours, in quotes
    })  # fmt: skip
    if form == "HTML":
        return _attached(visitor, page.encode(), "text/html; charset=utf-8", "html")
    return _attached(visitor, printed_page(page), PDF, "pdf")


def _attached(visitor: Visitor, content: bytes, media_type: str, ending: str) -> HttpResponse:
    """Give a file to keep: never shown in the browser's own window, whatever it holds."""
    name = quote(f"{_('my-data')}-{visitor.today.isoformat()}.{ending}")
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
