"""Numbers of requests: plain ASCII digits, or a JSON number; what Decimal would take besides is no amount of money."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def plain_number(value: object) -> object:
    """Return a value fit to become a Decimal.

    Stops   ValueError  an exponent, NaN, digits of another script, underscores: '1e3' is a slip and no thousand
    """
    text = repr(value) if isinstance(value, float) else value
    if isinstance(text, bool) or (isinstance(text, str) and not _PLAIN.fullmatch(text)):
        raise ValueError("write plain digits with at most one point, for example 1234.50")
    return text


PlainDecimal = Annotated[Decimal, BeforeValidator(plain_number)]
