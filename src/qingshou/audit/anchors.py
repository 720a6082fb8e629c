"""The daily anchor: one root over every chain that grew, chained to the day before and fit to leave the machine."""

from datetime import date, datetime

from django.db import connection, transaction

from qingshou.audit.canonical import RootHash
from qingshou.audit.models import AuditAnchor
from qingshou.tenancy.context import current_tenant_id

_FIRST_ROOT = bytes(32)

# one statement, one snapshot; writers go on meanwhile and their events belong to the next anchor
_GROWN = """
CREATE TEMPORARY TABLE anchor_leaves ON COMMIT DROP AS
SELECT id AS head, seq, hash, seq - anchored_seq AS grown FROM audit_audithead
WHERE tenant_id = %s AND seq > anchored_seq
"""
_KEEP = """
INSERT INTO audit_auditanchorleaf (tenant_id, anchor, head, seq) SELECT %s, %s, head, seq FROM anchor_leaves
"""
_MARK = """
WITH locked AS (
    SELECT h.id, l.seq FROM audit_audithead h JOIN anchor_leaves l ON l.head = h.id ORDER BY h.id FOR NO KEY UPDATE OF h
)
UPDATE audit_audithead h SET anchored_seq = locked.seq FROM locked WHERE h.id = locked.id
"""


def make_anchor(*, on_date: date, now: datetime) -> AuditAnchor:
    """Seal every chain of the lender in force that grew since the last anchor.

    Takes   on_date  the business day; asked twice for one day, the first anchor stands and is returned
    Gives   the anchor, with root = hash(previous root, day, every (chain, length, last hash))
    """
    tenant_id = current_tenant_id()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit anchor {tenant_id}"])
        existing = AuditAnchor.objects.filter(on_date=on_date).first()
        if existing is not None:
            return existing
        previous = AuditAnchor.objects.order_by("-id").first()
        cursor.execute("DROP TABLE IF EXISTS anchor_leaves")
        cursor.execute(_GROWN, [tenant_id])
        prev_root = bytes(previous.root) if previous else _FIRST_ROOT
        root = RootHash(prev_root, on_date)
        chains, grown = _hash_leaves(root)
        anchor = AuditAnchor.objects.create(
            on_date=on_date,
            made_at=now,
            chains_count=chains,
            events_count=(previous.events_count if previous else 0) + grown,
            prev_root=prev_root,
            root=root.digest(),
        )
        cursor.execute(_KEEP, [tenant_id, anchor.id])
        cursor.execute(_MARK)
        cursor.execute("DROP TABLE anchor_leaves")
    return anchor


def _hash_leaves(root: RootHash) -> tuple[int, int]:
    """Add every leaf in order of chain; return how many chains grew and by how many events."""
    chains = grown = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT head, seq, hash, grown FROM anchor_leaves ORDER BY head")
        while rows := cursor.fetchmany(10_000):
            for head, seq, event, more in rows:
                root.add(head, seq, bytes(event))
                chains, grown = chains + 1, grown + more
    return chains, grown


def exported_anchors(*, lender: str) -> dict[str, object]:
    """Return all anchors of the lender in force as plain data, to be kept where this database's owner cannot reach."""
    return {
        "format": "qingshou audit anchors 1",
        "lender": lender,
        "anchors": [
            {
                "on_date": anchor.on_date.isoformat(),
                "made_at": anchor.made_at.isoformat(),
                "chains_count": anchor.chains_count,
                "events_count": anchor.events_count,
                "prev_root": bytes(anchor.prev_root).hex(),
                "root": bytes(anchor.root).hex(),
            }
            for anchor in AuditAnchor.objects.order_by("id")
        ],
    }
