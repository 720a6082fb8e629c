"""Personal rows of the working set, out of the vault and sealed for PostgreSQL; only those that changed."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from qingshou.features.book import identity
from qingshou.privacy.blind_index import blind_index_many
from qingshou.privacy.keys import current_index_key
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.sealing import seal_many


@dataclass(frozen=True, slots=True)
class Changed:
    """The rows whose values differ from those held, with their ids and digests."""

    rows: pa.Table
    ids: list[UUID]
    digests: list[bytes]


def changed_rows(rows: pa.Table, ids: Sequence[UUID], held: Mapping[UUID, bytes | None]) -> Changed:
    """Keep the rows whose digest is not the one held.

    Takes   rows  a personal frame of docs/reference/frames.md
            ids   the id of each row's thing
            held  id -> digest of what PostgreSQL holds
    """
    key = hmac.digest(current_index_key(), b"personal digest", sha256)
    columns = [column.to_pylist() for column in rows.columns]
    keep: list[int] = []
    digests: list[bytes] = []
    for place, values in enumerate(zip(*columns, strict=True)):
        digest = hmac.digest(key, repr(values).encode(), "sha256")[:16]
        if held.get(ids[place]) != digest:
            keep.append(place)
            digests.append(digest)
    return Changed(rows.take(pa.array(keep, pa.int64())), [ids[place] for place in keep], digests)


def sealed_borrowers(changed: Changed, tenant_id: UUID) -> pa.Table:
    """Return the personal columns of book_borrower."""
    table, ids = changed.rows, changed.ids
    columns: dict[str, Any] = {"id": _texts(ids)}
    kinds = {
        "name": PersonalKind.NAME,
        "national_id": PersonalKind.NATIONAL_ID,
        "birth_date": PersonalKind.BIRTH_DATE,
        "employer": PersonalKind.EMPLOYER,
        "address": PersonalKind.ADDRESS,
    }
    for name in kinds:
        columns[name] = _sealed(_strings(table, name), f"book_borrower.{name}", ids)
    for name in ("name", "national_id"):
        columns[f"{name}_index"] = _hex(blind_index_many(kinds[name], _strings(table, name), tenant_id))
    for name in ("language", "time_zone"):
        columns[name] = pa.array([text or "" for text in _strings(table, name)], pa.string())
    columns["personal_digest"] = _hex(changed.digests)
    return pa.table(columns)


# frame column -> channel, position, kind of value
CONTACTS = {
    "phone": ("PHONE", 1, PersonalKind.PHONE),
    "phone_2": ("PHONE", 2, PersonalKind.PHONE),
    "email": ("EMAIL", 1, PersonalKind.EMAIL),
}


def sealed_contact_points(changed: Changed, tenant_id: UUID) -> pa.Table:
    """Return the rows of book_contactpoint: a number or address each."""
    pieces = [_contact_points(changed, tenant_id, column) for column in CONTACTS]
    return pa.concat_tables(pieces)


def _contact_points(changed: Changed, tenant_id: UUID, column: str) -> pa.Table:
    channel, position, kind = CONTACTS[column]
    found = [
        (ref, borrower, text)
        for ref, borrower, text in zip(
            _strings(changed.rows, "borrower_id"), changed.ids, _strings(changed.rows, column), strict=True
        )
        if text
    ]
    ids = [identity.identify(tenant_id, identity.CONTACT_POINT, ref, channel, position) for ref, _, _ in found]
    values = [text for _, _, text in found]
    count = len(found)
    return pa.table(
        {
            "id": _texts(ids),
            "tenant_id": pa.array([str(tenant_id)] * count, pa.string()),
            "borrower_id": _texts([borrower for _, borrower, _ in found]),
            "channel": pa.array([channel] * count, pa.string()),
            "position": pa.array([position] * count, pa.int16()),
            "value": _sealed(values, "book_contactpoint.value", ids),
            "value_index": _hex(blind_index_many(kind, values, tenant_id)),
            "source": pa.array(["TAPE"] * count, pa.string()),
            "is_struck": pa.array([False] * count, pa.bool_()),
        }
    )


def sealed_guarantees(changed: Changed, tenant_id: UUID) -> pa.Table:
    """Return the rows of book_guarantee."""
    table, ids = changed.rows, changed.ids
    names, phones = _strings(table, "name"), _strings(table, "phone")
    return pa.table(
        {
            "id": _texts(ids),
            "tenant_id": pa.array([str(tenant_id)] * len(ids), pa.string()),
            "loan_id": _texts([identity.loan_id(tenant_id, str(ref)) for ref in _strings(table, "loan_id")]),
            "guarantor_ref": table.column("guarantor_id"),
            "kind": table.column("kind"),
            "guaranteed_amount": table.column("guaranteed_amount"),
            "name": _sealed(names, "book_guarantee.name", ids),
            "name_index": _hex(blind_index_many(PersonalKind.NAME, names, tenant_id)),
            "national_id": _sealed(_strings(table, "national_id"), "book_guarantee.national_id", ids),
            "phone": _sealed(phones, "book_guarantee.phone", ids),
            "phone_index": _hex(blind_index_many(PersonalKind.PHONE, phones, tenant_id)),
            "personal_digest": _hex(changed.digests),
        }
    )


def sealed_collaterals(changed: Changed, tenant_id: UUID, currency: str) -> pa.Table:
    """Return the rows of book_collateral, one a thing; its links to loans are another table."""
    table, ids = changed.rows, changed.ids
    return pa.table(
        {
            "id": _texts(ids),
            "tenant_id": pa.array([str(tenant_id)] * len(ids), pa.string()),
            "collateral_ref": table.column("collateral_id"),
            "kind": table.column("kind"),
            "description": _sealed(_strings(table, "description"), "book_collateral.description", ids),
            "owner_name": _sealed(_strings(table, "owner_name"), "book_collateral.owner_name", ids),
            "value": table.column("value"),
            "currency": pa.array([currency] * len(ids), pa.string()),
            "valued_date": table.column("valued_date"),
            "personal_digest": _hex(changed.digests),
        }
    )


def once(rows: pa.Table, column: str) -> pa.Table:
    """Keep the first row of each value: a collateral that secures several loans is one thing."""
    first: dict[str, int] = {}
    for place, value in enumerate(rows.column(column).to_pylist()):
        first.setdefault(value, place)
    return rows.take(pa.array(sorted(first.values()), pa.int64()))


def collateral_links(rows: pa.Table, tenant_id: UUID) -> pa.Table:
    """Return the rows of book_loancollateral."""
    loans, things = _strings(rows, "loan_id"), _strings(rows, "collateral_id")
    return pa.table(
        {
            "tenant_id": pa.array([str(tenant_id)] * len(loans), pa.string()),
            "loan_id": _texts([identity.loan_id(tenant_id, str(ref)) for ref in loans]),
            "collateral_id": _texts([identity.identify(tenant_id, identity.COLLATERAL, ref) for ref in things]),
            "rank": pc.fill_null(rows.column("rank"), 1),
        }
    )


def _strings(table: pa.Table, column: str) -> list[str | None]:
    return pc.cast(table.column(column), pa.string()).to_pylist()  # type: ignore[no-any-return]


def _texts(ids: Sequence[UUID]) -> pa.Array:
    return pa.array([str(one) for one in ids], pa.string())


def _sealed(texts: Sequence[str | None], place: str, ids: Sequence[UUID]) -> pa.Array:
    return _hex(seal_many([text or None for text in texts], place=place, row_ids=ids))


def _hex(values: Sequence[bytes | None]) -> pa.Array:
    """Binary as PostgreSQL reads it in text."""
    return pa.array([None if value is None else "\\x" + value.hex() for value in values], pa.string())
