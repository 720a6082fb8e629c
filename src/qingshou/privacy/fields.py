"""Columns that hold personal data: only sealed bytes enter them, and only `privacy.operations.reveal` opens them."""

from typing import Any

from django.db import models

from qingshou.privacy.kinds import PersonalKind


class SealedField(models.BinaryField):
    """Ciphertext of one personal value, bound to its table, column and row id (see sealing.py).

    Reading the attribute gives bytes, never the value: opening it is a logged act of a named person.
    """

    def __init__(self, kind: PersonalKind | None = None, **options: Any) -> None:
        self.personal_kind = kind
        options.setdefault("null", True)
        options.setdefault("blank", True)
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, options | {"kind": self.personal_kind}


class BlindIndexField(models.BinaryField):
    """Keyed hash of a normalised personal value: equal values of one lender meet, nothing can be read back."""

    def __init__(self, kind: PersonalKind | None = None, **options: Any) -> None:
        self.personal_kind = kind
        options.setdefault("null", True)
        options.setdefault("blank", True)
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, options | {"kind": self.personal_kind}
