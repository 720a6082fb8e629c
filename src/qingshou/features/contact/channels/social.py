"""WeCom, DingTalk, WhatsApp, Telegram and LINE by apprise.

Apprise builds each request; its plugins are given a transport of ours in place of `requests`, because they tell no
more than yes or no, and we must know whether a message may have been accepted. So no proxy of the environment is
used, no redirect followed, and apprise's log, which holds numbers and texts, stays silent.

WeCom and DingTalk are reached by group robots: `to` is the robot of the group opened with this one debtor. A robot
shared between debtors would tell each of the other's debt, so none can be set.
"""

import html
import logging
from collections.abc import Mapping
from datetime import datetime
from types import FunctionType
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import apprise
import httpx
import requests
from apprise.exception import AppriseImproperlyConfigured
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.line import NotifyLine
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.wecombot import NotifyWeComBot
from apprise.plugins.whatsapp import NotifyWhatsApp

from qingshou.features.contact.channels.base import (
    AnswerLost,
    CannotAsk,
    Event,
    Handed,
    Outgoing,
    Rejected,
    Report,
    Unreachable,
    WebhookAnswer,
)
from qingshou.features.contact.channels.social_reports import read_report
from qingshou.features.contact.channels.web_peer import checked_url, error_of, stop_on
from qingshou.law.contact.terms import SOCIAL, Channel

_PLUGINS = {
    Channel.WECOM: NotifyWeComBot,
    Channel.DINGTALK: NotifyDingTalk,
    Channel.WHATSAPP: NotifyWhatsApp,
    Channel.TELEGRAM: NotifyTelegram,
    Channel.LINE: NotifyLine,
}
# apprise names targets and texts in its log, at every level
logging.getLogger("apprise").addFilter(lambda _record: False)


class _Transport:
    """Stands in for the module `requests` inside one plugin: one call, whose answer is kept."""

    codes = requests.codes
    RequestException = requests.RequestException

    def __init__(self, client: httpx.Client, base_url: str) -> None:
        self._client, self._base_url = client, base_url
        # apprise would put the sender's name there, which need not be ASCII
        self.headers: dict[str, str] = {"User-Agent": "qingshou"}
        self.answer: httpx.Response | None = None
        self.failure: httpx.HTTPError | None = None
        self.is_used = False

    def post(self, url: str, *, data: Any = None, headers: Any = None, params: Any = None, **_other: Any) -> Any:
        self.is_used = True
        if self._base_url:
            parts = urlsplit(url)
            url = f"{self._base_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        content = data.encode() if isinstance(data, str) else data
        if params:
            # apprise hands DingTalk's signature over encoded already; requests would encode it once more
            url += ("&" if "?" in url else "?") + "&".join(f"{name}={value}" for name, value in params.items())
        try:
            self.answer = self._client.post(url, content=content, headers={**(headers or {}), **self.headers})
        except httpx.HTTPError as error:
            self.failure = error
            raise requests.RequestException from None
        return self.answer


