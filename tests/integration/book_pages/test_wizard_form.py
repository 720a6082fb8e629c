"""The wizard's form and the mapping document it stands for: one and the same, there and back."""

import pytest
from django.http import QueryDict

from qingshou.features.book.intake.mapping import load_raw, shipped_names, validate_mapping
from qingshou.features.book.wizard import AS_OF, CONSTANT, KEEP, NOTHING, ROW_NUMBER, document_of, groups_of

HEADERS = ["acc no", "cust", "saldo", "due", "state"]
DOCUMENT = {
    "name": "demo",
    "shape": "snapshot",
    "source": {"delimiter": ";"},
    "defaults": {"null_tokens": ["N/A"]},
    "columns": {
        "loan_id": {"from": "acc no", "extract": "([0-9]+)"},
        "borrower_id": {"join": ["cust", "acc no"], "with": "-"},
        "borrower_kind": {"constant": "RETAIL"},
        "product": {"constant": "CARD"},
        "currency": {"constant": "CNY"},
        "balance": {"from": "saldo", "number": {"decimal": ",", "group": ".", "currency": True, "unit": "thousand"}},
        "oldest_due_date": {"from": "due", "date": {"formats": ["%d.%m.%Y"], "pivot_year": 1970}},
        "is_closed": {"from": "state", "map": {"C": True, "O": False, "": None}, "otherwise": False},
    },
}


def sent(document, headers=HEADERS, **changes):
    """Return what a browser would send for the untouched form, with some fields changed."""
    post = QueryDict(mutable=True)
    post["name"] = document["name"]
    for group in groups_of(document, headers=headers, guesses={}):
        for row in (*group.first, *group.rest):
            post[f"{row.key}.source"] = row.source
            post[f"{row.key}.constant"] = row.constant
            post[f"{row.key}.map"] = row.value_map
            post[f"{row.key}.otherwise"] = row.otherwise
            if row.takes_dates:
                post[f"{row.key}.formats"] = row.formats
            if row.takes_numbers:
                post[f"{row.key}.unit"] = row.number.get("unit", "one")
                group_mark = row.number.get("group", "").replace(" ", "s")
                if "decimal" in row.number or group_mark:
                    post[f"{row.key}.marks"] = row.number.get("decimal", ".") + group_mark
                for flag, is_set in row.flags:
                    if is_set:
                        post[f"{row.key}.{flag}"] = "on"
    for name, value in changes.items():
        post[name.replace("__", ".")] = value
    return post


def back(document, headers=HEADERS, **changes):
    return document_of(sent(document, headers, **changes), document, headers=headers, has_header=True)


def test_an_untouched_form_gives_the_document_back():
    assert back(DOCUMENT) == DOCUMENT


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_mapping_survives_the_form(name):
    raw = load_raw(name)
    given = back(raw, headers=[])
    assert validate_mapping(given) == []
    assert set(given["columns"]) == set(raw["columns"])


@pytest.mark.parametrize(
    ("source", "constant", "spec"),
    [
        ("#1", "", {"from": "cust"}),
        ("cust", "", {"from": "cust"}),
        (CONSTANT, "VEHICLE", {"constant": "VEHICLE"}),
        (ROW_NUMBER, "", {"row_number": True}),
        (AS_OF, "", {"as_of": True}),
        (NOTHING, "", None),
        (KEEP, "", {"constant": "CARD"}),
    ],
)
def test_a_target_takes_the_source_chosen(source, constant, spec):
    made = back(DOCUMENT, snapshot__product__source=source, snapshot__product__constant=constant)
    assert made["columns"].get("product") == spec


def test_a_file_without_headers_is_mapped_by_position():
    post = sent(DOCUMENT, snapshot__product__source="#4")
    made = document_of(post, DOCUMENT, headers=HEADERS, has_header=False)
    assert made["columns"]["product"] == {"position": 5}


def test_what_the_form_does_not_show_is_kept():
    made = back(DOCUMENT, snapshot__oldest_due_date__formats="%Y%m%d, %d/%m/%Y")
    assert made["columns"]["oldest_due_date"]["date"] == {"formats": ["%Y%m%d", "%d/%m/%Y"], "pivot_year": 1970}
    assert made["columns"]["loan_id"]["extract"] == "([0-9]+)"


@pytest.mark.parametrize(
    ("text", "otherwise", "spec"),
    [
        ("A = true\nB = false", "REJECT", {"map": {"A": True, "B": False}}),
        ("A=B = true", "unknown", {"map": {"A=B": True}, "otherwise": None}),
        ("", "REJECT", {}),
    ],
)
def test_a_value_map_is_read_line_by_line(text, otherwise, spec):
    made = back(DOCUMENT, snapshot__is_closed__map=text, snapshot__is_closed__otherwise=otherwise)
    assert made["columns"]["is_closed"] == {"from": "state", **spec}
