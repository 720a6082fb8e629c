"""Banks' files: sent, watched while they are taken in, each with its counts, sums and refused rows."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from qingshou.access.guards import Hidden, is_allowed, requires
from qingshou.access.queries import names_of_users
from qingshou.edges.exports import export_response
from qingshou.edges.tables import Column, Table, TableState
from qingshou.edges.words import actor_words
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.uploads import DONE, FAILED
from qingshou.features.cases.views.shown import desk_of
from qingshou.features.repayment.operations.bank_files import KINDS
from qingshou.features.repayment.operations.bank_uploads import bank_uploads, send_bank_file
from qingshou.features.repayment.phrases.bank_files import FORMATS, PLACES, REJECTS, ROWS, refused_words, warning_words
from qingshou.features.repayment.phrases.money import STATES
from qingshou.features.repayment.queries import bank_files as queries
from qingshou.features.repayment.views.money_shown import NotFilledIn, tell_money_refusal
from qingshou.kernel.errors import NotFound, QingshouError

PAGE_SIZE = 50
STEPS = {
    "": gettext_lazy("Waiting for the worker"),
    "read": gettext_lazy("Reading the file"),
    "record": gettext_lazy("Recording what came in"),
    "match": gettext_lazy("Finding whose it is"),
}
CURRENCIES = ("CNY", "TWD", "HKD", "USD", "EUR", "GBP", "JPY", "SGD")

COLUMNS = (
    Column(key="file_name", label=gettext_lazy("File"), kind="long", value=lambda row: row.file_name,
           href=lambda row: reverse("repayment:bank_file", args=[row.id])),
    Column(key="format", label=gettext_lazy("Format"), words=FORMATS, value=lambda row: row.format),
    Column(key="taken_at", label=gettext_lazy("Taken in"), kind="instant", value=lambda row: row.taken_at),
    Column(key="taken_by", label=gettext_lazy("By"), value=lambda row: row.taken_by_name),
    Column(key="read", label=ROWS["read"], kind="count", value=lambda row: row.rows_read),
    Column(key="accepted", label=ROWS["accepted"], kind="count", value=lambda row: row.rows_accepted),
    Column(key="duplicate", label=ROWS["duplicate"], kind="count", value=lambda row: row.rows_duplicate),
    Column(key="no_credit", label=ROWS["no_credit"], kind="count", value=lambda row: row.rows_no_credit),
    Column(key="rejected", label=ROWS["rejected"], kind="count", value=lambda row: row.rows_rejected),
    Column(key="state", label=gettext_lazy("State"), kind="state",
           value=lambda row: pgettext_lazy("bank file", "In") if row.ended_at else gettext_lazy("Not finished"),
           tone=lambda row: "good" if row.ended_at else "note"),
)  # fmt: skip

REJECT_COLUMNS = (
    Column(key="line", label=gettext_lazy("Line"), kind="count"),
    Column(key="column", label=gettext_lazy("Column"), words=PLACES,
           value=lambda one: one["column"] or _("the whole row")),
    Column(key="why", label=gettext_lazy("Why it was refused"), kind="long", words=REJECTS,
           value=lambda one: one["code"]),
    Column(key="code", label=gettext_lazy("Code"), shown=False),
)  # fmt: skip


@require_GET
@requires("receipts.view")
def bank_files(request: HttpRequest) -> HttpResponseBase:
    """List the files, the latest first, with the place to drop another."""
    state = TableState.of(request, COLUMNS)
    rows = queries.list_bank_files(
        offset=0 if state.export else (state.page - 1) * PAGE_SIZE, limit=10_000 if state.export else PAGE_SIZE
    )
    may_take = is_allowed(request, "receipts.take")
    waiting = [one for one in bank_uploads(settings.QINGSHOU_HOME).drafts() if one.state != DONE] if may_take else []
    people = names_of_users(usernames=[*(row.taken_by for row in rows), *(one.sent_by for one in waiting)])
    for row in rows:
        row.taken_by_name = actor_words(row.taken_by, people)
    if state.export:
        columns = [column for column in COLUMNS if column.key in state.columns]
        return export_response(columns=columns, rows=rows, form=state.export, file_name="bank-files")
    table = Table(
        id="bank-files", caption=_("Bank files"), columns=COLUMNS, rows=rows, state=state,
        total=queries.count_bank_files(), page_size=PAGE_SIZE, empty_title=_("No bank file yet"),
        empty_text=_("Drop a bank's statement above: every credit becomes a receipt, every row is accounted for."),
    )  # fmt: skip
    context = {
        "table": table, "may_take": may_take, "currencies": CURRENCIES, "currency": desk_of(request).currency,
        "waiting": waiting, "people": people,
    }  # fmt: skip
    return render(request, "repayment/bank_files.html", context)


@require_POST
@requires("receipts.take")
def send(request: HttpRequest) -> HttpResponse:
    """Keep a file and hand it to the worker."""
    desk, file = desk_of(request), request.FILES.get("file")
    try:
        if file is None:
            raise NotFilledIn(_("Choose a file."))
        with transaction.atomic():
            upload = send_bank_file(
                chunks=file.chunks(), file_name=file.name or "file", account=request.POST.get("account", "")[:64],
                currency=request.POST.get("currency", ""), home=settings.QINGSHOU_HOME, actor=desk.actor, now=desk.now,
                days=request.POST.get("days", ""),
            )  # fmt: skip
    except FileRefused as refusal:
        messages.error(request, refused_words(refusal.why, refusal.message))
        return redirect("repayment:bank_files")
    except QingshouError as refusal:
        tell_money_refusal(request, refusal)
        return redirect("repayment:bank_files")
    return redirect("repayment:sent_bank_file", upload_id=upload.id)


@require_GET
@requires("receipts.take")
def sent(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Show how far a file is on its way in."""
    context = _progress(upload_id)
    if context["upload"].state == DONE:
        return redirect(_after(context["upload"]))
    return render(request, "repayment/bank_file_sent.html", context)


