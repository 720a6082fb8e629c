"""Six ways to falsify the record, each done as the owner of the tables with the triggers lifted."""

import contextlib
from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
from django.db import connection
from psycopg import sql

from qingshou.audit.canonical import event_hash
from qingshou.config import settings
from qingshou.config.database import place


@contextlib.contextmanager
def as_owner() -> Iterator[psycopg.Connection]:
    """A connection as the owner, who is bound by no policy and may lift triggers."""
    owner = place(settings.ENVIRONMENT, settings.DATABASE_PASSWORDS, "owner")
    with psycopg.connect(**owner.dsn(name=connection.settings_dict["NAME"])) as opened:
        yield opened


@contextlib.contextmanager
def triggers_lifted() -> Iterator[psycopg.Cursor]:
    with as_owner() as opened, opened.cursor() as cursor:
        for table in ("audit_auditevent", "audit_auditanchor", "audit_auditanchorleaf"):
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
        yield cursor
        for table in ("audit_auditevent", "audit_auditanchor", "audit_auditanchorleaf"):
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))


def head_of(cursor: psycopg.Cursor, tenant_id: UUID, subject_id: UUID) -> int:
    cursor.execute("SELECT id FROM audit_audithead WHERE tenant_id = %s AND subject_id = %s", [tenant_id, subject_id])
    return cursor.fetchone()[0]


def edit(cursor: psycopg.Cursor, head: int) -> None:
    cursor.execute('UPDATE audit_auditevent SET facts = \'{"amount":"1.00"}\' WHERE head = %s AND seq = 2', [head])


def delete_middle(cursor: psycopg.Cursor, head: int) -> None:
    cursor.execute("DELETE FROM audit_auditevent WHERE head = %s AND seq = 3", [head])


def delete_tail(cursor: psycopg.Cursor, head: int) -> None:
    """Cut the end and set the head back, so that the chain itself looks whole."""
    cursor.execute("DELETE FROM audit_auditevent WHERE head = %s AND seq > 3", [head])
    _set_head_back(cursor, head)


def swap(cursor: psycopg.Cursor, head: int) -> None:
    cursor.execute("UPDATE audit_auditevent SET seq = -seq WHERE head = %s AND seq IN (2, 3)", [head])
    cursor.execute("UPDATE audit_auditevent SET seq = 5 + seq WHERE head = %s AND seq < 0", [head])


def insert(cursor: psycopg.Cursor, head: int) -> None:
    cursor.execute("UPDATE audit_auditevent SET seq = -seq - 1 WHERE head = %s AND seq > 2", [head])
    cursor.execute("UPDATE audit_auditevent SET seq = -seq WHERE head = %s AND seq < 0", [head])
    cursor.execute(
        "INSERT INTO audit_auditevent (tenant_id, head, seq, at, actor_kind, actor_name, action, facts, rule, law, "
        "document_hash, prev_hash, hash) SELECT tenant_id, head, 3, at, actor_kind, actor_name, action, facts, rule, "
        "law, document_hash, sha256(hash), sha256(prev_hash) FROM audit_auditevent WHERE head = %s AND seq = 2",
        [head],
    )


def rebuild(cursor: psycopg.Cursor, head: int) -> None:
    """Change one event and recompute every hash after it, and the head: the chain itself is perfect."""
    cursor.execute(
        "SELECT seq, at, actor_kind, actor_name, actor_id, action, facts, rule, law, document_hash, prev_hash "
        "FROM audit_auditevent WHERE head = %s ORDER BY seq",
        [head],
    )
    rows = cursor.fetchall()
    prev = bytes(rows[0][10])
    new_hashes = []
    for seq, at, kind, name, actor, action, facts, rule, law, document, _ in rows:
        said = facts if seq != 2 else '{"amount":"1.00"}'
        new = event_hash(
            prev_hash=prev,
            seq=seq,
            at=at,
            actor_kind=kind,
            actor_name=name,
            actor_id=actor,
            action=action,
            facts=said,
            rule=rule,
            law=law,
            document_hash=document,
        )
        new_hashes.append((said, prev, new, seq))
        prev = new
    for said, before, new, seq in new_hashes:
        cursor.execute(
            "UPDATE audit_auditevent SET facts = %s, prev_hash = %s, hash = %s WHERE head = %s AND seq = %s",
            [said, before, new, head, seq],
        )
    cursor.execute("UPDATE audit_audithead SET hash = %s WHERE id = %s", [prev, head])


def _set_head_back(cursor: psycopg.Cursor, head: int) -> None:
    cursor.execute(
        "UPDATE audit_audithead h SET seq = e.seq, hash = e.hash FROM "
        "(SELECT seq, hash FROM audit_auditevent WHERE head = %s ORDER BY seq DESC LIMIT 1) e WHERE h.id = %s",
        [head, head],
    )


ATTACKS: dict[str, Callable[[psycopg.Cursor, int], None]] = {
    "edit": edit,
    "delete_middle": delete_middle,
    "delete_tail": delete_tail,
    "swap": swap,
    "insert": insert,
    "rebuild": rebuild,
}
