"""Which adapter serves a channel of a lender, by the settings; what is wrong in them, in words.

Adapters are loaded when they are used: a command that sends nothing does not wait for libraries of every provider.
"""

import functools
import json
import os
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from qingshou.features.contact.channels.ari import AriExchange
from qingshou.features.contact.channels.base import Adapter, NoAdapter
from qingshou.features.contact.channels.telephone import ClickToDial
from qingshou.kernel.errors import Misconfigured, QingshouError
from qingshou.law.contact.terms import SOCIAL, WRITTEN, Channel

Choices = Mapping[str, Mapping[str, Any]]
_ALLOWED = {
    Channel.SMS: ("sms_http", "sms_aliyun", "sms_twilio", "smpp", "spool"),
    Channel.EMAIL: ("smtp", "spool"),
    Channel.PHONE: ("click", "ari"),
    Channel.POST: ("letters",),
    **dict.fromkeys(SOCIAL, ("apprise", "spool")),
}


def adapter_of(channel: Channel, choices: Choices) -> Adapter:
    """Return what messages of a channel go out by; the same object for the same settings within a process.

    Takes   choices    the lender's part of settings.QINGSHOU_CHANNELS
    Stops   NoAdapter  nothing is chosen; or calls and letters, which are no messages: telephone_of, printer_of
    """
    chosen = _chosen(channel, choices)
    if channel not in WRITTEN or channel is Channel.POST:
        raise NoAdapter(f"{channel} does not go out by message: calls and letters have their own pages.")
    return _built(os.getpid(), channel.value, json.dumps(chosen, sort_keys=True, default=str))


def adapter_by_code(code: str, choices: Choices) -> Adapter:
    """Return the adapter of a code (Message.adapter, the webhook's address) among those chosen; or NoAdapter."""
    for channel in (Channel.SMS, Channel.EMAIL, *sorted(SOCIAL)):
        try:
            adapter = adapter_of(channel, choices)
        except NoAdapter:
            continue
        if adapter.code == code:
            return adapter
    raise NoAdapter("No channel of this lender is served by an adapter of this name.")


def per_minute_of(channel: Channel, choices: Choices) -> int | None:
    """Return how many messages a minute a channel's provider may be given; None: as many as there are."""
    most: int | None = choices.get(channel.value, {}).get("per_minute")
    return most


def telephone_of(choices: Choices) -> ClickToDial | AriExchange:
    """Return how calls are made: by a link on the page unless an exchange is chosen; stops with NoAdapter."""
    chosen = choices.get(Channel.PHONE.value, {"adapter": "click"})
    if chosen.get("adapter") == "none":
        raise NoAdapter("Calls are switched off in the settings.")
    built: ClickToDial | AriExchange = _built(os.getpid(), "PHONE", json.dumps(chosen, sort_keys=True, default=str))
    return built


def printer_of(choices: Choices, *, lender_name: str) -> Any:
    """Return the printer of letters (letters.LetterPrinter); without settings the lender's name is the sender."""
    chosen = choices.get(Channel.POST.value, {"adapter": "letters"})
    if chosen.get("adapter") == "none":
        raise NoAdapter("Letters are switched off in the settings.")
    return _letters({"sender": {"name": lender_name, "lines": []}, **_fields(chosen)})


def listeners_of(choices: Choices) -> list[Any]:
    """Return the adapters that must be listened to (base.Listener): mail boxes and SMPP lines."""
    found = []
    for channel in (Channel.SMS, Channel.EMAIL):
        try:
            adapter = adapter_of(channel, choices)
        except NoAdapter:
            continue
        if hasattr(adapter, "receive"):
            found.append(adapter)
    return found


def problems_of(choices: object) -> list[str]:
    """Return everything that is wrong in a lender's choices, each with its place; values, which may be secrets, are
    never repeated.
    """
    if not isinstance(choices, Mapping):
        return ["must hold channels by name, as SMS or EMAIL"]
    problems = []
    for name, chosen in choices.items():
        if name not in _ALLOWED:
            problems.append(f"{name}: is no channel; channels are {', '.join(_ALLOWED)}")
            continue
        adapter = chosen.get("adapter") if isinstance(chosen, Mapping) else None
        allowed = (*_ALLOWED[Channel(name)], "none")
        if adapter not in allowed:
            problems.append(f"{name}.adapter: must be one of {', '.join(allowed)}")
            continue
        found = [_in_words(name, error) for error in _validator(adapter).iter_errors(chosen)]
        problems += found or _building_problems(name, adapter, chosen)
    return problems


def _building_problems(name: str, adapter: str, chosen: Mapping[str, Any]) -> list[str]:
    """Return what an adapter's own look at its settings finds; nothing is connected to."""
    if adapter == "none":
        return []
    try:
        if adapter == "letters":
            _letters({"sender": {"name": "-", "lines": []}, **_fields(chosen)})
        else:
            _BUILDERS[adapter](Channel(name), _fields(chosen))
    except QingshouError as error:
        return [f"{name}: {error.message}"]
    except (OSError, KeyError, ValueError):
        # from files named in the settings, names of time zones; their words may hold values
        return [f"{name}: a file, an address or a time zone in it cannot be read"]
    return []


