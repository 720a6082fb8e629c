"""`qingshou verify`: does everything still hold? Also a nightly job."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table


def verify(
    tenant: Annotated[str, typer.Option("--tenant", help="Code of one lender; all when not given.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Check every invariant: the record's chains, import totals, cases, the working set against the lake.

    Exit code 0 when all hold, 1 when anything does not.
    """
    from qingshou.config.start import setup

    setup()
    from django.conf import settings

    from qingshou.interfaces.verify import verify as check
    from qingshou.tenancy.queries import get_tenant_by_code, list_tenants

    lenders = [get_tenant_by_code(code=tenant)] if tenant else list_tenants()
    found = [check(tenant_id=lender.id, home=settings.QINGSHOU_HOME) for lender in lenders]
    if as_json:
        print(json.dumps([one.as_dict() for one in found], ensure_ascii=False, default=str))  # noqa: T201
    else:
        table = Table("lender", "invariant", "what must be zero", "is")
        for one in found:
            for answer in one.answers:
                style = "" if answer.wrong == 0 else "red"
                table.add_row(one.lender, answer.invariant, answer.name, f"{answer.wrong:,}", style=style)
        Console().print(table)
    if not all(one.is_sound for one in found):
        raise typer.Exit(1)
