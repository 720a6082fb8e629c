"""Where things lie under the home folder: docs/reference/frames.md as paths."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qingshou.kernel.errors import BadInput

_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)


@dataclass(frozen=True)
class Places:
    """The folders of one tenant."""

    home: Path
    tenant: str

    def __post_init__(self) -> None:
        if not _TENANT.fullmatch(self.tenant):
            raise BadInput("A tenant's code is small letters, digits, '-' and '_', for example bank-1.")

    @property
    def lake(self) -> Path:
        return self.home / "lake" / self.tenant

    @property
    def vault(self) -> Path:
        return self.home / "vault" / self.tenant

    def partition(self, frame: str, as_of: date) -> Path:
        """Return the folder of one frame on one date in the lake."""
        return self.lake / frame / f"as_of={as_of.isoformat()}"

    def vault_partition(self, frame: str, as_of: date) -> Path:
        return self.vault / frame / f"as_of={as_of.isoformat()}"

    def quarantine(self, import_id: str) -> Path:
        """Return the sealed file of an import's refused rows: it holds the lender's values."""
        return self.vault / "quarantine" / f"{import_id}.csv.sealed"

    def manifest(self, import_id: str) -> Path:
        return self.lake / "_imports" / f"{import_id}.json"

    def pending(self, import_id: str) -> Path:
        return self.lake / "_imports" / f"{import_id}.pending.json"

    def refused(self, import_id: str) -> Path:
        """Return the list of refused rows without their values: line, row, column, reason."""
        return self.lake / "_imports" / f"{import_id}.refused.parquet"

    def staging(self, frame: str, as_of: date) -> Path:
        return self.lake / "_staging" / f"{frame}-{as_of.isoformat()}"

    def lock(self, frame: str, as_of: date) -> Path:
        return self.lake / "_locks" / f"{frame}-{as_of.isoformat()}.lock"
