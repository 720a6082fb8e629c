"""Jobs that pages start; the worker does them."""

from datetime import date
from uuid import UUID

from procrastinate.contrib.django import app

from qingshou.audit.actors import Actor, ActorKind
from qingshou.config import settings
from qingshou.interfaces.web.clock import now
from qingshou.tenancy.context import using


@app.task(name="day.run", queue="day")
def run_a_day(*, tenant_id: str, as_of: str, username: str, user_id: str) -> None:
    """Run a lender's day; one that is done is reported and nothing changes."""
    from qingshou.interfaces.daily import run_day  # the engines load in the worker alone, not with every page

    lender = UUID(tenant_id)
    with using(lender):
        run_day(
            tenant_id=lender,
            as_of=date.fromisoformat(as_of),
            now=now(),
            actor=Actor(ActorKind.USER, username, UUID(user_id)),
            home=settings.QINGSHOU_HOME,
        )
