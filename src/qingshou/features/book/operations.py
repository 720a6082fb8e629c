"""Writes of the book: files taken in, and the working set brought to PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import Model

from qingshou.audit.actors import Actor
from qingshou.features.book import identity, importing, people
from qingshou.features.book.intake import lake
from qingshou.features.book.intake.errors import FileRefused
from qingshou.features.book.intake.mapping import Mapping as BoundMapping
from qingshou.features.book.intake.mapping import load_mapping
from qingshou.features.book.intake.places import Places
from qingshou.features.book.intake.run import run_import
from qingshou.features.book.intake.sealed import VaultKeys
from qingshou.features.book.intake.staging import Progress
from qingshou.features.book.intake.vault import read_vault
from qingshou.features.book.models import (
    Borrower,
    Collateral,
    ContactPoint,
    Guarantee,
    Import,
    Instalment,
    Loan,
    LoanCollateral,
    Payment,
    Tenant,
)
from qingshou.features.book.working_set import WorkingSet, chosen
from qingshou.kernel.errors import QingshouError
from qingshou.tenancy.upsert import Loaded, upsert


@dataclass(frozen=True, slots=True)
class Imported:
    """The row of an import, and whether this file had been taken in before."""

    row: Import
    is_repeat: bool


def record_import(
    *,
    tenant_id: UUID,
    source_path: Path,
    mapping: BoundMapping | str | Path | dict[str, Any],
    as_of: date,
    home: Path,
    actor: Actor,
    now: datetime,
    ended_at: datetime | None = None,
    source_name: str | None = None,
    progress: Progress | None = None,
    vault_keys: VaultKeys | None = None,
) -> Imported:
    """Take a file in, and keep a row of it with its control totals and its audit event.

    Takes   mapping    a resolved mapping, the name of a shipped one, a YAML file, or its document
            ended_at   when the caller measured the end; `now` when it did not
    Gives   Imported   the same file, mapping and date again, even at the same moment, change nothing
    Stops   FileRefused, MappingWrong, StorageFull, VaultClosed, TotalsWrong: kept on the row as its error
    """
    if not source_path.is_file():
        raise FileRefused(f"There is no file {source_path.name}: check the path.", why="NO_FILE")
    tenant = Tenant.objects.get(pk=tenant_id)
    bound = mapping if isinstance(mapping, BoundMapping) else load_mapping(mapping, as_of=as_of)
    row = importing.begin(
        source_path=source_path,
        source_name=source_name or source_path.name,
        mapping=bound,
        as_of=as_of,
        actor=actor,
        now=now,
    )
    if row.status == importing.DONE:
        return Imported(row, is_repeat=True)
    try:
        result = run_import(
            source_path=source_path,
            mapping=bound,
            as_of=as_of,
            tenant=tenant.code,
            home=home,
            keys=vault_keys or installation_vault_keys(),
            now=now,
            progress=progress,
            source_name=source_name,
        )
    except QingshouError as error:
        importing.fail(row_id=row.id, error=error, actor=actor, now=ended_at or now)
        raise
    return Imported(importing.end(row_id=row.id, result=result, actor=actor, now=ended_at or now), is_repeat=False)


@dataclass(frozen=True, slots=True)
class WorkingSetReport:
    """What bringing the working set to PostgreSQL touched, table by table."""

    borrowers_count: int
    loans_count: int
    touched: Mapping[str, Loaded]

    def facts(self) -> dict[str, object]:
        """Return the report as facts of a day's step."""
        return {
            "borrowers": self.borrowers_count,
            "loans": self.loans_count,
            "touched": {
                name: {"inserted": one.inserted, "updated": one.updated, "deleted": one.deleted}
                for name, one in self.touched.items()
            },
        }


