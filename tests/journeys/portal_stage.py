"""A lender whose debtors have pages of their own, and a payment provider that a server of its own is told of."""

import json
import re
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fakes.payment_provider import FakeProvider
from tests.journeys.stage import new_lender

BANK = {"account_name": "示例银行", "account_number": "6222 0200 0000 0001", "bank_name": "示例银行北京分行"}


@contextmanager
def provider_known(folder: Path):
    """Start the fake, and write the file of QINGSHOU_PAYMENTS; gives the fake and the file. Lenders are added later."""
    with FakeProvider() as fake:
        yield fake, folder / "payments.yaml"


def tell(file: Path, lender: str, fake: FakeProvider) -> None:
    """Write the lender's provider into the file (YAML reads JSON)."""
    file.write_text(json.dumps({lender: {"payhub": fake.settings()}}))


def lender_with_debtors() -> Any:
    """Make a lender with wordings in use and three debtors: at home, on a plan, with requests."""
    from qingshou.access.actors import actor_of
    from qingshou.audit.actors import SYSTEM
    from qingshou.edges import clock
    from qingshou.features.contact.operations.template_set import install_starting_set, set_contact_details
    from qingshou.tenancy.context import using
    from tests.integration.contact.rows import make_debtor

    tenant = new_lender(settings={"portal": {"bank": BANK}})
    now = clock.now()
    with using(tenant.id):
        people = tenant.users
        install_starting_set(
            actor=actor_of(people["TEAM_LEAD"]), now=now, approved_by=actor_of(people["COMPLIANCE_OFFICER"])
        )
        set_contact_details(details={"contact_phone": "400-800-1234", "lender_name": "示例银行"}, actor=SYSTEM, now=now)
        tenant.debtors = [make_debtor(f"J{number}", owner=people["COLLECTOR"]) for number in range(3)]
    return tenant


def address_for(tenant: Any, case: Any) -> str:
    """Make a link; gives its path."""
    from qingshou.audit.actors import SYSTEM
    from qingshou.edges import clock
    from qingshou.features.portal.operations.links import hand_over_link
    from qingshou.tenancy.context import using

    with using(tenant.id):
        _link, address = hand_over_link(case_id=case.id, actor=SYSTEM, now=clock.now(), address="http://x")
    return address.removeprefix("http://x")


def last_code(tenant: Any, borrower_id: Any) -> str:
    """Return the digits of the last code sent to a debtor."""
    from qingshou.features.contact.models import Message
    from qingshou.features.repayment.models import OneTimeCode
    from qingshou.tenancy.context import using
    from tests.integration.portal.rows import opened

    with using(tenant.id):
        code = OneTimeCode.objects.filter(borrower=borrower_id).order_by("-made_at")[0]
        return re.findall(r"(?<!\d)\d{6}(?!\d)", opened(Message.objects.get(id=code.message_id), "body"))[0]
