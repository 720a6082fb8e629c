"""A cap on the yearly rate that all charges of a loan together may reach."""

from dataclasses import dataclass
from decimal import Decimal

from qingshou.kernel.verdict import Article


@dataclass(frozen=True, slots=True)
class RateCap:
    """The highest yearly rate (a fraction), why, and the articles; no rate where a text exempts the lender."""

    rate: Decimal | None
    code: str
    articles: tuple[Article, ...]
