"""The adapters a lender has chosen, as the sender asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from qingshou.features.contact.channels.base import Adapter, NoAdapter
from qingshou.features.contact.channels.chosen import adapter_by_code, adapter_of, per_minute_of
from qingshou.law.contact.terms import WRITTEN, Channel


class Providers(Protocol):
    """Which adapter serves a channel, and which goes by a code."""

    @property
    def channels(self) -> frozenset[Channel]: ...

    def of(self, channel: Channel) -> Adapter: ...

    def by_code(self, code: str) -> Adapter | None: ...

    def per_minute(self, channel: Channel) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Given:
    """Adapters that are at hand already, each with the most it may be given in a minute."""

    adapters: Mapping[Channel, Adapter]
    most: Mapping[str, int] = field(default_factory=dict)

    @property
    def channels(self) -> frozenset[Channel]:
        """Return the channels that are served."""
        return frozenset(self.adapters)

    def of(self, channel: Channel) -> Adapter:
        """Return the adapter of a channel; KeyError where there is none."""
        return self.adapters[channel]

    def by_code(self, code: str) -> Adapter | None:
        """Return the adapter of a code, if it is still chosen."""
        return next((one for one in self.adapters.values() if one.code == code), None)

    def per_minute(self, channel: Channel) -> int | None:
        """Return how many messages a minute the channel's adapter may be given; None: as many as there are."""
        return self.most.get(self.adapters[channel].code)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The adapters that a lender's part of the settings names."""

    choices: Mapping[str, Mapping[str, Any]]

    @property
    def channels(self) -> frozenset[Channel]:
        """Return the channels that messages of this lender can go by."""
        return frozenset(channel for channel in WRITTEN - {Channel.POST} if self._has(channel))

    def of(self, channel: Channel) -> Adapter:
        """Return the adapter of a channel; stops with NoAdapter."""
        return adapter_of(channel, self.choices)

    def by_code(self, code: str) -> Adapter | None:
        """Return the adapter of a code, if it is still chosen."""
        try:
            return adapter_by_code(code, self.choices)
        except NoAdapter:
            return None

    def per_minute(self, channel: Channel) -> int | None:
        """Return how many messages a minute the channel's provider may be given."""
        return per_minute_of(channel, self.choices)

    def _has(self, channel: Channel) -> bool:
        try:
            adapter_of(channel, self.choices)
        except NoAdapter:
            return False
        return True
