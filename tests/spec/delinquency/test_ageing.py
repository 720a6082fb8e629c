"""One table of cases; the reference, DuckDB and Spark must all give what it says, to the cent."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.spec.delinquency.engines import Aged, aged_by_engine, aged_by_reference

from qingshou.engine import Engine
from qingshou.features.delinquency.reference import PARTS, Instalment, Pause, Payment
from qingshou.features.delinquency.rules import AgeTerms

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "ageing.yaml").read_text("utf-8"))["cases"]
AS_OF = date(2024, 6, 30)


def _terms(case: dict[str, Any]) -> AgeTerms:
    return AgeTerms(
        as_of=case.get("as_of", AS_OF),
        day_one=case.get("day_one", 0),
        grace_days=case.get("grace_days", 0),
        materiality_amount=Decimal(case.get("materiality_amount", "0")),
        materiality_share=Decimal(case.get("materiality_share", "0")),
    )


def _rows(case: dict[str, Any]) -> tuple[list[Instalment], list[Payment], list[Pause], dict[str, Decimal] | None]:
    name = case["name"]
    instalments = []
    for due_date, amount, *parts in case["due"]:
        split = {part: Decimal(parts[0][part]) for part in PARTS} if parts else None
        instalments.append(Instalment(loan_id=name, due_date=due_date, amount=Decimal(amount), parts=split))
    payments = [
        Payment(loan_id=name, paid_date=day, amount=Decimal(amount), reverses=reverses[0] if reverses else None)
        for day, amount, *reverses in case.get("paid", [])
    ]
    pauses = [
        Pause(loan_id=name, from_date=start, until_date=end, kind=kind[0] if kind else None)
        for start, end, *kind in case.get("pauses", [])
    ]
    return instalments, payments, pauses, {name: Decimal(case["exposure"])} if "exposure" in case else None


def _check(case: dict[str, Any], found: Aged) -> None:
    oldest, days, arrears = case["expect"]
    assert found[:3] == (oldest, days, Decimal(arrears)), case["name"]
    if "parts" in case:
        assert found[3] == tuple(Decimal(case["parts"][part]) for part in PARTS), case["name"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_reference(case: dict[str, Any]) -> None:
    instalments, payments, pauses, exposures = _rows(case)
    found = aged_by_reference(instalments, payments, pauses, _terms(case), exposures)
    _check(case, found[case["name"]])


def _together() -> list[tuple[AgeTerms, list[dict[str, Any]]]]:
    """Cases of the same terms go into one frame: a job is slow to start, and loans must not mix."""
    groups: list[tuple[AgeTerms, list[dict[str, Any]]]] = []
    for case in CASES:
        terms = _terms(case)
        for known, cases in groups:
            if known == terms:
                cases.append(case)
                break
        else:
            groups.append((terms, [case]))
    return groups


def _check_together(engine: Engine, terms: AgeTerms, cases: list[dict[str, Any]], *, with_total: bool) -> None:
    instalments, payments, pauses, exposures = [], [], [], {}
    for case in cases:
        own = _rows(case)
        instalments += own[0]
        payments += own[1]
        pauses += own[2]
        exposures |= own[3] or {}
    found = aged_by_engine(engine, instalments, payments, pauses, terms, exposures or None, with_total=with_total)
    for case in cases:
        _check(case, found[case["name"]])


@pytest.mark.parametrize("with_total", [True, False], ids=["running total kept", "window"])
@pytest.mark.parametrize(("terms", "cases"), _together(), ids=lambda value: getattr(value, "as_of", ""))
def test_duckdb(terms: AgeTerms, cases: list[dict[str, Any]], duck: Engine, with_total: bool) -> None:
    _check_together(duck, terms, cases, with_total=with_total)


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize(("terms", "cases"), _together(), ids=lambda value: getattr(value, "as_of", ""))
def test_spark(terms: AgeTerms, cases: list[dict[str, Any]], spark: Engine) -> None:
    _check_together(spark, terms, cases, with_total=False)
