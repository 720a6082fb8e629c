"""One table of cases for classes; the reference, DuckDB and Spark must all give what it says, to the cent."""

from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.spec.delinquency.engines import classified_by_engine, classified_by_reference

from qingshou.engine import Engine
from qingshou.features.delinquency.class_reference import Loan
from qingshou.features.delinquency.severity import load_severity_table
from qingshou.features.delinquency.terms import ClassTerms, class_terms

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "classing.yaml").read_text("utf-8"))["cases"]
AS_OF = date(2024, 6, 30)
TABLE = load_severity_table()
PLAIN = ("product", "currency", "overdue_days", "credit_standing", "is_secured", "restructured_date", "is_impaired",
         "is_written_off", "is_closed", "plan_floor")  # fmt: skip


def _loan(case: dict[str, Any]) -> Loan:
    balance, arrears = case.get("balance", "1000"), case.get("arrears")
    return Loan(
        loan_id=case["name"],
        borrower_id=case.get("borrower", case["name"]),
        borrower_kind=case.get("kind", "RETAIL"),
        balance=Decimal(balance) if balance is not None else None,
        arrears=Decimal(arrears) if arrears is not None else None,
        **{name: case[name] for name in PLAIN if name in case},
    )


def _where(case: dict[str, Any]) -> tuple[str, date]:
    return case.get("place", "china"), case.get("date", AS_OF)


GROUPS = [(class_terms(jurisdiction=place, as_of=on), list(cases))
          for (place, on), cases in groupby(sorted(CASES, key=_where), key=_where)]  # fmt: skip


def _check(cases: list[dict[str, Any]], found: dict[str, dict[str, Any]]) -> None:
    assert len(found) == len(cases)
    for case in cases:
        one = found[case["name"]]
        severity, class_code, reason, stage = case["expect"]
        got = (one["severity"], one["regulatory_class"], one["regulatory_reason"], one["stage"])
        assert got == (severity, class_code, reason, stage), case["name"]
        for key, name in (("bucket", "bucket"), ("moved_by", "severity_reason"), ("caught", "is_contaminated")):
            if key in case:
                assert one[name] == case[key], (case["name"], key)
        if "provision" in case:
            expected = Decimal(case["provision"]) if case["provision"] is not None else None
            assert one["provision"] == expected, case["name"]


@pytest.mark.parametrize(("terms", "cases"), GROUPS, ids=lambda value: getattr(value, "jurisdiction", ""))
def test_reference(terms: ClassTerms, cases: list[dict[str, Any]]) -> None:
    _check(cases, classified_by_reference([_loan(case) for case in cases], terms, TABLE))


@pytest.mark.parametrize(("terms", "cases"), GROUPS, ids=lambda value: getattr(value, "jurisdiction", ""))
def test_duckdb(terms: ClassTerms, cases: list[dict[str, Any]], duck: Engine) -> None:
    _check(cases, classified_by_engine(duck, [_loan(case) for case in cases], terms, TABLE))


@pytest.mark.spark
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize(("terms", "cases"), GROUPS, ids=lambda value: getattr(value, "jurisdiction", ""))
def test_spark(terms: ClassTerms, cases: list[dict[str, Any]], spark: Engine) -> None:
    _check(cases, classified_by_engine(spark, [_loan(case) for case in cases], terms, TABLE))


def test_classing_agrees_with_the_law_one_loan_at_a_time() -> None:
    """The ladders as data and the law's own front door must not drift apart."""
    from qingshou.law import classification as law

    for place in law.jurisdictions():
        terms = class_terms(jurisdiction=place, as_of=AS_OF)
        for product in ("CARD", "OTHER"):
            for is_secured in (False, True):
                loans = [
                    Loan(loan_id=str(days), borrower_id=str(days), product=product, is_secured=is_secured,
                         overdue_days=days)
                    for days in (0, 1, 30, 31, 60, 61, 89, 90, 91, 120, 121, 179, 180, 181, 270, 271, 360, 361, 400)
                ]  # fmt: skip
                found = classified_by_reference(loans, terms, TABLE)
                for loan in loans:
                    facts = law.ClassificationFacts(
                        overdue_days=loan.overdue_days, product=product, is_secured=is_secured
                    )
                    verdict = law.classify(jurisdiction=place, facts=facts, on=AS_OF)
                    assert found[loan.loan_id]["regulatory_class"] == verdict.value, (place, product, loan.loan_id)
