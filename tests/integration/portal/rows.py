"""A debtor with a page of their own: wordings in use, a link, the code read from the message that carried it."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from tests.integration.contact.rows import DAY, NOW, make_debtor

from qingshou.access.actors import actor_of
from qingshou.audit.actors import SYSTEM
from qingshou.features.contact.models import Message
from qingshou.features.contact.operations.template_set import install_starting_set, set_contact_details
from qingshou.features.portal.models import PortalVisit
from qingshou.features.portal.operations.links import hand_over_link
from qingshou.features.portal.operations.tokens import hash_of
from qingshou.features.repayment.models import OneTimeCode
from qingshou.privacy.keys import current_keyring
from qingshou.privacy.sealing import unseal

__all__ = ["DAY", "NOW", "address_of", "at", "code_sent", "debtor", "door_of", "enter", "make_debtor", "ready"]


def ready(users: Any) -> None:
    """Put the starting wordings in use."""
    install_starting_set(actor=actor_of(users["TEAM_LEAD"]), now=NOW, approved_by=actor_of(users["COMPLIANCE_OFFICER"]))
    set_contact_details(details={"contact_phone": "400-800-1234", "lender_name": "示例银行"}, actor=SYSTEM, now=NOW)


def at(minutes: float) -> datetime:
    """Return so many minutes after half past ten in Shanghai."""
    return NOW + timedelta(minutes=minutes)


def debtor(ref: str = "p1", **more: Any) -> Any:
    """Make a debtor with a loan of 24,010, of which 1,200.50 are overdue since twelve days."""
    return make_debtor(ref, **more)


def address_of(case: Any, *, now: datetime = NOW) -> str:
    """Make a link; gives its path."""
    _link, address = hand_over_link(case_id=case.id, actor=SYSTEM, now=now, address="http://testserver")
    return address.removeprefix("http://testserver")


def door_of(client: Client, path: str, *, place: int = 0) -> Any:
    """Choose the number or address at a place, and have the code sent; gives the answer."""
    ways = re.findall(r'name="way" value="([^"]+)"', client.get(path).content.decode())
    return client.post(path, {"way": ways[place]})


def code_sent(client: Client) -> str:
    """Return the digits that were sent for the visit a browser has begun."""
    visit = PortalVisit.objects.get(secret_hash=hash_of(client.cookies["visit"].value))
    code = OneTimeCode.objects.get(subject_id=visit.id)
    message = Message.objects.get(id=code.message_id)
    return re.findall(r"(?<!\d)\d{6}(?!\d)", opened(message, "body"))[0]


def opened(message: Any, name: str) -> str:
    """Return a sealed text of a message."""
    return unseal(getattr(message, name), place=f"contact_message.{name}", row_id=message.id, keys=current_keyring())


def enter(client: Client, case: Any, *, now: datetime = NOW) -> str:
    """Come in by a new link and its code; gives the path of the page."""
    path = address_of(case, now=now)
    assert door_of(client, path).status_code == 302
    home = path.rsplit("/", 1)[0] + "/"
    answer = client.post(f"{home}code/", {"code": code_sent(client)})
    assert (answer.status_code, answer["Location"]) == (302, home)
    return home