def load_working_set(
    *, tenant_id: UUID, as_of: date, classified: Path, home: Path, vault_keys: VaultKeys | None = None
) -> WorkingSetReport:
    """Bring every loan of each borrower overdue on the date, or held already, to PostgreSQL: changed rows only.

    Takes   classified  the classified file of the date, in the lake
            vault_keys  open the vault; those of the settings when not given
    Gives   what was touched; run again on the same files it touches nothing
    Stops   VaultClosed when the personal frames cannot be opened
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    with (
        transaction.atomic(),
        chosen(
            tenant_id=tenant_id, as_of=as_of, classified=classified, known_borrower_refs=_known_borrower_refs()
        ) as chosen_set,
    ):
        touched: dict[str, Loaded] = {
            # the tape's language and time zone come with the personal rows; here they only start empty
            "borrowers": upsert(model=Borrower, rows=chosen_set.borrowers(), insert_only=("language", "time_zone")),
            "loans": upsert(model=Loan, rows=chosen_set.loans()),
        }
        borrower_refs, loan_refs = chosen_set.borrower_refs(), chosen_set.loan_refs()
        touched |= _load_schedule(chosen_set, home, tenant.code, as_of)
        reading = _Vault(home, tenant, as_of, vault_keys or installation_vault_keys())
        touched |= _load_people(reading, borrower_refs)
        touched |= _load_guarantees(reading, loan_refs)
        touched |= _load_collaterals(reading, loan_refs)
    return WorkingSetReport(len(borrower_refs), len(loan_refs), touched)


def installation_vault_keys() -> VaultKeys:
    """Return the keys of the settings as the vault takes them: the newest seals, all open."""
    keys: dict[str, bytes] = dict(settings.QINGSHOU_DATA_KEYS)
    return VaultKeys(current=next(iter(keys)), keys=keys)


@dataclass(frozen=True, slots=True)
class _Vault:
    """Where the personal frames of a lender are read: the newest delivery up to the date."""

    home: Path
    tenant: Tenant
    as_of: date
    keys: VaultKeys

    def rows(self, frame: str, refs: Sequence[str]) -> pa.Table | None:
        newest = self._newest(frame)
        if newest is None or not refs:
            return None
        found = read_vault(home=self.home, tenant=self.tenant.code, frame=frame, as_of=newest, keys=self.keys, ids=refs)
        return found if found.num_rows else None

    def _newest(self, frame: str) -> date | None:
        folder = Places(self.home, self.tenant.code).vault / frame
        held = (date.fromisoformat(one.name.removeprefix("as_of=")) for one in folder.glob("as_of=*"))
        return max((one for one in held if one <= self.as_of), default=None)


def _known_borrower_refs() -> pa.Table:
    refs = list(Borrower.objects.values_list("borrower_ref", flat=True).order_by())
    return pa.table({"borrower_ref": pa.array(refs, pa.string())})


def _load_schedule(chosen_set: WorkingSet, home: Path, tenant: str, as_of: date) -> dict[str, Loaded]:
    touched: dict[str, Loaded] = {}
    instalments = lake.parts(home=home, tenant=tenant, table="instalments", as_of=as_of)
    if instalments:
        touched["instalments"] = upsert(
            model=Instalment,
            rows=chosen_set.instalments(instalments),
            key=("loan_id", "position"),
            replace_within="loan_id",
        )
    payments = lake.parts(home=home, tenant=tenant, table="payments", as_of=as_of)
    if payments:
        touched["payments"] = upsert(
            model=Payment,
            rows=chosen_set.payments(payments),
            key=("loan_id", "payment_ref"),
            replace_within="loan_id",
        )
    return touched


def _load_people(vault: _Vault, borrower_refs: Sequence[str]) -> dict[str, Loaded]:
    rows = vault.rows("people", borrower_refs)
    if rows is None:
        return {}
    ids = [identity.borrower_id(vault.tenant.id, ref) for ref in rows.column("borrower_id").to_pylist()]
    changed = people.changed_rows(rows, ids, _held_digests(Borrower))
    return {
        "people": upsert(model=Borrower, rows=people.sealed_borrowers(changed, vault.tenant.id), update_only=True),
        "contact_points": upsert(model=ContactPoint, rows=people.sealed_contact_points(changed, vault.tenant.id)),
    }


def _load_guarantees(vault: _Vault, loan_refs: Sequence[str]) -> dict[str, Loaded]:
    rows = vault.rows("guarantors", loan_refs)
    if rows is None:
        return {}
    keys = zip(rows.column("loan_id").to_pylist(), rows.column("guarantor_id").to_pylist(), strict=True)
    ids = [identity.identify(vault.tenant.id, identity.GUARANTEE, *key) for key in keys]
    changed = people.changed_rows(rows, ids, _held_digests(Guarantee))
    return {"guarantees": upsert(model=Guarantee, rows=people.sealed_guarantees(changed, vault.tenant.id))}


def _load_collaterals(vault: _Vault, loan_refs: Sequence[str]) -> dict[str, Loaded]:
    rows = vault.rows("collaterals", loan_refs)
    if rows is None:
        return {}
    things = people.once(rows.sort_by([("collateral_id", "ascending"), ("loan_id", "ascending")]), "collateral_id")
    refs = things.column("collateral_id").to_pylist()
    ids = [identity.identify(vault.tenant.id, identity.COLLATERAL, ref) for ref in refs]
    changed = people.changed_rows(things, ids, _held_digests(Collateral))
    sealed = people.sealed_collaterals(changed, vault.tenant.id, vault.tenant.currency)
    return {
        "collaterals": upsert(model=Collateral, rows=sealed),
        "collateral_links": upsert(
            model=LoanCollateral,
            rows=people.collateral_links(rows, vault.tenant.id),
            key=("loan_id", "collateral_id"),
            replace_within="loan_id",
        ),
    }


def _held_digests(model: type[Model]) -> dict[UUID, bytes | None]:
    """Return id -> digest of what is held, in one read."""
    rows: Any = model._default_manager.values_list("id", "personal_digest").order_by()
    return {row_id: None if digest is None else bytes(digest) for row_id, digest in rows}
