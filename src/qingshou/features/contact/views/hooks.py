"""Where providers report: no sign-in, a signature instead; every answer is one a provider understands."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qingshou.edges import clock
from qingshou.edges.hooks import refused, unknown_address, wrongly_signed
from qingshou.features.contact.channels.base import Adapter, BadReport, BadSignature
from qingshou.features.contact.operations.hooks import take_delivery
from qingshou.features.contact.operations.providers import Chosen
from qingshou.tenancy.context import using_code

logger = logging.getLogger("qingshou.contact.hooks")

BODY_BYTES_MAX = 64 * 1024
# of one lender's adapter; a delivery that is signed rightly is never counted
BAD_A_MINUTE_MAX = 60


@csrf_exempt
@never_cache
@require_POST
def hook(request: HttpRequest, lender: str, adapter: str) -> HttpResponse:
    """Take in one delivery.

    200 taken in, again or for the first time; 400 cannot be read; 401 not signed rightly; 404 no such address;
    413 too long; 429 too many that were not signed rightly. Anything unforeseen is a 500: the provider comes again.
    """
    if _length(request) > BODY_BYTES_MAX:
        return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LONG", "A delivery has at most 64 KiB.")
    body = request.read(BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LONG", "A delivery has at most 64 KiB.")
    with using_code(lender) as tenant_id:
        found = None if tenant_id is None else Chosen(settings.QINGSHOU_CHANNELS[lender]).by_code(adapter)
        return unknown_address() if found is None else _take(request, found, body)


def _take(request: HttpRequest, adapter: Adapter, body: bytes) -> HttpResponse:
    try:
        done = take_delivery(
            adapter=adapter, headers=request.headers, body=body, url=request.build_absolute_uri(), now=clock.now()
        )  # fmt: skip
    except BadSignature as refusal:
        return wrongly_signed(
            request.path, code=refusal.code, words=refusal.message, a_minute_max=BAD_A_MINUTE_MAX
        )  # fmt: skip
    except BadReport as refusal:
        logger.warning("a delivery of %s cannot be read: %s", adapter.code, refusal.message)
        return refused(HTTPStatus.BAD_REQUEST, refusal.code, refusal.message)
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
