"""Jobs of contact."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from qingshou.audit.actors import SYSTEM, Actor
from qingshou.features.contact.operations import campaign_judging, campaign_running, choosing, fitting
from qingshou.features.contact.operations.listening import listen
from qingshou.features.contact.operations.outbox import SEND_JOB, wake_sender
from qingshou.features.contact.operations.providers import Chosen
from qingshou.features.contact.operations.sending import send_due
from qingshou.features.contact.operations.step_messages import ask_steps
from qingshou.features.contact.queries.campaigns import list_unfinished
from qingshou.tenancy.context import using
from qingshou.tenancy.queries import get_tenant, list_tenants

# of one job: other lenders wait for the worker too
_SEND_AT_MOST = timedelta(seconds=50)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  a job is an edge: it knows the time


@app.task(name="contact.prepare_campaign", queue="contact")
def prepare_campaign(
    *, tenant_id: str, campaign_id: str, actor_kind: str, actor_name: str, actor_id: str | None
) -> None:
    """Do what is left of a campaign's preparation; run again after a crash it ends the same."""
    with using(UUID(tenant_id)):
        campaign_judging.go_on_preparing(
            campaign_id=UUID(campaign_id), actor=Actor(actor_kind, actor_name, _id(actor_id)), now=_now()
        )


@app.task(name="contact.run_campaign", queue="contact")
def run_campaign(*, tenant_id: str, campaign_id: str, actor_kind: str, actor_name: str, actor_id: str | None) -> None:
    """Queue what is left of a running campaign, cancel what is left of a stopped one."""
    with using(UUID(tenant_id)):
        campaign_running.run_campaign(
            campaign_id=UUID(campaign_id), actor=Actor(actor_kind, actor_name, _id(actor_id)), clock=_now
        )


@app.periodic(cron="* * * * *")
@app.task(name="contact.tend_campaigns", queue="contact", queueing_lock="contact.tend_campaigns")
def tend_campaigns(timestamp: int) -> None:
    """Go on with whatever campaign has work left and no worker, and end those of which nothing waits any more."""
    begun = datetime.fromtimestamp(timestamp, UTC)
    for tenant in list_tenants():
        with using(tenant.id):
            for campaign_id, status in list_unfinished():
                if status == "PREPARING":
                    campaign_judging.go_on_preparing(campaign_id=campaign_id, actor=SYSTEM, now=begun)
                else:
                    campaign_running.run_campaign(campaign_id=campaign_id, actor=SYSTEM, clock=_now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="contact.tend_steps", queue="contact", queueing_lock="contact.tend_steps")
def tend_steps(timestamp: int) -> None:
    """Ask the door for the messages of steps that the days' runs began."""
    begun = datetime.fromtimestamp(timestamp, UTC)
    for tenant in list_tenants():
        with using(tenant.id):
            ask_steps(now=begun, actor=SYSTEM)


@app.task(name="contact.learn_timing", queue="contact")
def learn_timing(*, tenant_id: str, actor_kind: str, actor_name: str, actor_id: str | None) -> None:
    """Count what earlier choices of best time earned, and learn from the contacts so far."""
    actor, now = Actor(actor_kind, actor_name, _id(actor_id)), _now()
    with using(UUID(tenant_id)):
        choosing.attribute_rewards(now=now, actor=actor)
        fitting.fit(now=now, actor=actor)


@app.periodic(cron="30 18 * * *")  # 18:30 UTC: past two at night in China
@app.task(name="contact.learn_timing_nightly", queue="night", queueing_lock="contact.learn_timing_nightly")
def learn_timing_nightly(timestamp: int) -> None:
    """Learn best time anew, lender by lender."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for tenant in list_tenants():
        with using(tenant.id):
            choosing.attribute_rewards(now=now)
            fitting.fit(now=now)


@app.task(name=SEND_JOB, queue="contact")
def send_of_lender(*, tenant_id: str) -> None:
    """Send what is due of a lender; what is left when its time is over is handed to the next job."""
    tenant = get_tenant(tenant_id=UUID(tenant_id))
    until = _now() + _SEND_AT_MOST
    with using(tenant.id):
        send_due(providers=Chosen(settings.QINGSHOU_CHANNELS[tenant.code]), actor=SYSTEM, clock=_now, until=until)
        if _now() >= until:
            wake_sender()


@app.periodic(cron="* * * * *")
@app.task(name="contact.send_all", queue="contact", queueing_lock="contact.send_all")
def send_all(timestamp: int) -> None:  # noqa: ARG001  periodic jobs are told their time
    """Every minute hand each lender's outbox to the worker: due times, throttles, lost answers come of themselves."""
    for tenant in list_tenants():
        with using(tenant.id):
            wake_sender()


@app.periodic(cron="* * * * *")
@app.task(name="contact.listen_all", queue="contact", queueing_lock="contact.listen_all")
def listen_all(timestamp: int) -> None:  # noqa: ARG001
    """Every minute: take in what waits in mail boxes and on SMS lines, lender by lender."""
    for tenant in list_tenants():
        with using(tenant.id):
            listen(choices=settings.QINGSHOU_CHANNELS[tenant.code], now=_now())


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
