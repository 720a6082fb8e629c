"""A lender whose sender is killed again and again, and what must hold when it has come to rest."""

import uuid
from dataclasses import dataclass, field

from tests.fakes.sms_gateway import SmsGateway
from tests.faults.day.asking import Zygote

MODULE = "tests.faults.contact.zygote"
# later than any lease, lost answer or rest of an adapter: each run takes up what the one before left
STEP_S = 130.0


@dataclass
class Killing:
    """One lender, one gateway, one clock that goes on with each run."""

    zygote: Zygote
    gateway: SmsGateway
    messages: int
    code: str = field(default_factory=lambda: f"s{uuid.uuid4().hex[:10]}")
    after_s: float = 0.0
    received_before: int = 0  # by the gateway, of another lender

    def __post_init__(self) -> None:
        answer = self.zygote.ask("found", code=self.code, messages=self.messages)
        assert answer.get("queued") == self.messages, answer

    def run(self, *, fault_point: str = "", kill_after_s: float | None = None, **more: object) -> dict[str, object]:
        """Let the sender work once, killed or not."""
        number = self.zygote.send(
            "send", fault_point=fault_point, kill_after_s=kill_after_s, code=self.code, url=self.gateway.url,
            after_s=self.after_s, **more,
        )  # fmt: skip
        self.after_s += STEP_S
        return self.zygote.take(number)

    def come_to_rest(self, *, runs: int = 6, **more: object) -> None:
        """Run unkilled until nothing is left to do."""
        for _ in range(runs):
            answer = self.run(**more)
            if answer.get("counts") == {}:
                return
        raise AssertionError(f"the sender does not come to rest: {answer}")

    @property
    def rows(self) -> list[str]:
        """Return how the messages stand."""
        answer = self.zygote.ask("dump", code=self.code)
        assert answer.get("findings") == [], answer
        return list(answer["rows"])

    @property
    def lost(self) -> int:
        """Return how many messages the gateway never received."""
        return self.messages + self.received_before - len(self.gateway.received)


def all_sent(messages: int) -> list[str]:
    """Return how the messages of an unkilled run stand."""
    return [f"D{number:05d} SENT True SENT  True 1" for number in range(messages)]
