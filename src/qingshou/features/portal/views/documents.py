"""Documents the debtor sends, and those already there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qingshou.features.portal.errors import BadAsk
from qingshou.features.portal.operations.uploads import KINDS, SOURCE, send_document
from qingshou.features.portal.phrases.pages import PROOFS
from qingshou.features.portal.views.forms import Field, set_problem
from qingshou.features.portal.views.visiting import Visitor, inside, is_pressing
from qingshou.features.repayment.queries.documents import documents_of_case


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def documents(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what was sent, and take another document."""
    limit_mb = visitor.policy.upload_bytes_max >> 20
    kind = Field("kind", _("What is it?"), "radio", value=request.POST.get("kind", ""),
                 options=[(code, PROOFS[code], "") for code in KINDS])  # fmt: skip
    file = Field("document", _("File"), "file",
                 hint=_("PDF or a photograph, at most %(mb)s MB.") % {"mb": limit_mb})  # fmt: skip
    fields = [kind, file]
    if request.method == "POST":
        sent = request.FILES.get("document")
        try:
            if is_pressing(request, what="uploads", most=visitor.policy.throttle["uploads_per_address_hour"]):
                raise BadAsk("Too many files came from this address.", field="document", problem="TOO_OFTEN")
            if sent is None:
                raise BadAsk("Choose a file.", field="document", problem="CHOOSE")
            if (sent.size or 0) > visitor.policy.upload_bytes_max:
                raise BadAsk("The file is too large.", field="document", problem="TOO_LARGE")
            content = sent.read(visitor.policy.upload_bytes_max + 1)
            send_document(case_id=visitor.case.id, kind=kind.value, content=content, file_name=sent.name or "",
                          policy=visitor.policy, now=visitor.now)  # fmt: skip
            return redirect(f"{request.path}?sent=1")
        except BadAsk as refusal:
            set_problem(fields, str(refusal.fields["field"]), str(refusal.fields["problem"]))
    rows = [one for one in documents_of_case(case_id=visitor.case.id, limit=200) if one.source == SOURCE]
    problems = [one for one in fields if one.problem]
    return visitor.page(
        request, "documents", status=422 if problems else 200, fields=fields, problems=problems, rows=rows,
        proof_words=PROOFS, has_sent=request.GET.get("sent") == "1" and bool(rows),
    )  # fmt: skip
