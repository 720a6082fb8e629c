"""Calls by an Asterisk exchange over its REST interface (ARI): the collector's telephone first, then the number.

Both legs bear ids made of our key, so that placing the same call twice rings once. `AriExchange` makes single requests;
`ari_follow.CallFollower` reads the event stream and joins the legs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx
import phonenumbers

from qingshou.features.contact.channels.base import Rejected
from qingshou.features.contact.channels.reading import key_of
from qingshou.features.contact.channels.telephone import e164
from qingshou.features.contact.channels.web_peer import WebPeer, checked_url, stop_on
from qingshou.kernel.errors import NotFound
from qingshou.law.contact.terms import Channel

_PROVIDER = "The telephone exchange"
AGENT, PARTY = "agent", "party"


@dataclass(frozen=True, slots=True)
class Leg:
    """One end of a call; its channel at the exchange is named by it."""

    key: UUID
    side: str  # AGENT or PARTY

    @property
    def channel_id(self) -> str:
        """Return the id we give the channel."""
        return f"{self.key}-{self.side}"

    @classmethod
    def of(cls, channel_id: str) -> "Leg | None":
        """Return the leg of a channel, or None when it is none of ours."""
        head, _, side = channel_id.rpartition("-")
        key = key_of(head)
        return cls(key, side) if key is not None and side in (AGENT, PARTY) else None


class AriExchange:
    """One Asterisk. Requests carry numbers in their bodies, never in addresses, which logs keep."""

    code = "ari"
    channels = frozenset({Channel.PHONE})

    def __init__(
        self, *, url: str, user: str, password: str, app: str = "qingshou", agent_endpoint: str = "PJSIP/{extension}",
        party_endpoint: str = "PJSIP/{number}@trunk", caller_id: str = "", ring_s: int = 30, country: str = "CN",
        extensions: Mapping[str, str] | None = None,
        number_form: str = "e164", recording_format: str = "wav", timeout_s: float = 10.0,
    ) -> None:  # fmt: skip
        """Take the settings.

        Takes   url              http://127.0.0.1:8088/ari, or https://
                agent_endpoint   the collector's telephone; {extension} is put in
                party_endpoint   the way out; {number} is put in
                extensions       sign-in name of a collector -> extension
                number_form      e164 (+8613...), digits (8613...) or national (13...)
        """
        self.url, self.app = checked_url(url, setting="PHONE.url"), app
        self.auth = (user, password)
        self._agent_endpoint, self._party_endpoint = agent_endpoint, party_endpoint
        self._caller_id, self._ring_s, self._country = caller_id, ring_s, country
        self._extensions = dict(extensions or {})
        self._number_form, self._format = number_form, recording_format
        self._peer = WebPeer(provider=_PROVIDER, timeout_s=timeout_s, auth=self.auth)

    def __repr__(self) -> str:
        return f"<AriExchange {urlsplit(self.url).hostname}>"

    def close(self) -> None:
        """Close the connections kept open."""
        self._peer.close()

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, is_asking: bool = False,
        passed: tuple[int, ...] = (),
    ) -> httpx.Response:  # fmt: skip
        answer = self._peer.exchange(
            method,
            self.url + path,
            content=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"} if body is not None else None,
            is_asking=is_asking,
        )
        if answer.status_code not in passed:
            stop_on(answer.status_code, provider=_PROVIDER, is_asking=is_asking)
        return answer

    def originate(self, *, key: UUID, number: str, caller: str) -> str:
        """Ring the collector's telephone; when it is picked up, the follower rings the number.

        Takes   number   of the person, read in the country of the settings
                caller   the collector's sign-in name, whose extension the settings hold; else it is the extension
        Gives   str      the exchange's id of the call: the same for the same key
        Stops   BadInput, Rejected, Unreachable, AnswerLost; a call placed already is not placed again
        """
        extension = self._extensions.get(caller, caller)
        if not extension.isascii() or not extension.replace("-", "").replace("_", "").isalnum():
            raise Rejected(
                "The settings hold no telephone extension of this collector: enter it in PHONE.extensions.",
                error_code="NO_EXTENSION",
            )
        leg = Leg(key, AGENT)
        self._ring(
            leg, endpoint=self._agent_endpoint.format(extension=extension), caller_id=self._caller_id,
            variables={"QINGSHOU_KEY": str(key), "QINGSHOU_NUMBER": self._dialled(number)},
        )  # fmt: skip
        return leg.channel_id

    def ring_party(self, key: UUID) -> bool:
        """Ring the person: the collector has picked up. The number was left with the collector's leg.

        Gives   bool   False: that leg is gone
        """
        agent = Leg(key, AGENT)
        answer = self._call(
            "GET", f"/channels/{agent.channel_id}/variable?variable=QINGSHOU_NUMBER", is_asking=True, passed=(404, 409)
        )
        if answer.status_code != 200:
            return False
        number = str(answer.json().get("value", ""))
        self._ring(
            Leg(key, PARTY), endpoint=self._party_endpoint.format(number=number), caller_id=self._caller_id,
            variables={"QINGSHOU_KEY": str(key)}, originator=agent.channel_id,
        )  # fmt: skip
        return True

    def _dialled(self, number: str) -> str:
        digits = e164(number, self._country)
        if self._number_form == "digits":
            return digits[1:]
        if self._number_form == "national":
            return phonenumbers.national_significant_number(phonenumbers.parse(digits, None))
        return digits

    def _ring(
        self, leg: Leg, *, endpoint: str, caller_id: str, variables: Mapping[str, str], originator: str = ""
    ) -> None:
        body = {
            "endpoint": endpoint, "app": self.app, "appArgs": f"{leg.side},{leg.key}", "timeout": self._ring_s,
            "variables": dict(variables),
        }  # fmt: skip
        if caller_id:
            body["callerId"] = caller_id
        if originator:
            body["originator"] = originator
        # 409: a channel of this id exists: the call was placed before
        self._call("POST", f"/channels/{leg.channel_id}", body, passed=(409,))

    def join(self, key: UUID) -> None:
        """Let both ends hear each other."""
        self._call("POST", f"/bridges/{key}", {"type": "mixing", "name": str(key)}, passed=(409,))
        legs = ",".join(Leg(key, side).channel_id for side in (AGENT, PARTY))
        self._call("POST", f"/bridges/{key}/addChannel", {"channel": legs})

    def start_recording(self, key: UUID) -> str:
        """Record both ends; started twice it is one recording.

        Gives   str   its name at the exchange
        """
        self._call(
            "POST", f"/bridges/{key}/record",
            {"name": str(key), "format": self._format, "ifExists": "fail", "beep": False, "terminateOn": "none"},
            passed=(409,),
        )  # fmt: skip
        return str(key)

    def stop_recording(self, key: UUID) -> None:
        """Stop recording and keep what was recorded; nothing happens when none runs."""
        self._call("POST", f"/recordings/live/{key}/stop", passed=(404,))

    def fetch_recording(self, key: UUID) -> tuple[bytes, str]:
        """Return a finished recording and its format.

        Stops   NotFound while there is none, Unreachable
        """
        told = self._call("GET", f"/recordings/stored/{key}", is_asking=True, passed=(404,))
        if told.status_code == 404:
            raise NotFound("The exchange holds no finished recording of this call.")
        file = self._call("GET", f"/recordings/stored/{key}/file", is_asking=True, passed=(403, 404))
        if file.status_code != 200:
            raise NotFound("The exchange could not open the recording of this call.")
        return file.content, str(told.json().get("format", self._format))

    def delete_recording(self, key: UUID) -> None:
        """Remove the exchange's copy, once ours is kept."""
        self._call("DELETE", f"/recordings/stored/{key}", passed=(404,))

    def hang_up(self, leg: Leg) -> None:
        """End one end of a call; nothing happens when it is gone."""
        self._call("DELETE", f"/channels/{leg.channel_id}", passed=(404,))

    def part(self, key: UUID) -> None:
        """Take the bridge away."""
        self._call("DELETE", f"/bridges/{quote(str(key))}", passed=(404,))

    def live_legs(self) -> dict[Leg, str]:
        """Return our legs that are at the exchange now, with their states (Down, Ringing, Up ...)."""
        listed = self._call("GET", "/channels", is_asking=True).json()
        legs = ((Leg.of(str(entry.get("id", ""))), str(entry.get("state", ""))) for entry in listed)
        return {leg: state for leg, state in legs if leg is not None}
