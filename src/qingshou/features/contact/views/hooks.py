"""Where providers report: no sign-in, a signature instead; every answer is one a provider understands."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qingshou.edges import clock
from qingshou.features.contact.channels.base import Adapter, BadReport, BadSignature
from qingshou.features.contact.operations.hooks import take_delivery
from qingshou.features.contact.operations.providers import Chosen
from qingshou.tenancy.context import using_code

logger = logging.getLogger("qingshou.contact.hooks")

BODY_BYTES_MAX = 64 * 1024
# of one lender's adapter; a delivery that is signed rightly is never counted
BAD_A_MINUTE_MAX = 60
_MINUTE_S = 60


@csrf_exempt
@never_cache
@require_POST
def hook(request: HttpRequest, lender: str, adapter: str) -> HttpResponse:
    """Take in one delivery.

    200 taken in, again or for the first time; 400 cannot be read; 401 not signed rightly; 404 no such address;
    413 too long; 429 too many that were not signed rightly. Anything unforeseen is a 500: the provider comes again.
    """
    if _length(request) > BODY_BYTES_MAX:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LONG", "A delivery has at most 64 KiB.")
    body = request.read(BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LONG", "A delivery has at most 64 KiB.")
    with using_code(lender) as tenant_id:
        found = None if tenant_id is None else Chosen(settings.QINGSHOU_CHANNELS[lender]).by_code(adapter)
        return _unknown() if found is None else _take(request, found, body)


def _take(request: HttpRequest, adapter: Adapter, body: bytes) -> HttpResponse:
    try:
        done = take_delivery(
            adapter=adapter, headers=request.headers, body=body, url=request.build_absolute_uri(), now=clock.now()
        )  # fmt: skip
    except BadSignature as refusal:
        if _is_too_much(request.path):
            answer = _refused(HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY", "Too many deliveries were not signed rightly.")
            answer["Retry-After"] = str(_MINUTE_S)
            return answer
        return _refused(HTTPStatus.UNAUTHORIZED, refusal.code, refusal.message)
    except BadReport as refusal:
        logger.warning("a delivery of %s cannot be read: %s", adapter.code, refusal.message)
        return _refused(HTTPStatus.BAD_REQUEST, refusal.code, refusal.message)
    answer = HttpResponse(adapter.webhook_answer.body, content_type=adapter.webhook_answer.content_type)
    taken = done.reports
    answer["X-Taken-In"] = (
        f"applied={taken.applied}, repeated={taken.repeated}, unknown={taken.unknown}, replies={done.replies}"
    )
    return answer


def _length(request: HttpRequest) -> int:
    """Return what the request says of its length; without a number the reading finds out."""
    told = request.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else 0


def _is_too_much(path: str) -> bool:
    """Count one more delivery that was not signed rightly; whether that is too many for a minute."""
    key = f"hook-bad:{path}"
    if cache.add(key, 1, _MINUTE_S):
        return False
    try:
        return int(cache.incr(key)) > BAD_A_MINUTE_MAX
    except ValueError:  # it lapsed between the two
        return False


def _unknown() -> HttpResponse:
    """Answer alike for a lender that is not there and an adapter that is not chosen."""
    return _refused(HTTPStatus.NOT_FOUND, "NO_SUCH_HOOK", "Nothing is reported at this address.")


def _refused(status: HTTPStatus, code: str, words: str) -> HttpResponse:
    return JsonResponse({"code": code, "message": words}, status=status)