def _in_words(name: str, error: ValidationError) -> str:
    place = ".".join([name, *(str(part) for part in error.absolute_path)])
    rule = error.validator_value
    match error.validator:
        case "required":
            missing = [field for field in rule if field not in error.instance]
            return f"{place}: {', '.join(missing)} is missing"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            return f"{place}: {', '.join(sorted(set(map(str, error.instance)) - set(known)))} is not a field of it"
        case "anyOf":
            fields = " or ".join(", ".join(option["required"]) for option in rule)
            return f"{place}: {fields} is missing"
        case "enum":
            return f"{place}: must be one of {', '.join(map(str, rule))}"
        case "type":
            return f"{place}: must be of type {rule}"
        case "minLength":
            return f"{place}: must have at least {rule} characters"
        case _:
            return f"{place}: must fit {error.validator} {rule}"


@functools.cache
def _schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files(__package__).joinpath("choices.schema.json").read_text(encoding="utf-8"))
    return read


@functools.cache
def _validator(adapter: str) -> Draft202012Validator:
    return Draft202012Validator({**_schema(), **_schema()["$defs"][adapter], "propertyNames": {}})


def _chosen(channel: Channel, choices: Choices) -> Mapping[str, Any]:
    chosen = choices.get(channel.value)
    if not chosen or chosen.get("adapter") in (None, "none"):
        raise NoAdapter(f"No adapter is chosen for {channel}: enter one in the file of QINGSHOU_CHANNELS.")
    return chosen


def _fields(chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chosen.items() if name not in ("adapter", "per_minute")}


@functools.lru_cache(maxsize=256)
def _built(_process: int, channel: str, chosen: str) -> Any:
    """Build an adapter, once a process: connections must not be shared with a process that was forked."""
    read = json.loads(chosen)
    try:
        return _BUILDERS[read["adapter"]](Channel(channel), _fields(read))
    except KeyError:
        raise Misconfigured(f"{channel} names an adapter that does not exist.") from None
    except TypeError:
        raise Misconfigured(f"{channel}: the fields of its adapter are not complete.") from None


def _sender_named(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with `from`, a word of the language, by the name the adapters use."""
    renamed = {"from": "sender", "from_name": "sender_name"}
    return {renamed.get(name, name): value for name, value in fields.items()}


def _spool(_channel: Channel, fields: dict[str, Any]) -> Any:
    from qingshou.features.contact.channels.spool import Spool

    return Spool(**_sender_named(fields))


def _smtp(_channel: Channel, fields: dict[str, Any]) -> Any:
    from qingshou.features.contact.channels.mail_box import ImapBox, MaildirBox
    from qingshou.features.contact.channels.smtp import SmtpMail

    incoming = fields.pop("incoming", None) or {}
    box: Any = None
    if "maildir" in incoming:
        box = MaildirBox(path=incoming["maildir"])
    elif "imap" in incoming:
        box = ImapBox(url=incoming["imap"], ca_file=incoming.get("ca_file", ""))
    return SmtpMail(**_sender_named(fields), box=box)


def _sms_http(_channel: Channel, fields: dict[str, Any]) -> Any:
    from qingshou.features.contact.channels.sms_http import HttpSms

    return HttpSms(**fields)


def _sms_aliyun(_channel: Channel, fields: dict[str, Any]) -> Any:
    from qingshou.features.contact.channels.sms_aliyun import AliyunSms

    return AliyunSms(**fields)


def _sms_twilio(_channel: Channel, fields: dict[str, Any]) -> Any:
    from qingshou.features.contact.channels.sms_twilio import TwilioSms

    return TwilioSms(**_sender_named(fields))


def _smpp(_channel: Channel, fields: dict[str, Any]) -> Any:
    from qingshou.features.contact.channels.smpp import SmppSms

    return SmppSms(**fields)


def _apprise(channel: Channel, fields: dict[str, Any]) -> Any:
    from qingshou.features.contact.channels.social import Social

    needed = {Channel.WHATSAPP: ("token", "phone_id"), Channel.TELEGRAM: ("token",), Channel.LINE: ("token",)}
    missing = [name for name in needed.get(channel, ()) if not fields.get(name)]
    if missing:
        raise Misconfigured(f"{', '.join(missing)} is missing")
    return Social(channel=channel, **fields)


def _click(_channel: Channel, fields: dict[str, Any]) -> ClickToDial:
    return ClickToDial(**fields)


def _ari(_channel: Channel, fields: dict[str, Any]) -> AriExchange:
    return AriExchange(**fields)


def _letters(fields: dict[str, Any]) -> Any:
    from qingshou.features.contact.channels.letters import LetterPrinter, Sender, Window
    from qingshou.features.contact.channels.post_numbers import NumberSeries

    sender = Sender(**{**fields["sender"], "lines": tuple(fields["sender"]["lines"])})
    series = NumberSeries(**fields["numbers"]) if "numbers" in fields else None
    return LetterPrinter(sender=sender, window=Window(**fields.get("window", {})), number_series=series)


_BUILDERS: dict[str, Callable[[Channel, dict[str, Any]], Any]] = {
    "spool": _spool, "smtp": _smtp, "sms_http": _sms_http, "sms_aliyun": _sms_aliyun, "sms_twilio": _sms_twilio,
    "smpp": _smpp, "apprise": _apprise, "click": _click, "ari": _ari,
}  # fmt: skip
