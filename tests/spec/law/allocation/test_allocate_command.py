"""`qingshou law allocate` from the outside: the forms a file may take, what is refused and where, what is answered."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qingshou.interfaces.commands.law import app

CASES = Path(__file__).parent / "cases"
PARTS = {"costs": "5", "penalty": "3", "interest": "10", "principal": "100"}
DATED = {"payment": {"amount": "20", "date": "2026-11-23"}}


def run(given, *options, path=None):
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    arguments = ["allocate", str(path or "-"), *options]
    return CliRunner().invoke(app, arguments, input=text, env={"COLUMNS": "200", "NO_COLOR": "1"})


def answer(given, *options):
    result = run(given, "--json", *options)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def went(found):
    return [f"{line['debt']} {line['part']} {line['paid']}" for line in found["lines"]]


def problems(given):
    result = run(given, "--json")
    assert result.exit_code == 65, result.output
    found = json.loads(result.stdout)
    assert found["type"] == "BAD_INPUT"
    spoken = run(given)
    assert (spoken.exit_code, spoken.stdout) == (65, "")
    for one in found["problems"]:
        assert one["place"] in found["title"]
        assert one["problem"].endswith((".", ")."))
    return [one["place"] for one in found["problems"]]


def test_by_law_between_two_loans():
    found = answer((CASES / "two_loans.json").read_text(encoding="utf-8"))
    assert found["payment"] == {"amount": "1000.00", "currency": "CNY", "date": "2026-11-23", "directed_to": []}
    assert found["order"]["kinds"] == ["COSTS", "INTEREST", "PENALTY", "PRINCIPAL"]
    assert (found["order"]["sequence"], found["order"]["between"]) == ("KIND_FIRST", "LAW")
    assert went(found) == [
        "card costs 50.00",
        "card interest 120.00",
        "card penalty 30.00",
        "card principal 600.00",
        "house 2026-10-01:interest 200.00",
    ]
    first = found["lines"][0]
    assert first["kind"] == "COSTS"
    assert (first["before"], first["after"], first["due_date"]) == ("50.00", "0.00", "2026-10-05")
    assert first["reason"] == "PART_BY_LAW"
    assert first["article"] == {"instrument": "china.payment_order", "article": "561(1)", "confidence": "read"}
    assert [one["code"] for one in first["why"]] == ["DEBT_LEAST_SECURED", "PART_BY_LAW"]
    assert [line["confidence"] for line in found["lines"]] == ["read", "read", "unverified", "read", "read"]
    card, house = found["debts"]
    assert (card["paid_total"], card["open_total"]) == ("800.00", "0.00")
    assert house["paid"] == {"COSTS": "0.00", "PENALTY": "0.00", "INTEREST": "200.00", "PRINCIPAL": "0.00"}
    assert house["open"] == {"COSTS": "0.00", "PENALTY": "0.00", "INTEREST": "198.00", "PRINCIPAL": "602.00"}
    assert found["by_kind"]["INTEREST"] == "320.00"
    assert (found["applied"], found["unapplied"]) == ("1000.00", "0.00")


def test_as_agreed_instalment_by_instalment():
    found = answer((CASES / "agreed_by_instalment.json").read_text(encoding="utf-8"))
    assert found["order"]["kinds"] == ["COSTS", "PENALTY", "INTEREST", "PRINCIPAL"]
    assert [line["paid"] for line in found["lines"]] == ["10.00", "90.00", "5.00", "9.50", "91.00"]
    assert (found["applied"], found["unapplied"]) == ("205.50", "45.00")
    assert found["reasons"][-1]["code"] == "REST_NOT_DUE"


def test_the_files_of_the_manual_are_those_of_the_tests():
    page = (Path(__file__).resolve().parents[4] / "docs/reference/allocate.md").read_text(encoding="utf-8")
    for case in sorted(CASES.glob("*.json")):
        assert case.read_text(encoding="utf-8").strip() in page


def test_a_table_for_people():
    shown = run((CASES / "two_loans.json").read_text(encoding="utf-8")).stdout
    assert "CNY 1000.00 applied, 0.00 unapplied" in shown
    assert "no or less security than house" in shown
    assert "UNVERIFIED" in shown


def test_a_file_on_the_disk(tmp_path):
    path = tmp_path / "payment.json"
    path.write_text(json.dumps(DATED | {"debts": [{"id": "A", "parts": PARTS}]}), encoding="utf-8-sig")
    assert run("", "--json", path=path).exit_code == 0
    assert run("", "--json", path=tmp_path / "none.json").exit_code == 66


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        (None, ["costs 5.00", "interest 10.00", "penalty 3.00", "principal 2.00"]),
        ("561", ["costs 5.00", "interest 10.00", "penalty 3.00", "principal 2.00"]),
        (561, ["costs 5.00", "interest 10.00", "penalty 3.00", "principal 2.00"]),
        ("law", ["costs 5.00", "interest 10.00", "penalty 3.00", "principal 2.00"]),
        (
            ["costs", "penalty", "interest", "principal"],
            ["costs 5.00", "penalty 3.00", "interest 10.00", "principal 2.00"],
        ),
        (
            ["Fees", "LATE_FEE", "Interest", "Capital"],
            ["costs 5.00", "penalty 3.00", "interest 10.00", "principal 2.00"],
        ),
        (["费用", "罚息", "利息", "本金"], ["costs 5.00", "penalty 3.00", "interest 10.00", "principal 2.00"]),
        (["principal", "interest", "penalty", "costs"], ["principal 20.00"]),
        ("interest, costs, principal, penalties", ["interest 10.00", "costs 5.00", "principal 5.00"]),
        (
            "penalty > charges > interest > principal",
            ["penalty 3.00", "costs 5.00", "interest 10.00", "principal 2.00"],
        ),
        ("interest penalty costs principal", ["interest 10.00", "penalty 3.00", "costs 5.00", "principal 2.00"]),
        ("interest", ["interest 10.00", "costs 5.00", "penalty 3.00", "principal 2.00"]),
        ("late fee", ["penalty 3.00", "costs 5.00", "interest 10.00", "principal 2.00"]),
        ("principal_first", ["principal 20.00"]),
        ("先本后息", ["costs 5.00", "interest 10.00", "penalty 3.00", "principal 2.00"]),
        ({"kinds": ["interest", "costs"]}, ["interest 10.00", "costs 5.00", "penalty 3.00", "principal 2.00"]),
        ({"order": "interest,costs"}, ["interest 10.00", "costs 5.00", "penalty 3.00", "principal 2.00"]),
        ({"sequence": ["interest", "costs"]}, ["interest 10.00", "costs 5.00", "penalty 3.00", "principal 2.00"]),
        ("due_first", ["costs 5.00", "interest 10.00", "penalty 3.00", "principal 2.00"]),
        ({"by": "vertical"}, ["costs 5.00", "interest 10.00", "penalty 3.00", "principal 2.00"]),
        ({"policy": "principal_first"}, ["principal 20.00"]),
    ],
)
def test_an_order_may_be_written_in_many_ways(order, paid):
    given = DATED | {"debts": [{"id": "A", "parts": PARTS}]} | ({} if order is None else {"order": order})
    assert went(answer(given)) == [f"A {one}" for one in paid]


def test_due_first_may_be_written_in_many_ways():
    parts = [{"due_date": f"2026-{month}-01", "interest": "1", "principal": "10"} for month in ("09", "10")]
    given = DATED | {"debts": [{"id": "A", "parts": parts}]}
    kinds = ["interest", "principal"]
    ways = [
        "due_first",
        {"by": "due_first"},
        {"kinds": kinds, "sequence": "vertical"},
        {"order": kinds, "strategy": "DUE FIRST"},
    ]
    for order in ways:
        found = answer(given | {"order": order})
        assert found["order"]["sequence"] == "DUE_FIRST"
        assert [line["paid"] for line in found["lines"]] == ["1.00", "10.00", "1.00", "8.00"]
    assert answer(given | {"order": kinds, "mode": "vertical"})["order"]["sequence"] == "DUE_FIRST"
    assert [line["paid"] for line in answer(given | {"order": kinds})["lines"]] == ["1.00", "1.00", "10.00", "8.00"]


def test_a_kind_left_out_of_the_order_comes_last_and_is_told():
    found = answer(DATED | {"order": ["interest", "principal"], "debts": [{"id": "A", "parts": PARTS}]})
    assert found["order"]["kinds"] == ["INTEREST", "PRINCIPAL", "COSTS", "PENALTY"]
    told = {one["code"]: one for one in found["reasons"]}
    assert told["ORDER_COMPLETED"]["fields"] == {"kinds": "COSTS, PENALTY"}


@pytest.mark.parametrize(
    ("debts", "paid"),
    [
        (
            [
                {
                    "id": "A",
                    "parts": [{"kind": "interest", "amount": 10.10}, {"type": "Principal", "amount": "1,000.00"}],
                }
            ],
            ["A interest 10.10", "A principal 9.90"],
        ),
        ([{"id": "A", "parts": [{"id": "x", "kind": "interest", "amount": "10"}]}], ["A x 10.00"]),
        ([{"id": "A", "interest": "10", "principal": "100"}], ["A interest 10.00", "A principal 10.00"]),
        ([{"id": 7, "amount": "15"}], ["7 unsplit 15.00"]),
        ([{"id": "A", "balance": 15}], ["A unsplit 15.00"]),
        ([{"parts": {"interest": "10", "total": "10"}}], ["debt-1 interest 10.00"]),
        ({"id": "A", "parts": {"interest": "10"}}, ["A interest 10.00"]),
        ({"A": {"interest": "10"}, "B": {"parts": {"interest": "30"}}}, ["A interest 5.00", "B interest 15.00"]),
        (
            [
                {
                    "id": "A",
                    "installments": [
                        {"due_date": "2026-10-01", "interest": "1", "principal": "2"},
                        {"no": 2, "due": "2026-11-01", "parts": [{"kind": "interest", "amount": "3"}]},
                    ],
                }
            ],
            ["A 2026-10-01:interest 1.00", "A 2:interest 3.00", "A 2026-10-01:principal 2.00"],
        ),
        (
            [
                {
                    "id": "A",
                    "parts": [
                        {"kind": "interest", "amount": "3", "due_date": "2026-10-01"},
                        {"kind": "interest", "amount": "4", "due_date": "2026-10-01"},
                    ],
                }
            ],
            ["A interest@2026-10-01 3.00", "A interest@2026-10-01#2 4.00"],
        ),
        (
            [{"id": "A", "parts": [{"due_date": "2026-10-01", "interest": "3", "principal": "4"}]}],
            ["A interest@2026-10-01 3.00", "A principal@2026-10-01 4.00"],
        ),
    ],
)
def test_debts_may_be_written_in_many_ways(debts, paid):
    assert went(answer(DATED | {"debts": debts})) == paid


def test_amounts_are_read_exactly_and_answered_at_the_currencys_decimals():
    text = '{"payment": 0.30, "currency": "kwd", "debts": [{"id": "A", "interest": 0.1, "principal": 0.2}]}'
    found = answer(text)
    assert (found["applied"], found["unapplied"], found["payment"]["currency"]) == ("0.300", "0.000", "KWD")
    text = '{"payment": 123456789012345.67, "debts": [{"id": "A", "principal": 123456789012345.66}]}'
    assert answer(text)["unapplied"] == "0.01"
    found = answer({"payment": {"amount": "300", "currency": "JPY"}, "debts": [{"id": "A", "principal": 100}]})
    assert (found["applied"], found["unapplied"]) == ("100", "200")


def test_what_is_too_much_stays_unapplied():
    found = answer({"payment": "500", "debts": [{"id": "A", "parts": PARTS}]})
    assert (found["applied"], found["unapplied"], found["reasons"][-1]["code"]) == ("118.00", "382.00", "OVERPAID")


def test_without_a_date_everything_dated_is_due():
    debts = [{"id": "A", "parts": [{"kind": "principal", "amount": "9", "due_date": "2030-01-01"}]}]
    found = answer({"payment": "9", "order": {"future": "unapplied"}, "debts": debts})
    assert (found["applied"], found["payment"]["date"]) == ("9.00", None)
    assert "NO_DATE_ALL_DUE" in {one["code"] for one in found["reasons"]}
    later = answer({"payment": "9", "order": {"future": "unapplied"}, "debts": debts}, "--on", "2029-12-31")
    assert (later["applied"], later["unapplied"]) == ("0.00", "9.00")


def test_a_part_takes_the_date_of_its_debt_and_one_without_any_counts_as_due():
    parts = [{"kind": "principal", "amount": "9"}, {"kind": "interest", "amount": "1", "due_date": None}]
    found = answer(DATED | {"debts": [{"id": "A", "due_date": "2026-11-01", "parts": parts[:1]}]})
    assert found["lines"][0]["due_date"] == "2026-11-01"
    found = answer(DATED | {"order": {"future": "unapplied"}, "debts": [{"id": "A", "parts": parts[:1]}]})
    assert found["lines"][0]["due_date"] is None
    assert "UNDATED_IS_DUE" in {one["code"] for one in found["reasons"]}
    found = answer(
        DATED | {"order": {"future": "unapplied"}, "debts": [{"id": "A", "due_date": "2026-11-23", "parts": parts}]}
    )
    assert went(found) == ["A principal 9.00"]
    found = answer(DATED | {"order": {"future": "unapplied"}, "debts": [{"id": "A", "due": False, "parts": parts[:1]}]})
    assert found["unapplied"] == "20.00"


@pytest.mark.parametrize("key", ["debt", "for", "directed_to"])
@pytest.mark.parametrize("value", ["B", ["B"]])
def test_the_debtors_choice_comes_first(key, value):
    debts = [
        {"id": "A", "due_date": "2026-10-01", "principal": "15"},
        {"id": "B", "due_date": "2026-10-02", "principal": "15"},
    ]
    found = answer({"payment": {"amount": "20", "date": "2026-11-23", key: value}, "debts": debts})
    assert went(found) == ["B principal 15.00", "A principal 5.00"]
    assert found["lines"][0]["why"][0]["code"] == "DEBT_CHOSEN"
    only = answer({"payment": {"amount": "20", "date": "2026-11-23", key: value}, "between": "chosen", "debts": debts})
    assert (went(only), only["unapplied"]) == (["B principal 15.00"], "5.00")


def test_a_disputed_debt_in_the_united_states_gets_nothing():
    debts = [{"id": "A", "principal": "15", "disputed": True}, {"id": "B", "principal": "15"}]
    payment = {"payment": {"amount": "20", "date": "2026-11-23", "for": "A"}, "debts": debts}
    found = answer(payment | {"jurisdiction": "us"})
    assert (went(found), found["unapplied"], found["payment"]["currency"]) == (["B principal 15.00"], "5.00", "USD")
    assert [one["is_barred"] for one in found["debts"]] == [True, False]
    assert "1006.30(c)(1)" in {one["article"]["article"] for one in found["reasons"] if one["article"]}
    found = answer(payment)
    assert went(found)[0] == "A principal 15.00"
    assert "DISPUTE_DOES_NOT_BAR" in {one["code"] for one in found["reasons"]}


def test_principal_first_from_day_91_is_judged_debt_by_debt():
    def debt(name, **more):
        return {"id": name, "parts": {"interest": "10", "principal": "100"}, **more}

    debts = [debt("A", overdue_days=90), debt("B", overdue_days=91), debt("C", overdue_days="92")]
    found = answer(DATED | {"order": {"policy": "principal_first_from_91", "between": "pro_rata"}, "debts": debts})
    assert went(found) == ["A interest 6.67", "B principal 6.67", "C principal 6.66"]
    assert found["order"]["kinds_by_debt"].keys() == {"B", "C"}
    dated = [debt("A", due_date="2026-08-25"), debt("B", due_date="2026-08-24")]
    found = answer(DATED | {"order": "principal_first_from_91", "between": "pro_rata", "debts": dated})
    assert went(found) == ["A interest 10.00", "B principal 10.00"]


def test_places_without_a_law_of_allocation_need_an_order():
    given = DATED | {"jurisdiction": "uk", "debts": [{"id": "A", "principal": "15"}]}
    assert run(given, "--json").exit_code == 69
    found = answer(given | {"order": "costs,interest,principal"})
    assert (found["order"]["between"], found["lines"][0]["article"]) == ("OLDEST_DUE", None)
    assert run(given | {"order": "costs", "between": "law"}, "--json").exit_code == 69
    before = {"payment": {"amount": "1", "date": "2009-05-12"}, "debts": [{"id": "A", "principal": "15"}]}
    assert run(before, "--json").exit_code == 69


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({}, ["payment", "debts"]),
        ({"payment": "1", "debts": []}, ["debts"]),
        ({"payment": "1", "debts": "A"}, ["debts"]),
        ({"payment": "1", "debts": [{"id": "A"}]}, ["debts[0].parts"]),
        ({"payment": "1", "debts": ["A"]}, ["debts[0]"]),
        ({"payment": {}, "debts": [{"id": "A", "principal": "1"}]}, ["payment.amount"]),
        ({"payment": True, "debts": [{"id": "A", "principal": "1"}]}, ["payment"]),
        ({"payment": "-1", "debts": [{"id": "A", "principal": "1"}]}, ["payment"]),
        ({"payment": "1.005", "debts": [{"id": "A", "principal": "1"}]}, ["payment"]),
        ({"payment": "1", "currency": "yuan", "debts": [{"id": "A", "principal": "1"}]}, ["currency"]),
        ({"payment": {"amount": "1", "date": "soon"}, "debts": [{"id": "A", "principal": "1"}]}, ["payment.date"]),
        ({"payment": {"amount": "1", "debt": "B"}, "debts": [{"id": "A", "principal": "1"}]}, ["payment.debt"]),
        ({"payment": "1", "jurisdiction": "atlantis", "debts": [{"id": "A", "principal": "1"}]}, ["jurisdiction"]),
        (
            {"payment": "1", "order": ["costs", "tea", "costs"], "debts": [{"id": "A", "principal": "1"}]},
            ["order[1]", "order[2]"],
        ),
        (
            {
                "payment": "1",
                "order": {"kinds": ["costs"], "way": "vertical"},
                "debts": [{"id": "A", "principal": "1"}],
            },
            ["order.way"],
        ),
        ({"payment": "1", "order": [], "debts": [{"id": "A", "principal": "1"}]}, ["order"]),
        (
            {
                "payment": "1",
                "order": {"by": "heart", "between": "x", "future": "y"},
                "debts": [{"id": "A", "principal": "1"}],
            },
            ["order.by", "order.between", "order.future"],
        ),
        ({"payment": "1", "debts": [{"id": "A", "principal": "1"}, {"id": "A", "principal": "1"}]}, ["debts[1].id"]),
        (
            {
                "payment": "1",
                "debts": [
                    {"id": "A", "currency": "CNY", "principal": "1"},
                    {"id": "B", "currency": "USD", "principal": "1"},
                ],
            },
            ["debts[1].currency"],
        ),
        (
            {"payment": "1", "debts": [{"id": "A", "parts": [{"kind": "tea", "amount": "x"}, {"kind": "interest"}]}]},
            ["debts[0].parts[0].kind", "debts[0].parts[0].amount", "debts[0].parts[1].amount"],
        ),
        ({"payment": "1", "debts": [{"id": "A", "parts": {"interest": "1", "tax": "2"}}]}, ["debts[0].parts.tax"]),
        (
            {"payment": "1", "debts": [{"id": "A", "parts": {"interest": "1", "principal": "2", "total": "4"}}]},
            ["debts[0].parts.total"],
        ),
        (
            {"payment": "1", "debts": [{"id": "A", "instalments": [{"due_date": "2026-13-01", "interest": "1e3"}, 5]}]},
            ["debts[0].instalments[0].due_date", "debts[0].instalments[0].interest", "debts[0].instalments[1]"],
        ),
        (
            {
                "payment": "1",
                "debts": [
                    {
                        "id": "A",
                        "secured": "house",
                        "rate": "high",
                        "disputed": "no",
                        "overdue_days": "1.5",
                        "principal": "1",
                    }
                ],
            },
            ["debts[0].overdue_days", "debts[0].secured", "debts[0].rate", "debts[0].disputed"],
        ),
        ('{"payment": 1, "debts": [{"id": "A", "interest": 1, "interest": 2}]}', ["debts[0].interest"]),
        ('{"payment": 1, "payment": 2, "debts": [{"id": "A", "interest": 1}]}', ["payment"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once_with_its_place(given, places):
    assert problems(given) == places


@pytest.mark.parametrize("text", ["", "[]", "5", '"x"', "{", '{"payment": NaN}', "[" * 100_000])
def test_what_is_no_question_is_refused(text):
    result = run(text, "--json")
    assert result.exit_code == 65
    assert json.loads(result.stdout)["type"] == "BAD_INPUT"


def test_names_that_nothing_is_known_of_are_told():
    debts = [{"id": "A", "colour": "red", "principal": "9"}, {"id": "B", "principal": "7", "parts": {"interest": "1"}}]
    found = answer(DATED | {"debts": debts})
    told = {one["code"]: one["fields"] for one in found["reasons"]}
    assert told["NOT_READ"] == {"places": "debts[0].colour, debts[1].principal"}
    assert found["applied"] == "10.00"


def test_the_answer_adds_up():
    found = answer((CASES / "two_loans.json").read_text(encoding="utf-8"))
    paid = sum(Decimal(line["paid"]) for line in found["lines"])
    assert paid == Decimal(found["applied"]) == sum(Decimal(one) for one in found["by_kind"].values())
    assert paid == sum(Decimal(debt["paid_total"]) for debt in found["debts"])
    assert paid + Decimal(found["unapplied"]) == Decimal(found["payment"]["amount"])


def test_very_many_alike_debts_are_answered_in_a_size_that_grows_with_their_number():
    def size(count):
        debts = [{"id": f"d{number:05}", "due_date": "2026-10-01", "amount": "10.00"} for number in range(count)]
        result = run({"payment": "100.00", "date": "2026-11-23", "debts": debts}, "--json")
        found = json.loads(result.stdout)
        assert (found["applied"], len(found["lines"])) == ("100.00", count)
        return len(result.stdout), found["lines"][0]["why"][0]["fields"]["debts"]

    few, named = size(20)
    assert named.endswith("d00018, d00019")
    many, shortened = size(400)
    assert shortened.endswith("d00018, d00019 (+380)")
    assert many < 21 * few


def test_an_amount_says_what_is_wrong_with_it():
    given = {"payment": "1" * 16, "debts": [{"id": "a", "parts": {"costs": "1.005", "interest": "1,5"}}]}
    told = json.loads(run(given, "--json").stdout)["problems"]
    assert [one["problem"] for one in told] == [
        "The amount has more than 15 digits before the point or more than 6 after it: check it.",
        "has more decimals than CNY has (2): round it first.",
        "The amount is not a plain decimal number: write digits with at most one point, for example 1234.50.",
    ]


@pytest.mark.parametrize("parts", [
    {"parts": {"interest": "10", "principal": "90"}},
    {"parts": [{"kind": "interest", "amount": "10"}, {"kind": "principal", "amount": "90"}]},
    {"instalments": [{"due_date": "2026-10-01", "interest": "10"}, {"due_date": "2026-11-01", "principal": "90"}]},
])  # fmt: skip
def test_a_total_beside_parts_or_instalments_is_their_sum(parts):
    assert problems(DATED | {"debts": [{"id": "a", "total": "100.01"} | parts]}) == ["debts[0].total"]
    assert answer(DATED | {"debts": [{"id": "a", "total": "100"} | parts]})["applied"] == "20.00"


def test_words_tell_amounts_at_the_currencys_decimals():
    found = answer({"payment": 500, "debts": [{"id": "a", "amount": 135}]})
    assert [one["words"] for one in found["reasons"] if one["code"] == "OVERPAID"] == [
        "365.00 is more than all that is open: it stays unapplied"
    ]


def test_a_debt_that_is_named_and_not_there_is_refused_with_what_to_do():
    result = run(DATED | {"payment": {"amount": "5", "for": "b"}, "debts": [{"id": "a", "amount": "5"}]})
    assert "payment.for: is none of the debts: name one by its id." in " ".join(result.stderr.split())
