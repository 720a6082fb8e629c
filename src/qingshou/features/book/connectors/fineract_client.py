"""Apache Fineract's REST interface as far as a loan book needs it: paged lists, loans with all that hangs on them."""

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from qingshou.features.book.intake.errors import SourceUnreachable
from qingshou.kernel.errors import BadInput

_ROOT = "/fineract-provider/api/v1"
_PAGE = 200
_TRIES = 5
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where a Fineract server is and who we are there; the password is shown nowhere."""

    base_url: str
    tenant: str
    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInput("The Fineract address must be like https://core.example:8443.")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise BadInput("Fineract over plain http would show names and passwords on the wire: use https.")


class FineractClient:
    """Reads, never writes; tries again with growing pauses when the server is busy or the line breaks."""

    def __init__(self, login: Login, *, pause: Callable[[float], None] = time.sleep, timeout: float = 30.0) -> None:
        self._pause = pause
        self._http = httpx.Client(
            base_url=login.base_url.rstrip("/") + _ROOT,
            auth=(login.user, login.password),
            headers={"Fineract-Platform-TenantId": login.tenant, "Accept": "application/json"},
            timeout=timeout,
            follow_redirects=False,
        )

    def __enter__(self) -> "FineractClient":
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def get(self, path: str, **params: str | int) -> Any:
        """Return the JSON of one resource.

        Stops   SourceUnreachable after five tries, on a refused login, or when the answer is not what Fineract sends
        """
        last = ""
        for attempt in range(_TRIES):
            try:
                answer = self._http.get(path, params=params)
            except httpx.TransportError as error:
                last = type(error).__name__
            else:
                if answer.status_code == 200:
                    return _json(answer)
                last = f"HTTP {answer.status_code}"
                if answer.status_code in (401, 403):
                    raise SourceUnreachable(
                        "Fineract refuses the user or the tenant: check both.", status=answer.status_code
                    )
                if answer.status_code not in _RETRIED:
                    raise SourceUnreachable(f"Fineract answers {last} for {path}.", status=answer.status_code)
            if attempt < _TRIES - 1:
                # Half fixed, half drawn: many clients woken at once must not return at once.
                self._pause(0.25 * 2**attempt * (0.5 + random.random() / 2))  # noqa: S311 (a pause, no secret)
        raise SourceUnreachable(f"Fineract did not answer {path} in {_TRIES} tries ({last}): try later.")

    def pages(self, path: str, **params: str | int) -> Iterator[dict[str, Any]]:
        """Give every item of a paged list; stops when the server's own count is reached."""
        offset = 0
        while True:
            page = self.get(path, offset=offset, limit=_PAGE, **params)
            if isinstance(page, list):  # small resources answer without paging
                yield from page
                return
            items, total = page.get("pageItems"), page.get("totalFilteredRecords")
            if not isinstance(items, list) or not isinstance(total, int):
                raise SourceUnreachable(f"Fineract's answer for {path} is not a page: is this its API v1?")
            yield from items
            offset += len(items)
            if offset >= total:
                return
            if not items:
                raise SourceUnreachable(f"Fineract says {total} entries for {path} but gives only {offset}.")


def _json(answer: httpx.Response) -> Any:
    try:
        # Amounts stay text from here to the intake: a JSON number must not become a float on the way.
        return json.loads(answer.text, parse_float=str)
    except ValueError:
        raise SourceUnreachable("Fineract's answer is not JSON: is the address right?") from None
