"""Documents a debtor sends: judged by their content, counted, then sealed with the case by repayment."""

from datetime import datetime, timedelta
from uuid import UUID

from qingshou.features.portal.errors import BadAsk
from qingshou.features.portal.queries.actor import DEBTOR
from qingshou.features.portal.rules.policy import PortalPolicy
from qingshou.features.portal.rules.uploads import problem_of
from qingshou.features.repayment.errors import DocumentRefused
from qingshou.features.repayment.operations.documents import store_document
from qingshou.features.repayment.queries.documents import documents_of_case

KINDS = ("INCOME_PROOF", "HARDSHIP_PROOF", "DISPUTE", "OTHER")
SOURCE = "PORTAL"


def send_document(
    *, case_id: UUID, kind: str, content: bytes, file_name: str, policy: PortalPolicy, now: datetime
) -> str:  # fmt: skip
    """File a document of the debtor; gives its hash.

    Takes   content  read up to one byte beyond what the policy allows
    Stops   BadAsk  `problem`: CHOOSE, TOO_MANY, or why the file is not taken (phrases.pages.PROBLEMS)
    """
    if kind not in KINDS:
        raise BadAsk("Choose what the document is.", field="kind", problem="CHOOSE")
    problem = problem_of(content, policy=policy)
    if problem:
        raise BadAsk("This file cannot be taken.", field="document", problem=problem)
    since = now - timedelta(days=1)
    sent = [one for one in documents_of_case(case_id=case_id, limit=200) if one.source == SOURCE]
    if sum(one.stored_at > since for one in sent) >= policy.uploads_per_day:
        raise BadAsk("Too many documents were sent today.", field="document", problem="TOO_MANY")
    try:
        row = store_document(case_id=case_id, kind=kind, content=content, file_name=file_name, actor=DEBTOR, now=now,
                             source=SOURCE, media_types=policy.upload_types)  # fmt: skip
    except DocumentRefused as refused:
        raise BadAsk("This file cannot be taken.", field="document", problem=refused.why) from None
    return str(row.document_hash)
