"""A lender's setting that cannot be used: the debtor is told that the fault is ours, and no more."""

import pytest
from django.test import Client
from tests.integration.portal.rows import address_of, debtor, enter
from tests.told import told

from qingshou.tenancy.models import Tenant


@pytest.mark.parametrize("wrong", [{"portal": {"link_days": 0}}, {"portal": "x"}, {"contact": ["x"]}])
def test_inside_and_at_the_door(tenant, wrong):
    case, client = debtor("o1"), Client()
    door, home = address_of(case), enter(client, case)
    Tenant.objects.filter(id=tenant.id).update(settings=wrong)
    for path in (home, f"{home}pay/", door):
        answer = client.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 503
        text = told(answer.content).split("<main")[1].split("</main")[0]
        assert "The fault is ours" in text
        assert "Lender alpha" in text
        assert [word for word in ("portal", "link_days", "settings", "contact") if word in text] == []
