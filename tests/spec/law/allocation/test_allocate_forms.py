"""What a file of `qingshou law allocate` may also say: other names, other forms, a debt's own order; and slips."""

import json
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import jsonschema
import pytest
from tests.spec.law.allocation.test_allocate_command import CASES, DATED, PARTS, answer, problems, run, went
from typer.testing import CliRunner

import qingshou.interfaces.commands as commands
from qingshou.interfaces.commands.law import app

SCHEMA = json.loads((Path(commands.__file__).parent / "law_allocate.schema.json").read_text(encoding="utf-8"))
ONE = [{"id": "A", "parts": PARTS}]
TWO = [{"id": "A", "principal": "50"}, {"id": "B", "principal": "50"}]
BY_LAW = ["A costs 5.00", "A interest 10.00", "A penalty 3.00", "A principal 2.00"]
PENALTY_EARLY = ["A costs 5.00", "A penalty 3.00", "A interest 10.00", "A principal 2.00"]


def test_an_example_can_be_printed_and_run_as_it_is():
    printed = run("", "--example")
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == json.loads((CASES / "two_loans.json").read_text(encoding="utf-8"))
    assert answer(printed.stdout)["applied"] == "1000.00"


def test_the_schema_can_be_printed_and_says_what_is_read():
    assert json.loads(run("", "--schema").stdout) == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for case in sorted(CASES.glob("*.json")):
        given = json.loads(case.read_text(encoding="utf-8"))
        if "fees" not in str(given):  # the schema has the plain names only
            jsonschema.validate(given, SCHEMA)
    whole = {
        "payment": {"amount": "30", "currency": "CNY", "date": "2026-11-23", "directed_to": ["B"], "note": "x"},
        "jurisdiction": "china",
        "order": {"kinds": ["costs", "interest"], "by": "due_first", "between": "law", "future": "unapplied"},
        "debts": [
            {
                "id": "A", "due_date": "2026-10-01", "currency": "CNY", "security": True, "rate": "0.18",
                "disputed": False, "overdue_days": 53, "product": "CARD", "note": "x",
                "order": {"policy": "principal_first", "by": "kind_first", "future": "not_due_last"},
                "parts": [{"id": "p", "kind": "interest", "amount": 1, "due_date": None, "note": "x"},
                          {"kind": "principal", "amount": "2.50", "is_due": True}], "amount": "3.50",
            },
            {"id": "B", "instalments": [{"id": 1, "due_date": "2026-10-01", "interest": "1", "total": "1"}]},
        ],
    }  # fmt: skip
    jsonschema.validate(whole, SCHEMA)
    found = answer(whole)
    assert "NOT_READ" not in {one["code"] for one in found["reasons"]}
    assert went(found) == ["B 1:interest 1.00", "A principal 2.50", "A p 1.00"]


def test_without_a_file_the_example_is_named():
    found = CliRunner().invoke(app, ["allocate"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert (found.exit_code, "--example" in found.output) == (2, True)
    assert "--example" in run("", "--help").output


@pytest.mark.parametrize("order", list(permutations(PARTS)), ids="-".join)
@pytest.mark.parametrize("by", ["kind_first", "due_first"])
def test_every_permutation_is_an_order(order, by):
    """Each kind is filled before the next: what is paid is read off the order itself."""
    for count in range(5):
        filled = sum(Decimal(PARTS[kind]) for kind in order[:count])
        amounts = [(kind, Decimal(PARTS[kind])) for kind in order[:count]]
        if count < 4:
            amounts.append((order[count], Decimal("0.01")))
            filled += Decimal("0.01")
        found = answer({"payment": str(filled), "order": {"kinds": list(order), "by": by}, "debts": ONE})
        assert [(line["part"], Decimal(line["paid"])) for line in found["lines"]] == amounts
        assert found["unapplied"] == "0.00"


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        ("民法典561", BY_LAW),
        ("CC 560/561", BY_LAW),
        ("Civil Code art. 561", BY_LAW),
        ("民法典第五百六十一条", BY_LAW),
        ("due first", BY_LAW),
        ("all of one kind first", BY_LAW),
        ("先到期先还", BY_LAW),
        ("费用→罚息→利息→本金", PENALTY_EARLY),
        ({"permutation": ["costs", "penalty", "interest", "principal"], "mode": "allOfOneKindFirst"}, PENALTY_EARLY),
        ({"priority": ["costs", "penalty", "interest", "principal"], "type": "due_first"}, PENALTY_EARLY),
        ({"kinds": ["costs", "penalty", "interest", "principal"], "due_first": True}, PENALTY_EARLY),
        (["due_first", "costs", "penalty", "interest", "principal"], PENALTY_EARLY),
        ({"type": "principal_first"}, ["A principal 20.00"]),
    ],
)
def test_an_order_in_other_words(order, paid):
    assert went(answer(DATED | {"order": order, "debts": ONE})) == paid