@require_GET
@requires("receipts.take")
def progress(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Return the part of that page that changes; when it is done, send the browser on."""
    context = _progress(upload_id)
    reply = render(request, "repayment/bank_file_progress.html", context)
    if context["upload"].state == DONE:
        reply["HX-Redirect"] = _after(context["upload"])
    return reply


@require_POST
@requires("receipts.take")
def forget(request: HttpRequest, upload_id: UUID) -> HttpResponse:  # noqa: ARG001
    """Remove what is left of a file that was refused."""
    uploads, upload = bank_uploads(settings.QINGSHOU_HOME), _progress(upload_id)["upload"]
    if upload.state == FAILED:
        uploads.forget(upload)
    return redirect("repayment:bank_files")


def _after(upload: Any) -> str:
    """Return the page of what was taken in; a zip's files are uploads of their own, on the list."""
    if not upload.import_id:
        return reverse("repayment:bank_files")
    return reverse("repayment:bank_file", args=[upload.import_id])


def _progress(upload_id: UUID) -> dict[str, Any]:
    uploads = bank_uploads(settings.QINGSHOU_HOME)
    try:
        upload = uploads.get(upload_id)
    except NotFound as gone:
        raise Hidden(gone.message) from None
    noted = uploads.progress(upload)
    why, _sep, message = upload.error.partition(":")
    return {
        "upload": upload, "doing": STEPS.get(noted["step"], noted["step"]), "done": noted["done"],
        "total": noted["total"], "is_over": upload.state in (DONE, FAILED), "is_failed": upload.state == FAILED,
        "why": refused_words(why, message) if upload.error else "",
    }  # fmt: skip


@require_GET
@requires("receipts.view")
def bank_file(request: HttpRequest, bank_file_id: UUID) -> HttpResponseBase:
    """Show one file: its rows and sums, whether they balance, what is doubtful, and every refused row."""
    row, state = queries.get_bank_file(bank_file_id=bank_file_id), TableState.of(request, REJECT_COLUMNS)
    if state.export:
        columns = [column for column in REJECT_COLUMNS if column.key in state.columns]
        return export_response(columns=columns, rows=row.rejects, form=state.export, file_name="refused-rows")
    table = Table(
        id="rejects", caption=_("Refused rows"), columns=REJECT_COLUMNS, state=state, total=len(row.rejects),
        rows=row.rejects[(state.page - 1) * PAGE_SIZE : state.page * PAGE_SIZE], page_size=PAGE_SIZE,
        empty_title=_("No row was refused"), empty_text=_("Every row is a receipt, was known, or brought no money in."),
    )  # fmt: skip
    states = queries.states_of_file(bank_file_id=bank_file_id)
    context = {
        "row": row, "table": table, "format": FORMATS.get(row.format, row.format),
        "people": names_of_users(usernames=[row.taken_by]),
        "rows": [(code, words, getattr(row, f"rows_{code}")) for code, words in ROWS.items()],
        "is_balanced": row.rows_read == sum(getattr(row, f"rows_{kind}") for kind in KINDS),
        "sums": [_sum(code, sums) for code, sums in sorted(row.totals.items())],
        "warnings": [(one, warning_words(one)) for one in row.warnings],
        "states": [(code, STATES[code], states[code]) for code in STATES if states.get(code)],
    }  # fmt: skip
    return render(request, "repayment/bank_file.html", context)


def _sum(currency: str, sums: dict[str, str]) -> dict[str, Any]:
    """Return the sums of one currency, and whether its parts make the whole."""
    read = {name: Decimal(text) for name, text in sums.items()}
    return {"currency": currency, **read, "is_balanced": read["read"] == sum(read[kind] for kind in KINDS)}
