"""Where other systems report without a sign-in: refusals a program understands, and a limit on the wrongly signed."""

from http import HTTPStatus

from django.core.cache import cache
from django.http import HttpResponse, JsonResponse

_MINUTE_S = 60


def refused(status: HTTPStatus, code: str, words: str) -> HttpResponse:
    """Answer that a report was not taken in, by a code and in words."""
    return JsonResponse({"code": code, "message": words}, status=status)


def unknown_address() -> HttpResponse:
    """Answer alike for a lender that is not there and a provider that is not chosen."""
    return refused(HTTPStatus.NOT_FOUND, "NO_SUCH_HOOK", "Nothing is reported at this address.")


def wrongly_signed(path: str, *, code: str, words: str, a_minute_max: int) -> HttpResponse:
    """Answer a report that was not signed rightly: 401, or 429 where there were too many of one address in a minute.

    Takes   path  the address; one that is signed rightly is never counted
    """
    if not _is_too_much(path, a_minute_max):
        return refused(HTTPStatus.UNAUTHORIZED, code, words)
    answer = refused(HTTPStatus.TOO_MANY_REQUESTS, "TOO_MANY", "Too many reports were not signed rightly.")
    answer["Retry-After"] = str(_MINUTE_S)
    return answer


def _is_too_much(path: str, a_minute_max: int) -> bool:
    key = f"hook-bad:{path}"
    if cache.add(key, 1, _MINUTE_S):
        return False
    try:
        return int(cache.incr(key)) > a_minute_max
    except ValueError:  # it lapsed between the two
        return False
