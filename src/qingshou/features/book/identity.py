"""Ids that follow from what a thing is: the same lender and reference give the same id, on every run and machine.

A batch that is killed and repeated, or run on another machine from the same files, so ends with the same rows.
"""

from uuid import UUID, uuid5

# What may be named; a kind is part of the name, so that a loan and a borrower with one number do not meet.
BORROWER = "borrower"
LOAN = "loan"
CONTACT_POINT = "contact"
GUARANTEE = "guarantee"
COLLATERAL = "collateral"
CASE = "case"
DAY_RUN = "day"


def identify(tenant_id: UUID, kind: str, *parts: object) -> UUID:
    """Return the id of a thing of one lender: uuid5 of the lender and 'kind:part:part...'."""
    return uuid5(tenant_id, ":".join((kind, *(str(part) for part in parts))))


def borrower_id(tenant_id: UUID, borrower_ref: str) -> UUID:
    """Return the id of the borrower whom the lender calls `borrower_ref`."""
    return identify(tenant_id, BORROWER, borrower_ref)


def loan_id(tenant_id: UUID, loan_ref: str) -> UUID:
    """Return the id of the loan which the lender calls `loan_ref`."""
    return identify(tenant_id, LOAN, loan_ref)


def identify_sql(tenant_id: UUID, kind: str, parts_sql: str) -> str:
    """Return DuckDB's expression for the same id as `identify`, as text.

    Takes   parts_sql  an expression giving the parts joined by ':' as VARCHAR (an expression of ours, never input)
    Gives   text       'xxxxxxxx-xxxx-5xxx-yxxx-xxxxxxxxxxxx'; NULL where the parts are NULL
    """
    digest = f"sha1(from_hex('{tenant_id.hex}') || encode('{kind}:' || ({parts_sql})))"
    # RFC 9562, version 5: the first 128 bits of the SHA-1, with the version and two variant bits written over.
    return (
        f"list_aggregate(list_transform([{digest}], lambda h: substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-5' || "
        "substr(h, 14, 3) || '-' || translate(substr(h, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab') || "
        "substr(h, 18, 3) || '-' || substr(h, 21, 12)), 'any_value')"
    )