@pytest.mark.parametrize(
    "order",
    ["due first", {"by": "dueFirst"}, {"type": "due_first"}, {"due_first": True}, ["due_first", "interest"], "逐期"],
)
def test_due_first_in_other_words(order):
    parts = [{"dueDate": f"2026-{month}-01", "interest": "1", "principal": "10"} for month in ("09", "10")]
    found = answer(DATED | {"order": order, "debts": [{"id": "A", "parts": parts}]})
    assert [line["paid"] for line in found["lines"]] == ["1.00", "10.00", "1.00", "8.00"]
    assert found["order"]["sequence"] == "DUE_FIRST"


def test_a_file_in_chinese():
    found = answer(
        {
            "付款": {"金额": "20.00", "币种": "CNY", "日期": "2026-11-23", "指定": "乙"},
            "顺序": "费用、利息、罚息、本金",
            "债务": [
                {"编号": "甲", "到期日": "2026-10-01", "利率": "18%", "担保": "无", "本金": "50"},
                {"编号": "乙", "明细": [{"科目": "期内利息", "金额": "3", "到期日": "2026-10-02"},
                                        {"科目": "律师费", "金额": "4"}, {"科目": "滞纳金", "金额": "5"}]},
            ],
        }
    )  # fmt: skip
    assert went(found) == ["乙 interest@2026-10-02 3.00", "乙 costs 4.00", "乙 penalty 5.00", "甲 principal 8.00"]


@pytest.mark.parametrize(
    "given",
    [
        {"payment": {"amount": "20", "designated": "B"}, "debts": TWO},
        {"payment": {"amount": "20", "designation": ["B"]}, "debts": TWO},
        {"payment": {"amount": "20", "directedTo": "B"}, "debts": TWO},
        {"payment": "20", "designated_debt": "B", "debts": TWO},
        {"payment": "20", "chosen": ["B"], "debts": TWO},
        {"payment": "20", "debts": [TWO[0], TWO[1] | {"chosen": True}]},
        {"payment": "20", "debts": [TWO[0], TWO[1] | {"designated": True}]},
    ],
)
def test_the_debtors_choice_may_be_said_in_many_places(given):
    found = answer(given)
    assert (went(found), found["payment"]["directed_to"]) == (["B principal 20.00"], ["B"])


@pytest.mark.parametrize(
    ("more", "first"),
    [
        (({"secured": "yes"}, {}), "B"),
        (({"guaranteed": True}, {"unsecured": True}), "B"),
        (({"security": "有"}, {"security": "无"}), "B"),
        (({"security": "10"}, {"security": "10.01"}), "A"),
        (({"burden": 1}, {"burden": 2}), "B"),
        (({"rate": 18}, {"rate": 24}), "B"),
        (({"rate": "18%"}, {"rate": 0.2}), "B"),
    ],
)
def test_security_and_burden_in_other_words(more, first):
    found = answer({"payment": "20", "debts": [one | its for one, its in zip(TWO, more, strict=True)]})
    assert went(found) == [f"{first} principal 20.00"]


@pytest.mark.parametrize(
    ("parts", "paid"),
    [
        ({"principal": {"amount": "50", "due_date": "2026-12-01"}, "interest": {"amount": "5"}}, ["interest 5.00"]),
        (
            {"interest": [{"amount": "3", "due_date": "2026-10-01"}, {"amount": "4", "due_date": "2026-09-01"}]},
            ["interest@2026-09-01 4.00", "interest@2026-10-01 3.00"],
        ),
        ({"interest": ["3", 4]}, ["interest 3.00", "interest#2 4.00"]),
        (
            [{"kind": "interest", "amount": "5", "due": False}, {"kind": "principal", "amount": "9", "due": True}],
            ["principal 9.00"],
        ),
        ([{"kind": "interest", "amount": "5", "is_due": False}, {"kind": "costs", "amount": "9"}], ["costs 9.00"]),
    ],
)
def test_parts_in_other_forms(parts, paid):
    debts = [{"id": "A", "due_date": "2026-11-23", "parts": parts}]
    found = answer(DATED | {"order": {"future": "unapplied"}, "debts": debts})
    # A day the part takes from its debt is no part of its name.
    assert [one.partition(" ")[2] for one in went(found)] == paid


