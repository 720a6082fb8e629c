"""Files that wait for a day: <home>/inbox/<lender>/<YYYY-MM-DD>/<mapping>/<file>.

<mapping> is the name of a mapping the lender saved, its newest version, or of one that comes with Qingshou.
"""

from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from qingshou.audit.actors import Actor
from qingshou.features.book.mapping_versions import mapping_document
from qingshou.features.book.operations import record_import
from qingshou.tenancy.queries import get_tenant


def waiting_files(*, home: Path, tenant_code: str, as_of: date) -> list[tuple[str, Path]]:
    """Return (mapping, file) of every file that waits for the day, in order of name."""
    folder = home / "inbox" / tenant_code / as_of.isoformat()
    return [
        (path.parent.name, path)
        for path in sorted(folder.glob("*/*"))
        if path.is_file() and not path.name.startswith((".", "~"))
    ]


def take_in_waiting(*, tenant_id: UUID, as_of: date, home: Path, actor: Actor, now: datetime) -> int:
    """Take in every file that waits for the day; one taken in before changes nothing.

    Gives   how many were new
    Stops   MappingWrong when a folder is named after no mapping; and whatever stops an import
    """
    tenant = get_tenant(tenant_id=tenant_id)
    new = 0
    for name, path in waiting_files(home=home, tenant_code=tenant.code, as_of=as_of):
        mapping = mapping_document(name=name)
        imported = record_import(
            tenant_id=tenant_id, source_path=path, mapping=mapping, as_of=as_of, home=home, actor=actor, now=now
        )
        new += not imported.is_repeat
    return new
