"""No column that can hold text is forgotten: sealed, or listed as not personal with its reason."""

from django.db import models

from qingshou.privacy import registry
from qingshou.privacy.fields import SealedField


def test_every_text_column_is_sealed_or_listed():
    assert registry.undeclared() == []


def test_nothing_is_listed_that_is_not_there():
    names = {name for name, _ in registry.text_columns()}
    assert registry.NOT_PERSONAL.keys() - names == set()
    assert {name for name in registry.BY_NAME if not any(full.endswith(f".{name}") for full in names)} == set()


def test_what_is_known_to_be_personal_is_sealed():
    personal = registry.personal_columns()
    assert {"book.Borrower.name", "book.Borrower.national_id", "book.Borrower.address", "book.ContactPoint.value",
            "book.Guarantee.name", "book.Guarantee.phone", "book.Collateral.owner_name"} <= personal.keys()  # fmt: skip
    assert not personal.keys() & registry.NOT_PERSONAL.keys()


def test_a_new_text_column_would_be_found(monkeypatch):
    """The negative control: the same check with one plain column and one sealed without a kind added."""
    plain, sealed = models.CharField(max_length=10), SealedField()
    for field, name in ((plain, "diary"), (sealed, "secret")):
        field.name = name
    columns = [*registry.text_columns(), ("book.Borrower.diary", plain), ("book.Borrower.secret", sealed)]
    monkeypatch.setattr(registry, "text_columns", lambda: iter(columns))
    assert registry.undeclared() == ["book.Borrower.diary", "book.Borrower.secret"]
