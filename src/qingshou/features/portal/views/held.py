"""The data held of the debtor: what it is, and a copy to keep."""

import json

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from qingshou.features.portal.operations.data_copy import give_data
from qingshou.features.portal.phrases.held import SECTIONS, VALUES
from qingshou.features.portal.views.visiting import Visitor, inside


@require_safe
@inside
def held(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Say what is held and offer a copy."""
    return visitor.page(request, "held")


@require_POST
@inside
def download(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Give a copy, as a page to read or a file for programs; that it was given is recorded."""
    form = "JSON" if request.POST.get("form") == "JSON" else "HTML"
    ask, data = give_data(borrower_id=visitor.borrower_id, case=visitor.case, form=form, on=visitor.today,
                          now=visitor.now)  # fmt: skip
    name = f"{_('my-data')}-{visitor.today.isoformat()}"
    if form == "JSON":
        response = HttpResponse(json.dumps(data, ensure_ascii=False, indent=2), content_type="application/json")
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.json"
        return response
    sections = [(SECTIONS.get(key, key), data[key]) for key in data]
    response = visitor.page(request, "held_copy", sections=sections, number=ask.number, words=SECTIONS | VALUES)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}.html"
    return response
