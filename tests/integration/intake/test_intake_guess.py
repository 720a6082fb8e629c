"""A table nobody has described: its form is found, its columns proposed with reasons, and the proposal imports it."""

import random

from tests.integration.intake.conftest import AS_OF

from qingshou.features.book.intake.guess import guess_mapping
from qingshou.features.book.intake.preview import preview
from qingshou.features.book.intake.profile import sniff

SBA_HEAD = (
    "LoanNr_ChkDgt,Name,City,State,Zip,Bank,BankState,NAICS,ApprovalDate,ApprovalFY,Term,NoEmp,NewExist,CreateJob,RetainedJob,"
    "FranchiseCode,UrbanRural,RevLineCr,LowDoc,ChgOffDate,DisbursementDate,DisbursementGross,BalanceGross,MIS_Status,ChgOffPrinGr,"
    "GrAppv,SBA_Appv\n"
)


def _sba(rows=300):
    rng = random.Random(5)
    lines = []
    for number in range(rows):
        off = number % 5 == 0
        status = "" if number == 77 else ("CHGOFF" if off else "P I F")
        lines.append(
            f'{1000014003 + number * 10},"ABC HOBBY, NO {number}",EVANSVILLE,IN,4771{number % 10},FIFTH THIRD BANK,OH,'
            f"{451120 + number % 7},28-Feb-97,{'1976A' if number == 3 else 1997},84,4,2,0,0,1,0,{rng.choice('YN0T')},"
            f"{rng.choice('YN')},{'3-Mar-05' if off else ''},{number % 27 + 1}-Feb-{rng.choice((97, 99, '00', '07'))},"
            f'"${rng.randrange(20_000, 400_000):,}.00 ","$0.00 ",{status},"${rng.randrange(9000) if off else 0:,}.00 ",'
            f'"${60_000 + number * 1000:,}.00 ","$48,000.00 "\n'
        )
    return SBA_HEAD + "".join(lines)


def test_a_dirty_business_loan_tape(desk):
    path = desk.file(_sba(), "sba.csv")
    profile = sniff(path)
    proposal = guess_mapping(profile, "snapshot")
    columns = proposal.raw["columns"]
    sources = {target: spec.get("from") for target, spec in columns.items()}
    assert sources["loan_id"] == "LoanNr_ChkDgt"
    assert sources["balance"] == "BalanceGross"
    assert columns["originated_date"]["date"]["formats"] == ["%d-%b-%y"]
    assert columns["balance"]["number"] == {"group": ",", "currency": True}
    assert columns["is_written_off"]["map"] == {"P I F": False, "CHGOFF": True, "": False}
    assert proposal.unmet == []
    assert all(guessed.reasons for guessed in proposal.columns)
    result = desk.take(path, proposal.raw)
    assert (result.rows_read, result.rows_accepted) == (300, 300), result.reasons
    rows = desk.rows(result)
    assert sum(row["is_written_off"] for row in rows) == 60
    assert {row["originated_date"].year for row in rows} <= {1997, 1999, 2000, 2007}
    assert rows[0]["overdue_days"] is None


def test_chinese_headers_in_gb18030_and_big5(desk):
    simplified = "借据号,客户编号,客户名称,产品名称,币种,贷款余额(万元),逾期天数,逾期本金,放款日期,利率%\n"
    row = "JJ{0:04d},KH{0:04d},张三{0},经营贷,人民币,{0}.5,{0},0,2024年3月5日,6.15\n"
    path = desk.file((simplified + "".join(row.format(n) for n in range(40))).encode("gb18030"), "简.csv")
    proposal = guess_mapping(sniff(path))
    assert proposal.raw["shape"] == "snapshot"
    assert {name: spec["from"] for name, spec in proposal.raw["columns"].items() if "from" in spec} == {
        "loan_id": "借据号", "borrower_id": "客户编号", "product": "产品名称", "currency": "币种",
        "balance": "贷款余额(万元)",
        "overdue_days": "逾期天数", "arrears_principal": "逾期本金", "originated_date": "放款日期",
        "contract_rate": "利率%",
    }  # fmt: skip
    assert proposal.raw["also"]["people"]["name"] == {"from": "客户名称"}
    result = desk.take(path, proposal.raw)
    last = desk.rows(result)[39]
    assert (str(last["balance"]), last["currency"], str(last["contract_rate"]), last["overdue_days"]) == (
        "395000.000", "CNY", "0.061500", 39,
    )  # fmt: skip
    traditional = "借據號,客戶編號,應還日期,應還金額\n" + 'A1,B1,094/09/30,"1,000"\n' * 30
    profile = sniff(desk.file(traditional.encode("cp950"), "繁.csv"))
    proposal = guess_mapping(profile)
    assert (profile.encoding, proposal.raw["shape"]) == ("cp950", "schedule")
    assert proposal.raw["columns"]["due_date"]["date"]["formats"] == ["%R/%m/%d"]


def test_a_table_without_a_header(desk):
    path = desk.file("".join(f"L{n},B{n},{n}.50,2026-01-{n % 28 + 1:02d}\n" for n in range(50)))
    profile = sniff(path)
    assert not profile.has_header
    proposal = guess_mapping(profile, "snapshot")
    assert proposal.raw["columns"]["loan_id"] == {"position": 1}
    assert proposal.raw["source"]["header"] is False


def test_any_table_gets_a_proposal_that_fits_the_schema(desk):
    for content in ("a\n1\n", "x;y\n;\n", "甲,乙,丙\n一,二,三\n", "id,id,id\n1,2,3\n"):
        path = desk.file(content)
        for shape in ("snapshot", "payments", "people", None):
            assert guess_mapping(sniff(path), shape).raw["shape"]


def test_the_preview_shows_good_rows_and_faults(desk):
    head = "loan_id,borrower_id,borrower_kind,product,currency,balance,overdue_days,name\n"
    path = desk.file(head + "L1,B1,RETAIL,CARD,CNY,5.00,3,甲\nL2,B2,RETAIL,CARD,CNY,five,3,乙\n")
    shown = preview(path, "canonical", as_of=AS_OF)
    assert [(row.line, row.values.get("balance"), row.values.get("people.name"), row.faults) for row in shown.rows] == [
        (2, "5.000", "甲", []),
        (3, None, None, [("balance", "NOT_A_NUMBER")]),
    ]
    assert shown.rejected == 1
    assert not desk.home.exists()