def test_a_debt_may_have_an_order_of_its_own():
    """民法典 561: unless the parties agreed otherwise, and each contract may have its own agreement."""
    debts = [
        {"id": "A", "due_date": "2026-10-01", "order": ["principal", "interest"], "interest": "4", "principal": "6"},
        {"id": "B", "due_date": "2026-10-02", "interest": "4", "principal": "6"},
        {"id": "C", "due_date": "2026-10-03", "order": "principal_first", "interest": "4", "principal": "6"},
    ]
    found = answer({"payment": {"amount": "27", "date": "2026-11-23"}, "debts": debts})
    assert went(found) == [
        *("A principal 6.00", "A interest 4.00", "B interest 4.00"),
        *("B principal 6.00", "C principal 6.00", "C interest 1.00"),
    ]
    assert [line["reason"] for line in found["lines"]] == [
        *("PART_AGREED", "PART_AGREED", "PART_BY_LAW", "PART_BY_LAW", "PART_BY_POLICY", "PART_BY_POLICY"),
    ]
    told = {one["code"]: one for one in found["reasons"]}
    assert told["DEBT_KINDS_AGREED"]["fields"] == {"debt": "A", "kinds": "PRINCIPAL, INTEREST, COSTS, PENALTY"}
    assert told["DEBT_KINDS_AGREED"]["article"]["article"] == "561"
    assert told["ORDER_COMPLETED"]["fields"] == {"kinds": "COSTS, PENALTY"}
    by_day = [{"dueDate": f"2026-{month}-01", "interest": "1", "principal": "9"} for month in ("09", "10")]
    own = {"id": "A", "order": {"by": "due_first"}, "parts": by_day}
    assert [line["paid"] for line in answer(DATED | {"debts": [own]})["lines"]] == ["1.00", "9.00", "1.00", "9.00"]
    assert problems(DATED | {"debts": [{"id": "A", "principal": "1", "order": {"between": "law"}}]}) == [
        "debts[0].order.between"
    ]


@pytest.mark.parametrize(
    ("order", "paid", "code"),
    [
        # The debtor's choice goes before the law's steps and before the lender's own order ...
        ({}, ["C principal 20.00", "B principal 10.00"], "DEBT_CHOSEN"),
        ({"between": "oldest_due"}, ["C principal 20.00", "A principal 10.00"], "DEBT_CHOSEN"),
        # ... not before what was agreed with the lender.
        (
            {"between": "oldest_due", "between_agreed": True},
            *(["A principal 20.00", "B principal 10.00"], "DEBT_EARLIEST_DUE"),
        ),
        ({"between": ["B"]}, ["B principal 20.00", "C principal 10.00"], "DEBT_AGREED"),
        ({"between": ["B", "A"]}, ["B principal 20.00", "A principal 10.00"], "DEBT_AGREED"),
        ({"between_agreed": True}, ["B principal 20.00", "A principal 10.00"], "DEBT_LEAST_SECURED"),
    ],
)  # fmt: skip
def test_an_agreement_goes_before_the_debtors_choice(order, paid, code):
    """民法典 560: 除当事人另有约定外，由债务人在清偿时指定其履行的债务."""
    debts = [
        {"id": name, "due_date": f"2026-10-0{day}", "security": security, "principal": "20"}
        for name, day, security in (("A", 1, "9"), ("B", 2, False), ("C", 3, "99"))
    ]
    payment = {"amount": "30", "date": "2026-11-23", "directed_to": "C"}
    found = answer({"payment": payment, "order": order, "debts": debts})
    assert went(found) == paid
    first = found["lines"][0]["why"][0]
    assert first["code"] == code
    if code in {"DEBT_CHOSEN", "DEBT_AGREED"}:
        assert first["article"]["article"].startswith("560(1)")
    told = {one["code"] for one in found["reasons"]}
    assert ("CHOICE_GIVES_WAY" in told) == order.get("between_agreed", False)


@pytest.mark.parametrize(
    ("order", "places"),
    [
        ({"between": ["Z"]}, ["order.between[0]"]),
        ({"between": ["A", "A"]}, ["order.between[1]"]),
        ({"between_agreed": "yes"}, ["order.between_agreed"]),
    ],
)
def test_an_agreement_that_cannot_be_read_is_refused(order, places):
    assert problems(DATED | {"order": order, "debts": ONE}) == places


@pytest.mark.parametrize("place", ["CN", "中国", "prc", "China"])
def test_a_place_by_its_other_names(place):
    assert answer(DATED | {"jurisdiction": place, "debts": ONE})["jurisdiction"] == "china"
    assert answer(DATED | {"debts": ONE}, "--jurisdiction", place)["jurisdiction"] == "china"


