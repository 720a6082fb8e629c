"""`qingshou repayment replay-offers`: searches made again from the command line, with exit codes."""

import json

from django.db import connection
from tests.conftest import make_users
from tests.integration.repayment.agreement_rows import NOW, make_debtor
from tests.integration.repayment.desk_rows import make_budget
from typer.testing import CliRunner

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import OfferSearch
from qingshou.features.repayment.operations.offers import search_offers
from qingshou.interfaces.commands.repayment import app


def run(*arguments):
    done = CliRunner().invoke(app, ["replay-offers", "--json", *arguments])
    return done.exit_code, json.loads(done.stdout) if done.stdout else done.exception


def test_searches_are_made_again_and_one_that_differs_is_named(committed):
    make_users(committed, prefix=committed.code)
    case = make_debtor("r1")
    budget = make_budget(case)
    search = search_offers(case_id=case.id, budget_id=budget.id, actor=SYSTEM, role="COLLECTOR", now=NOW)
    code = ["--tenant", committed.code, "--days", "3650"]
    assert run(*code) == (0, {"lender": committed.code, "replayed": 1, "different": []})
    inputs = {**search.inputs, "answer": "0" * 64}
    altered = OfferSearch.objects.create(
        case_id=case.id, budget=budget, policy=search.policy, role=search.role, inputs=inputs, searched_by="x",
        searched_at=NOW,
    )  # fmt: skip
    connection.close()
    exit_code, found = run(*code)
    assert (exit_code, found["replayed"]) == (1, 2)
    assert [one["search"] for one in found["different"]] == [str(altered.id)]
    assert run(*code, "--search", str(search.id))[0] == 0
    assert run(*code, "--search", "none")[1].code == "NO_SUCH_OFFER_SEARCH"
