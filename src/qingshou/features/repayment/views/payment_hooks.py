"""Where payment providers report: no sign-in, a signature instead; every answer is one a program understands."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qingshou.edges import clock
from qingshou.features.repayment.operations.payment_hooks import take_payment_event
from qingshou.features.repayment.rules.payment_events import BadPaymentSignature, read_event
from qingshou.kernel.errors import NotFound, QingshouError
from qingshou.tenancy.context import using
from qingshou.tenancy.queries import get_tenant_by_code

logger = logging.getLogger("qingshou.repayment.hooks")

BODY_BYTES_MAX = 16 * 1024
# of one lender's provider; a report that is signed rightly is never counted
BAD_A_MINUTE_MAX = 60
_MINUTE_S = 60


@csrf_exempt
@never_cache
@require_POST
def payment_hook(request: HttpRequest, lender: str, provider: str) -> HttpResponse:
    """Take in one report.

    200 taken in, again or for the first time; 401 not signed rightly; 404 no such address; 409 the same payment was
    told otherwise before, or cannot be taken back now; 413 too long; 422 not in the form; 429 too many that were not
    signed rightly. Anything unforeseen is a 500: the provider comes again.
    """
    body = request.read(BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LONG", "A report has at most 16 KiB.")
    try:
        tenant = get_tenant_by_code(code=lender)
    except NotFound:
        return _unknown()
    key = settings.QINGSHOU_PAYMENTS.get(tenant.code, {}).get(provider, {}).get("webhook_key", "")
    if not key:
        return _unknown()
    now = clock.now()
    try:
        event = read_event(headers=request.headers, body=body, key=key, now=now)
        with using(tenant.id):
            done = take_payment_event(provider=provider, event=event, now=now)
    except BadPaymentSignature as refusal:
        if _is_too_much(request.path):
            answer = _refused(HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY", "Too many reports were not signed rightly.")
            answer["Retry-After"] = str(_MINUTE_S)
            return answer
        return _refused(HTTPStatus.UNAUTHORIZED, refusal.code, refusal.message)
    except QingshouError as refusal:
        logger.warning("a report of payment provider %s was not taken in: %s", provider, refusal.code)
        return _refused(HTTPStatus(refusal.http_status), refusal.code, refusal.message)
    return JsonResponse({"code": "OK", "outcome": done.outcome.value})


def _is_too_much(path: str) -> bool:
    """Count one more report that was not signed rightly; whether that is too many for a minute."""
    key = f"payment-hook-bad:{path}"
    if cache.add(key, 1, _MINUTE_S):
        return False
    try:
        return int(cache.incr(key)) > BAD_A_MINUTE_MAX
    except ValueError:  # it lapsed between the two
        return False


def _unknown() -> HttpResponse:
    """Answer alike for a lender that is not there and a provider that is not chosen."""
    return _refused(HTTPStatus.NOT_FOUND, "NO_SUCH_HOOK", "Nothing is reported at this address.")


def _refused(status: HTTPStatus, code: str, words: str) -> HttpResponse:
    return JsonResponse({"code": code, "message": words}, status=status)
