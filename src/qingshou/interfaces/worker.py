"""The worker: jobs from the database, and the jobs of the clock.

A worker that is killed leaves its job 'doing' for ever; the library does not look for such jobs, so a task beside the
worker does, and puts them back. Every job here may run twice: what it does is done once (a day's steps have
checkpoints, an import is known by its content).
"""

import asyncio
import contextlib
import logging
import time
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from qingshou.approvals.operations import expire_due
from qingshou.audit.actors import SYSTEM, Actor, ActorKind
from qingshou.audit.anchors import make_anchor
from qingshou.audit.operations import record
from qingshou.edges import clock
from qingshou.features.book.uploads import Uploads
from qingshou.features.oversight.errors import DayBusy
from qingshou.interfaces.daily import run_day
from qingshou.interfaces.heap import settle_heap
from qingshou.interfaces.verify import verify
from qingshou.rest.idempotency import forget_old_keys
from qingshou.tenancy.context import using
from qingshou.tenancy.queries import list_tenants

logger = logging.getLogger("qingshou.worker")

HEARTBEAT_S = 5.0
STALLED_AFTER_S = 30.0
RETRY_AFTER_LOSS_S = 2.0
JOBS_AT_ONCE = 4  # a long day, an outbox and a mail box do not keep a small import waiting


@app.task(name="day.run", queue="day", retry=RetryStrategy(max_attempts=100, wait=15, retry_exceptions={DayBusy}))
def run_day_job(*, tenant_id: str, as_of: str, username: str, user_id: str, kind: str = ActorKind.USER) -> None:
    """Run a day that somebody asked for on a page, or another system over REST."""
    run_day(
        tenant_id=UUID(tenant_id),
        as_of=date.fromisoformat(as_of),
        now=clock.now(),
        actor=Actor(ActorKind(kind), username, UUID(user_id)),
        home=settings.QINGSHOU_HOME,
    )


@app.periodic(cron="30 17 * * *")  # 17:30 UTC: past one at night in China
@app.task(name="night.verify", queue="night", queueing_lock="night.verify")
def verify_all(timestamp: int) -> None:
    """Seal the record and check every invariant, lender by lender; what does not hold is logged and recorded."""
    now = datetime.fromtimestamp(timestamp, UTC)
    for tenant in list_tenants():
        tidy_lender(tenant_id=tenant.id, tenant_code=tenant.code, now=now)
        verify_lender(tenant_id=tenant.id, time_zone=tenant.time_zone, now=now)


def tidy_lender(*, tenant_id: UUID, tenant_code: str, now: datetime) -> dict[str, int]:
    """Let go of what nobody waits for any more: lapsed requests, old idempotency keys, uploads left behind."""
    with using(tenant_id):
        return {
            "approvals": expire_due(now=now),
            "idempotency_keys": forget_old_keys(now=now),
            "uploads": Uploads(settings.QINGSHOU_HOME, tenant_code).forget_old(now=now),
        }


def verify_lender(*, tenant_id: UUID, time_zone: str, now: datetime) -> bool:
    """Seal and check one lender; gives whether everything holds."""
    with using(tenant_id):
        make_anchor(on_date=now.astimezone(ZoneInfo(time_zone)).date(), now=now)
        found = verify(tenant_id=tenant_id, home=settings.QINGSHOU_HOME)
        wrong = {answer.name: answer.wrong for answer in found.answers if answer.wrong}
        facts = {"is_sound": found.is_sound, "wrong": wrong}
        record(subject_kind="LENDER", subject_id=tenant_id, action="NIGHT_VERIFIED", actor=SYSTEM, now=now, facts=facts)
    if wrong:
        logger.error("lender %s: what must hold does not: %s", found.lender, wrong)
    return found.is_sound


async def put_back_stalled(*, stalled_after_s: float = STALLED_AFTER_S) -> int:
    """Put jobs of workers that died back into their queue; gives how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after_s))
    for job in stalled:
        await app.job_manager.retry_job(job)
        logger.warning("job %s (%s) of a worker that died was put back", job.id, job.task_name)
    return len(stalled)


async def _watch(stalled_after_s: float) -> None:
    while True:
        with contextlib.suppress(ConnectorException):  # the database is away: the next round sees to it
            await put_back_stalled(stalled_after_s=stalled_after_s)
        await asyncio.sleep(stalled_after_s / 3)


async def _work(stalled_after_s: float, *, wait: bool) -> None:
    async with app.open_async():
        watching = asyncio.create_task(_watch(stalled_after_s))
        try:
            await app.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                wait=wait,
                update_heartbeat_interval=min(HEARTBEAT_S, stalled_after_s / 4),
                stalled_worker_timeout=stalled_after_s,
                delete_jobs="never",
            )
        finally:
            watching.cancel()


def work(*, stalled_after_s: float = STALLED_AFTER_S, wait: bool = True) -> None:
    """Do jobs until stopped (SIGTERM, Ctrl-C); after the database was away, go on when it is back.

    Takes   stalled_after_s  a worker not heard of for so long is dead, and its jobs are put back
            wait             False: return when there is nothing left to do
    """
    settle_heap()
    while True:
        try:
            with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
                asyncio.run(_work(stalled_after_s, wait=wait))
            return
        except ConnectorException:
            logger.warning("the database is away; trying again in %.0f s", RETRY_AFTER_LOSS_S)
            time.sleep(RETRY_AFTER_LOSS_S)