class Social:
    """One messenger of a lender."""

    code = "social"
    webhook_answer = WebhookAnswer()

    def __init__(
        self, *, channel: Channel, token: str = "", phone_id: str = "", webhook_secret: str = "", sender_name: str = "",
        template: str = "", base_url: str = "", timeout_s: float = 15.0,
    ) -> None:  # fmt: skip
        """Take the settings.

        Takes   token            of the bot (Telegram, LINE, WhatsApp)
                phone_id         of the sending number (WhatsApp)
                webhook_secret   proves reports: app secret (WhatsApp), channel secret (LINE), secret token (Telegram),
                                 app secret of the outgoing robot (DingTalk)
                base_url         a gateway of the lender's own in front of the provider
        """
        self._channel, self._token, self._phone_id = channel, token, phone_id
        self._secret, self._template, self._sender_name = webhook_secret, template, sender_name
        self._base_url = checked_url(base_url, setting=f"{channel}.base_url") if base_url else ""
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, 5.0)), trust_env=False, follow_redirects=False
        )
        self.channels = frozenset({channel}) & SOCIAL
        self.code = channel.value.lower()

    def __repr__(self) -> str:
        return f"<Social {self.code}>"

    def close(self) -> None:
        """Close the connections kept open."""
        self._client.close()

    def send(self, message: Outgoing) -> Handed:
        """Hand one message over; stops with Rejected, Unreachable or AnswerLost."""
        transport = _Transport(self._client, self._base_url)
        plugin = self._plugin(message, transport)
        if len(message.body) > plugin.body_maxlen or (
            self._channel is Channel.WECOM and len(message.body.encode()) > plugin.body_maxlen
        ):
            raise Rejected("The text is longer than this messenger takes at once.", error_code="TOO_LONG")
        if self._channel is Channel.LINE:
            transport.headers["X-Line-Retry-Key"] = str(message.key)
        # apprise lets tags in a plain text through to Telegram: a name must not become a link
        body = html.escape(message.body, quote=False) if self._channel is Channel.TELEGRAM else message.body
        plugin.notify(body=body, body_format=apprise.NotifyFormat.TEXT)
        return self._handed(transport)

    def _plugin(self, message: Outgoing, transport: _Transport) -> Any:
        """Return apprise's plugin for this recipient, made from an apprise URL, speaking by our transport."""
        asset = apprise.AppriseAsset(app_id=self._sender_name or "-", app_desc="-", async_mode=False)
        kind: Any = _PLUGINS[self._channel]
        # not Apprise.instantiate: it would load the plugins of every service there is
        read = kind.parse_url(self._apprise_url(message))
        try:
            results = kind(**{**read, "asset": asset}) if read else None
        except AppriseImproperlyConfigured:
            results = None
        if results is None or not self._is_addressed(results):
            raise Rejected("The account or the settings of this messenger cannot be right.", error_code="BAD_ACCOUNT")
        plain = type(results).send
        send = FunctionType(
            plain.__code__, {**plain.__globals__, "requests": transport}, plain.__name__, plain.__defaults__,
            plain.__closure__,
        )  # fmt: skip
        send.__kwdefaults__ = plain.__kwdefaults__
        results.send = send.__get__(results)
        return results

    def _is_addressed(self, plugin: Any) -> bool:
        return self._channel in (Channel.WECOM, Channel.DINGTALK) or len(plugin.targets) == 1

    def _apprise_url(self, message: Outgoing) -> str:
        to, token = quote(message.to, safe=""), quote(self._token, safe="")
        match self._channel:
            case Channel.WECOM:
                return f"wecombot://{to}"
            case Channel.DINGTALK:
                secret, _, robot = message.to.rpartition("@")
                return f"dingtalk://{quote(secret, safe='')}@{quote(robot, safe='')}" if secret else f"dingtalk://{to}"
            case Channel.WHATSAPP:
                template = f"{quote(self._template, safe='')}:" if self._template else ""
                language = {"zh-hans": "zh_CN", "zh-hant": "zh_HK"}.get(message.language, "en")
                number = quote("+" + message.to.lstrip("+"), safe="")
                url = f"whatsapp://{template}{token}@{self._phone_id}/{number}/?lang={language}"
                return url + "&:body=1" if self._template else url
            case Channel.TELEGRAM:
                return f"tgram://{self._token}/{to}/?detect=no&image=no&preview=no"
            case _:
                return f"line://_/{to}?token={token}&image=no"

    def _handed(self, transport: _Transport) -> Handed:
        """Read the provider's answer itself: WeCom and DingTalk refuse with HTTP 200."""
        name = f"The messenger {self.code}"
        if transport.failure is not None:
            raise error_of(transport.failure, provider=name, is_asking=False) from None
        if not transport.is_used or transport.answer is None:
            raise Rejected("Apprise would not send to this account.", error_code="BAD_ACCOUNT")
        answer = transport.answer
        try:
            told = answer.json()
        except ValueError:
            told = None
        if self._channel is Channel.LINE and answer.status_code == 409:
            # LINE knows the retry key: the message was accepted before
            return Handed(provider_ref=_reference(told))
        stop_on(answer.status_code, provider=name, is_asking=False, error_code=_code(told))
        if not isinstance(told, dict):
            raise AnswerLost(f"{name} answered what is not JSON.")
        if told.get("errcode") or told.get("ok") is False:
            if str(told.get("errcode")) in ("45009", "130101", "-1"):  # too many, busy: nothing was sent
                raise Unreachable(f"{name} asks to come back later.", error_code=_code(told))
            raise Rejected(f"{name} refused.", error_code=_code(told))
        return Handed(provider_ref=_reference(told))

    def ask(self, *, key: UUID, provider_ref: str = "", to: str = "", sent_at: datetime | None = None) -> Report | None:
        """Stop: none of these can be asked."""
        raise CannotAsk("This messenger cannot be asked what became of a message.")

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> list[Event]:
        """Return states and messages; stops with BadSignature, BadReport."""
        return read_report(self._channel, secret=self._secret, headers=headers, body=body, now=now)


def _reference(told: Any) -> str:
    """Return the provider's id of the message, where its answer holds one."""
    if not isinstance(told, dict):
        return ""
    for name in ("messages", "sentMessages"):
        listed = told.get(name)
        if isinstance(listed, list) and listed and isinstance(listed[0], dict):
            return str(listed[0].get("id", ""))[:120]
    result = told.get("result")
    if isinstance(result, dict):
        chat = result.get("chat")
        return f"{chat.get('id', '') if isinstance(chat, dict) else ''}:{result.get('message_id', '')}"[:120]
    return ""


def _code(told: Any) -> str:
    """Return the provider's own code of a refusal, never its words."""
    if not isinstance(told, dict):
        return ""
    error = told.get("error")
    code = error.get("code") if isinstance(error, dict) else told.get("errcode") or told.get("error_code")
    return str(code or "")[:60]
