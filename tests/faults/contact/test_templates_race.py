"""Two versions of one template approved at once: one stays in use, the other is retired, and neither approval fails.

The negative control takes the lock away: then both find nothing in use before, and the database refuses one of them.
"""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.conftest import make_users
from tests.integration.contact.rows import NOW

from qingshou.access.actors import actor_of
from qingshou.approvals.operations import approve
from qingshou.features.contact.models import TemplateVersion
from qingshou.features.contact.operations import templates
from qingshou.tenancy.context import using

ROUNDS = 12
BODY = "{lender_name} {debtor_name} {contact_phone} 退订回T"


def race(tenant) -> tuple[int, int]:
    """Approve two versions of each of some templates at once; gives failures and templates with one version in use."""
    people = make_users(tenant, prefix=f"{tenant.code}-")
    author, deciders = people["LEGAL_OFFICER"], [people["TEAM_LEAD"], people["COMPLIANCE_OFFICER"]]
    failures = []
    for number in range(ROUNDS):
        place = {"code": f"RACE_{number}", "channel": "SMS", "language": "zh-hans", "tone": "NEUTRAL"}
        asked = []
        for _ in range(2):
            version = templates.draft(**place, body=BODY, actor=actor_of(author), now=NOW)
            asked.append(
                templates.ask_approval(version_ids=[version.id], actor=actor_of(author), now=NOW, reason="race")
            )
        begin = threading.Barrier(2)

        def work(request_id, decider, begin=begin):
            try:
                with using(tenant.id):
                    begin.wait()
                    approve(request_id=request_id, decider=decider, now=NOW + timedelta(minutes=1))
            except BaseException as error:  # noqa: BLE001 - told by the test, whatever it is
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=pair) for pair in zip(asked, deciders, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    in_use = TemplateVersion.objects.filter(status="APPROVED").values_list("template", flat=True)
    assert len(in_use) == len(set(in_use))
    assert all(isinstance(failure, IntegrityError) for failure in failures), failures
    return len(failures), len(in_use)


def test_one_version_stays_in_use(committed):
    assert race(committed) == (0, ROUNDS)
    assert TemplateVersion.objects.filter(status="RETIRED").count() == ROUNDS


def test_without_the_lock_an_approval_fails(committed, monkeypatch: pytest.MonkeyPatch):
    def unlocked(template_ids):
        assert transaction.get_connection().in_atomic_block

    monkeypatch.setattr(templates, "lock_templates", unlocked)
    failures, _ = race(committed)
    assert failures > 0
