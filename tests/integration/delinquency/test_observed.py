"""Loans of plans under observation, handed to the day's classes: held at least at their floor, released without it."""

import duckdb

from qingshou.features.delinquency.operations import classify_day


def classes(path):
    rows = duckdb.connect().execute(
        "SELECT loan_id, regulatory_class, regulatory_reason FROM read_parquet(?) ORDER BY loan_id", [str(path)]
    )
    return {row[0]: row[1:] for row in rows.fetchall()}


def columns(path):
    return [
        row[0] for row in duckdb.connect().execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    ]


def test_a_floor_holds_until_it_is_taken_away(taiwan):
    day = max(taiwan.taken)
    before = taiwan.taken[day][0]
    plain = classes(before.path)
    ref = next(one for one, (code, _why) in plain.items() if code == "I")
    worse = next(one for one, (code, _why) in plain.items() if code not in ("I", "II", "UNCLASSIFIED"))
    held = classify_day(
        tenant_id=taiwan.tenant.id, as_of=day, home=taiwan.home, observed=[(ref, "II"), (worse, "II"), ("none", "II")]
    )
    found = classes(held.path)
    assert (found[ref], found[worse]) == (("II", "PLAN_OBSERVED"), plain[worse])
    assert {one: code for one, code in found.items() if one != ref} == {
        one: code for one, code in plain.items() if one != ref
    }
    # the same columns, the same file again for the same loans, and the former file once none is observed
    assert columns(held.path) == columns(before.path)
    assert held.path != before.path
    again = classify_day(
        tenant_id=taiwan.tenant.id, as_of=day, home=taiwan.home, observed=[("none", "II"), (worse, "II"), (ref, "II")]
    )
    assert again.path == held.path
    assert classify_day(tenant_id=taiwan.tenant.id, as_of=day, home=taiwan.home).path == before.path
