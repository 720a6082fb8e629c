"""The sender killed -9 again and again: how many messages are doubled and how many lost.

Usage: python benchmarks/sender_kills.py [--kills 1000] [--seed 20261123] [--json]
Every third kill is at a named point, the others at random times; the gateway counts what it received, by key.
'0 in N' proves less than 3/N at 95 %. The last figure is the control: a sender that does not ask doubles messages.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QINGSHOU_MODE", "test")
os.environ.setdefault("QINGSHOU_HOME", tempfile.mkdtemp(prefix="qingshou-bench-"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MESSAGES = 300  # of one lender, before the next is taken
CONTROL_KILLS = 10


def main() -> None:
    """Kill, bring to rest, count; print one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--json", action="store_true", help="only the last line")
    given = parser.parse_args()
    from qingshou.config import start

    start.migrate()
    from tests.faults.contact.harness import MODULE
    from tests.faults.day.asking import Zygote

    zygote = Zygote({"DJANGO_SETTINGS_MODULE": "qingshou.config.testing"}, module=MODULE)
    began = time.monotonic()
    try:
        found = kill(zygote, given.kills, random.Random(given.seed), quiet=given.json)
        control = doubled_without_asking(zygote)
    finally:
        zygote.close()
    result = {
        **found, "seed": given.seed, "cores": os.cpu_count(), "taken_s": round(time.monotonic() - began, 1),
        "control_kills": CONTROL_KILLS, "control_doubled": control,
        "met": found["doubled"] == found["lost"] == found["not_as_unkilled"] == 0 and found["kills"] >= given.kills
        and control > 0,
    }  # fmt: skip
    print(json.dumps(result))


def kill(zygote: object, kills: int, chance: random.Random, *, quiet: bool) -> dict[str, int]:
    """Kill senders so often; gives what was doubled, lost, or ended in another state than without kills."""
    from tests.fakes.sms_gateway import SmsGateway
    from tests.faults.contact.harness import Killing, all_sent

    from qingshou.features.contact.faultpoints import POINTS

    found = {"kills": 0, "at_points": 0, "messages": 0, "doubled": 0, "lost": 0, "not_as_unkilled": 0}
    while found["kills"] < kills:
        with SmsGateway(slow_s=0.002) as gateway:
            one = Killing(zygote, gateway, MESSAGES)  # type: ignore[arg-type]
            while found["kills"] < kills and len(gateway.received) < MESSAGES:
                at_point = found["kills"] % 3 == 0
                answer = (
                    one.run(fault_point=f"contact.send:{chance.choice(POINTS)}")
                    if at_point
                    else one.run(kill_after_s=chance.uniform(0.03, 0.6))
                )
                found["kills"] += bool(answer["killed"])
                found["at_points"] += bool(answer["killed"]) and at_point
            one.come_to_rest(runs=12)
            found["messages"] += MESSAGES
            found["doubled"] += len(gateway.doubled())
            found["lost"] += one.lost
            found["not_as_unkilled"] += one.rows != all_sent(MESSAGES)
        if not quiet:
            sys.stderr.write(f"{found}\n")
    return found


def doubled_without_asking(zygote: object) -> int:
    """Return how many messages arrive twice from a sender that sends again unasked (the control)."""
    from tests.fakes.sms_gateway import SmsGateway
    from tests.faults.contact.harness import Killing

    with SmsGateway() as gateway:
        one = Killing(zygote, gateway, 30)  # type: ignore[arg-type]
        for _ in range(CONTROL_KILLS):
            one.run(fault_point="contact.send:handed", unasked=True)
        one.come_to_rest(unasked=True)
        return sum(gateway.received.values()) - len(gateway.received)


if __name__ == "__main__":
    main()
