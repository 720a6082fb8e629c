"""Lines of a small tape in our own column names."""

HEAD = (
    "loan_id,borrower_id,borrower_kind,product,branch,currency,balance,arrears,overdue_days,originated_date,"
    "is_written_off,is_closed,name,national_id,phone,phone_2,email\n"
)


def loan(
    ref: str,
    *,
    borrower: str = "",
    balance: object = "100.00",
    days: object = 0,
    currency: str = "CNY",
    arrears: object = "",
    granted: str = "",
    written_off: str = "false",
    closed: str = "false",
    branch: str = "NORTH",
    person: str = ",,,,",
) -> str:
    """Return a line of a tape in our own column names."""
    return (
        f"{ref},{borrower or 'B' + ref},RETAIL,CARD,{branch},{currency},{balance},{arrears},{days},{granted},"
        f"{written_off},{closed},{person}\n"
    )
