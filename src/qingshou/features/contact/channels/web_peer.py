"""One HTTP peer: the same limits and the same reading of failures for every adapter that speaks HTTP.

No proxy of the environment is used, no redirect followed; addresses come from the settings only. Plain http is for the
machine itself: anywhere else the body would lie open on the wire.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from qingshou.features.contact.channels.base import AnswerLost, Rejected, Unreachable
from qingshou.kernel.errors import Misconfigured

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# said before anything was accepted
_LATER = frozenset({425, 429, 503})
# said by something between us and the provider, or after the provider broke off: it may have been accepted
_UNSURE = frozenset({408, 500, 502, 504})


def checked_url(url: str, *, setting: str, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """Return the address without a trailing slash.

    Stops   Misconfigured when it is no address, or would send personal data over the wire unencrypted
    """
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise Misconfigured(f"{setting} must be an address like {schemes[-1]}://host/path.", setting=setting)
    if parts.scheme == schemes[0] != schemes[-1] and parts.hostname not in LOOPBACK:
        raise Misconfigured(
            f"{setting}: over plain {parts.scheme} names and numbers would be read on the wire; use {schemes[-1]}.",
            setting=setting,
        )
    return url.rstrip("/")


def error_of(error: httpx.HTTPError, *, provider: str, is_asking: bool) -> Unreachable | AnswerLost:
    """Return what a broken exchange means: before a connection stood nothing was handed over."""
    if is_asking or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable(f"{provider} could not be reached: {type(error).__name__}.", provider=provider)
    return AnswerLost(f"{provider} did not answer: {type(error).__name__}.", provider=provider)


def stop_on(status: int, *, provider: str, is_asking: bool, error_code: str = "") -> None:
    """Stop with what an HTTP status other than success means; a success passes."""
    if 200 <= status < 300:
        return
    if status in _LATER or (is_asking and status >= 500):
        raise Unreachable(f"{provider} asks to come back later (HTTP {status}).", provider=provider, status=status)
    if status in _UNSURE or status >= 500:
        raise AnswerLost(f"{provider} broke off (HTTP {status}).", provider=provider, status=status)
    raise Rejected(
        f"{provider} refused (HTTP {status}).", error_code=error_code or str(status), provider=provider, status=status
    )


class WebPeer:
    """A provider's HTTP interface."""

    def __init__(
        self, *, provider: str, base_url: str = "", timeout_s: float = 15.0, auth: tuple[str, str] | None = None
    ) -> None:
        self.provider = provider
        self._http = httpx.Client(
            base_url=base_url,
            auth=auth,
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 5.0)),
            trust_env=False,
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"<WebPeer {self.provider}>"

    def exchange(
        self,
        method: str,
        path: str,
        *,
        is_asking: bool = False,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Return the answer whatever its status.

        Takes   is_asking   nothing is handed over by this call: any failure is Unreachable
        Stops   Unreachable, AnswerLost
        """
        try:
            return self._http.request(
                method, path, content=content, data=dict(form) if form else None, headers=headers, params=params
            )
        except httpx.HTTPError as error:
            raise error_of(error, provider=self.provider, is_asking=is_asking) from None

    def close(self) -> None:
        """Close the connections kept open."""
        self._http.close()


def json_of(answer: httpx.Response, *, provider: str, is_asking: bool) -> dict[str, Any]:
    """Return the JSON object of an answer.

    Stops   AnswerLost, or Unreachable when only asking: an answer nobody can read is no answer
    """
    try:
        read = answer.json()
    except ValueError:
        read = None
    if not isinstance(read, dict):
        kind = Unreachable if is_asking else AnswerLost
        raise kind(f"{provider} answered what is not JSON.", provider=provider, status=answer.status_code)
    return read
