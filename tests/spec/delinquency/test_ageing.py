"""One table of cases; the reference, DuckDB and Spark must all give what it says, to the cent."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from qingshou.engine import Engine
from qingshou.features.delinquency.reference import PARTS, Instalment, Pause, Payment
from qingshou.features.delinquency.rules import AgeTerms
from tests.spec.delinquency.engines import Aged, aged_by_engine, aged_by_reference

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


@pytest.mark.parametrize("with_total", [True, False], ids=["running total kept", "window"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_duckdb(case: dict[str, Any], duck: Engine, with_total: bool) -> None:
    instalments, payments, pauses, exposures = _rows(case)
    found = aged_by_engine(duck, instalments, payments, pauses, _terms(case), exposures, with_total=with_total)
    _check(case, found[case["name"]])


def _together() -> list[tuple[AgeTerms, list[dict[str, Any]]]]:
    """Cases of the same terms go into one frame: Spark is slow to start a job, and rows must not mix."""
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


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize(("terms", "cases"), _together(), ids=lambda value: getattr(value, "as_of", None))
def test_spark(terms: AgeTerms, cases: list[dict[str, Any]], spark: Engine) -> None:
    instalments, payments, pauses, exposures = [], [], [], {}
    for case in cases:
        own = _rows(case)
        instalments += own[0]
        payments += own[1]
        pauses += own[2]
        exposures |= own[3] or {}
    found = aged_by_engine(spark, instalments, payments, pauses, terms, exposures or None, with_total=False)
    for case in cases:
        _check(case, found[case["name"]])