def test_an_unknown_place_on_the_command_line_is_refused():
    found = run(DATED | {"debts": ONE}, "--json", "--jurisdiction", "atlantis")
    assert (found.exit_code, json.loads(found.stdout)["problems"][0]["place"]) == (65, "jurisdiction")


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({"payment": "20", "curency": "JPY", "debts": ONE}, ["curency"]),
        ({"payments": "20", "debts": ONE}, ["payment", "payments"]),
        ({"payment": {"amount": "20", "curency": "JPY"}, "debts": ONE}, ["payment.curency"]),
        ({"payment": "20", "amount": "20", "debts": ONE}, ["amount"]),
        ({"payment": "20", "debts": [{"id": "A", "due_dat": "2026-01-01", "principal": "1"}]}, ["debts[0].due_dat"]),
        (
            {"payment": "20", "debts": [{"id": "A", "parts": [{"kind": "interest", "amount": "1", "duedate": "x"}]}]},
            ["debts[0].parts[0].duedate"],
        ),
        (
            {"payment": "20", "debts": [{"id": "A", "parts": [{"kind": "costs", "amount": "10", "outstanding": "4"}]}]},
            ["debts[0].parts[0].outstanding"],
        ),
        ({"payment": "20", "debts": [{"id": "A", "amount": "10", "balance": "4"}]}, ["debts[0].balance"]),
        ({"payment": {"amount": "1", "value": "2"}, "debts": ONE}, ["payment.value"]),
        ({"payment": "20", "debts": [TWO[0] | {"rate": 18}, TWO[1] | {"rate": "0.19"}]}, ["debts[0].rate"]),
        ({"payment": "20", "debts": [TWO[0] | {"secured": "9", "unsecured": True}]}, ["debts[0].secured"]),
        ({"payment": {"amount": "1", "for": "A"}, "debts": [TWO[0], TWO[1] | {"chosen": True}]}, ["payment.for"]),
        (
            {"payment": "1", "debts": [{"id": "A", "parts": [
                {"kind": "costs", "amount": "1", "due_date": "2026-01-01", "is_due": False}]}]},
            ["debts[0].parts[0].is_due"],
        ),
        ({"payment": "20", "order": {"type": "heart"}, "debts": ONE}, ["order.type"]),
        ('{"payment": 1, "order": {"by": "due_first", "by": "kind_first"}, "debts": [{"interest": 1}]}', ["order.by"]),
    ],
)  # fmt: skip
def test_a_slip_or_a_contradiction_is_refused(given, places):
    assert problems(given) == places


def test_a_slip_is_answered_with_the_name_that_was_meant_and_the_names_there_are():
    told = json.loads(run({"payment": {"amount": "1", "curency": "x"}, "debts": ONE}, "--json").stdout)["problems"]
    assert told[0]["problem"] == "is not known: did you mean currency? Use amount, currency, date or directed_to."


def test_the_same_amount_under_two_names_is_no_contradiction():
    parts = [{"kind": "costs", "amount": "10", "outstanding": 10.00}]
    assert went(answer({"payment": "20", "debts": [{"id": "A", "total": "10.0", "parts": parts}]})) == ["A costs 10.00"]


def test_what_is_not_known_is_told_wherever_it_stands_and_remarks_are_not():
    given = {
        "payment": {"amount": "20", "channel": "cash", "id": "P-1"},
        "case": "x", "expected": {"A": "20"}, "colour": "red", "_": "x",
        "debts": [{"id": "A", "borrower": "x", "parts": [{"kind": "principal", "amount": "30", "ledger": "7"}]}],
    }  # fmt: skip
    told = {one["code"]: one["fields"] for one in answer(given)["reasons"]}
    assert told["NOT_READ"] == {"places": "payment.channel, colour, debts[0].parts[0].ledger"}


def test_a_binary_sum_is_told_from_a_long_number():
    told = json.loads(run('{"payment": 0.30000000000000004, "debts": [{"costs": 1}]}', "--json").stdout)["problems"]
    assert told == [
        {
            "place": "payment",
            "problem": 'looks like a binary sum with digits nobody meant: write it as text, such as "0.30".',
        }
    ]


@pytest.mark.parametrize(("due", "first"), [("2024-02-29", "interest"), ("2024-02-28", "principal")])
def test_principal_first_from_day_91_counts_over_a_leap_day(due, first):
    """Paid on 2024-05-29: 90 days after the 29th of February, 91 after the 28th."""
    parts = {"interest": "10", "principal": "100"}
    given = {"payment": {"amount": "5", "date": "2024-05-29"}, "order": "principal_first_from_91"}
    assert went(answer(given | {"debts": [{"id": "A", "due_date": due, "parts": parts}]})) == [f"A {first} 5.00"]
