"""Where payment providers report: no sign-in, a signature instead; every answer is one a program understands."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qingshou.edges import clock
from qingshou.edges.hooks import refused, unknown_address, wrongly_signed
from qingshou.features.repayment.operations.payment_hooks import take_payment_event
from qingshou.features.repayment.rules.payment_events import BadPaymentSignature, read_event
from qingshou.kernel.errors import NotFound, QingshouError
from qingshou.tenancy.context import using
from qingshou.tenancy.queries import get_tenant_by_code

logger = logging.getLogger("qingshou.repayment.hooks")

BODY_BYTES_MAX = 16 * 1024
# of one lender's provider; a report that is signed rightly is never counted
BAD_A_MINUTE_MAX = 60


@csrf_exempt
@never_cache
@require_POST
def payment_hook(request: HttpRequest, lender: str, provider: str) -> HttpResponse:
    """Take in one report.

    200 taken in, again or for the first time; 401 not signed rightly; 404 no such address; 409 the same payment was
    told otherwise before, or cannot be taken back now; 413 too long; 422 not in the form; 429 too many that were not
    signed rightly; 503 a setting of the lender has to be corrected first. Anything unforeseen is a 500: after both the
    provider comes again.
    """
    body = request.read(BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LONG", "A report has at most 16 KiB.")
    try:
        tenant = get_tenant_by_code(code=lender)
    except NotFound:
        return unknown_address()
    key = settings.QINGSHOU_PAYMENTS.get(tenant.code, {}).get(provider, {}).get("webhook_key", "")
    if not key:
        return unknown_address()
    now = clock.now()
    try:
        event = read_event(headers=request.headers, body=body, key=key, now=now)
        with using(tenant.id):
            done = take_payment_event(provider=provider, event=event, now=now)
    except BadPaymentSignature as refusal:
        return wrongly_signed(
            request.path, code=refusal.code, words=refusal.message, a_minute_max=BAD_A_MINUTE_MAX
        )  # fmt: skip
    except QingshouError as refusal:
        logger.warning("a report of payment provider %s was not taken in: %s", provider, refusal.code)
        return refused(HTTPStatus(refusal.http_status), refusal.code, refusal.message)
    return JsonResponse({"code": "OK", "outcome": done.outcome.value})
