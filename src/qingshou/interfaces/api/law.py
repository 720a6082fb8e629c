"""The law as of a date: classes, thresholds and what is covered. Answers are the same for every lender."""

# ruff: noqa: ARG001  (ninja passes the request by name)

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qingshou.interfaces.commands.law_words import article_json, reasons_json
from qingshou.law import classification
from qingshou.law.coverage import coverage
from qingshou.rest.schemas import Code, Day

router = Router(tags=["law"])


class Article(Schema):
    """A place in a text, and how sure we are of what we took from it."""

    instrument: str = Field(examples=["china/classification_2023"])
    article: str = Field(examples=["art. 10"])
    confidence: str = Field(description="read, secondary or unverified", examples=["read"])


class Reason(Schema):
    """One reason of a verdict."""

    code: str = Field(examples=["OVERDUE_DAYS"])
    words: str
    fields: dict[str, Any]
    article: Article | None = None


class ClassificationOut(Schema):
    """A loan's class with its reasons."""

    jurisdiction: str = Field(examples=["china"])
    on: date = Field(examples=["2024-01-01"])
    class_code: str = Field(examples=["SUBSTANDARD"])
    is_non_performing: bool
    confidence: str = Field(examples=["read"])
    reasons: list[Reason]
    articles: list[Article]


class RungOut(Schema):
    """From this overdue day on, at least this class."""

    min_overdue_days: int
    class_code: str
    article: Article


class CoverageOut(Schema):
    """One rule or value, the period it covers and how sure we are."""

    kind: str = Field(description="RULE or VALUE", examples=["RULE"])
    jurisdiction: str
    instrument: str
    title: str
    id: str
    article: str
    confidence: str
    from_date: date
    until_date: date | None = None
    unit: str = ""
    value: str = ""
    bound: str = ""


class ClassificationQuery(Schema):
    """What is known of the loan."""

    jurisdiction: Code = Field(description="china, taiwan, hongkong, india, eu or us", examples=["china"])
    on: Day = Field(description="Date of judgement; selects the law in force.", examples=["2024-01-01"])
    overdue_days: int | None = Field(None, ge=0, le=40_000, description="As the place counts them.", examples=[91])
    oldest_due_date: Day | None = Field(None, description="Instead of the days.", examples=["2023-10-02"])
    product: Code = Field("OTHER", examples=["CONSUMER"])
    borrower_kind: Code = Field("RETAIL", examples=["RETAIL"])
    is_secured: bool = False
    is_impaired: bool = False
    is_restructured: bool = False


@router.get("/jurisdictions", response=list[str], summary="List the jurisdictions that classify")
def list_jurisdictions(request: HttpRequest) -> list[str]:
    """The codes that the other law endpoints take."""
    return list(classification.jurisdictions())


@router.get("/classification", response=ClassificationOut, summary="Classify one loan on a date")
def classify(request: HttpRequest, asked: Query[ClassificationQuery]) -> dict[str, Any]:
    """Every reason with its article; outside the dates a text covers the answer is a refusal (422 NOT_COVERED)."""
    given = asked.dict(exclude={"jurisdiction", "on"})
    verdict = classification.classify(
        jurisdiction=asked.jurisdiction, facts=classification.ClassificationFacts(**given), on=asked.on
    )
    return {
        "jurisdiction": asked.jurisdiction,
        "on": asked.on,
        "class_code": verdict.value,
        "is_non_performing": verdict.value in classification.non_performing_classes(asked.jurisdiction),
        "confidence": classification.deciding_confidence(verdict).value,
        "reasons": reasons_json(verdict.reasons),
        "articles": [article_json(one) for one in verdict.articles],
    }


@router.get("/ladder", response=list[RungOut], summary="List the day thresholds of a jurisdiction")
def ladder(
    request: HttpRequest,
    jurisdiction: Annotated[Code, Query(example="china")],
    on: Annotated[Day, Query(description="Date of judgement.")],
    product: Annotated[Code, Query()] = "OTHER",
    is_secured: bool = False,
) -> list[dict[str, Any]]:
    """From which overdue day each class begins."""
    rungs = classification.ladder(jurisdiction=jurisdiction, product=product, is_secured=is_secured, on=on)
    return [
        {"min_overdue_days": one.min_overdue_days, "class_code": one.class_code, "article": article_json(one.article)}
        for one in rungs
    ]


@router.get("/coverage", response=list[CoverageOut], summary="List what is covered, since when and how surely")
def list_coverage(request: HttpRequest, jurisdiction: Annotated[Code | None, Query()] = None) -> list[dict[str, Any]]:
    """Every rule and value entered, by instrument."""
    return [asdict(row) for row in coverage(jurisdiction=jurisdiction)]
