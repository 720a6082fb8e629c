"""Statements written as banks write them, from one list of bookings: what a reader has to give back exactly."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from hypothesis import strategies as st


@dataclass(frozen=True)
class Booked:
    amount: Decimal
    value_date: date
    booked_date: date
    bank_ref: str
    payer_name: str
    payer_account: str
    remittance: str
    end_to_end_ref: str
    is_reversal: bool = False


_WORDS = "还款李王赵华月贷示例ABCdef0123456789"
# what every format can carry: no signs that are parts of a format, and no blanks at the ends of words
words = st.text(st.sampled_from(_WORDS), min_size=1, max_size=12).map(lambda text: "x" + text)
references = st.text(st.sampled_from("ABCDEF0123456789"), min_size=3, max_size=14).map(lambda text: "Q" + text)
days = st.dates(date(2001, 2, 1), date(2090, 12, 31))
sizes = st.integers(1, 10**12).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def bookings(draw: st.DrawFn) -> list[Booked]:
    result = []
    for number in range(draw(st.integers(1, 6))):
        day = draw(days)
        result.append(
            Booked(
                amount=draw(sizes) * draw(st.sampled_from((1, 1, -1))),
                value_date=day,
                booked_date=day,
                bank_ref=f"{draw(references)}{number}",
                payer_name=draw(words),
                payer_account=draw(references),
                remittance=draw(words),
                end_to_end_ref=draw(references),
                is_reversal=draw(st.booleans()),
            )
        )
    # banks print in the order of booking; only that tells the first row of two that fit either way
    return sorted(result, key=lambda one: one.booked_date)


def as_table(lines: list[Booked], opening: Decimal) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(
        [
            "记账日期",
            "起息日",
            "贷方金额",
            "借方金额",
            "余额",
            "对方户名",
            "对方账号",
            "附言",
            "交易流水号",
            "客户流水号",
            "冲正标志",
        ]
    )
    balance = opening
    for one in lines:
        balance += one.amount
        # a red entry stands negative on the side of what it takes back
        side = one.amount > 0
        writer.writerow(
            [
                one.booked_date.isoformat(),
                one.value_date.strftime("%Y%m%d"),
                f"{one.amount:,}" if side else "",
                "" if side else f"{-one.amount:,}",
                f"{balance:,}",
                one.payer_name,
                one.payer_account,
                one.remittance,
                one.bank_ref,
                one.end_to_end_ref,
                "冲正" if one.is_reversal else "",
            ]
        )
    return sink.getvalue().encode("gb18030")


def _balance(kind: str, amount: Decimal) -> str:
    mark = "CRDT" if amount >= 0 else "DBIT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{abs(amount)}</Amt>'
        f"<CdtDbtInd>{mark}</CdtDbtInd></Bal>"
    )


def as_camt(lines: list[Booked], opening: Decimal) -> bytes:
    entries = []
    for one in lines:
        role = "Dbtr" if (one.amount > 0) != one.is_reversal else "Cdtr"
        entries.append(
            f'<Ntry><Amt Ccy="CNY">{abs(one.amount)}</Amt><CdtDbtInd>{"CRDT" if one.amount > 0 else "DBIT"}</CdtDbtInd>'
            f"<RvslInd>{str(one.is_reversal).lower()}</RvslInd><Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{one.booked_date}</Dt></BookgDt><ValDt><Dt>{one.value_date}</Dt></ValDt>"
            f"<AcctSvcrRef>{one.bank_ref}</AcctSvcrRef><NtryDtls><TxDtls>"
            f"<Refs><EndToEndId>{one.end_to_end_ref}</EndToEndId></Refs>"
            f"<RltdPties><{role}><Pty><Nm>{escape(one.payer_name)}</Nm></Pty></{role}>"
            f"<{role}Acct><Id><Othr><Id>{one.payer_account}</Id></Othr></Id></{role}Acct></RltdPties>"
            f"<RmtInf><Ustrd>{escape(one.remittance)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        )
    closing = opening + sum(one.amount for one in lines)
    return (
        '<?xml version="1.0" encoding="GB18030"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>'
        "<Acct><Id><Othr><Id>6222</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{_balance('OPBD', opening)}{_balance('CLBD', closing)}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode("gb18030")


def _swift(amount: Decimal) -> str:
    return f"{abs(amount)}".replace(".", ",")


def _mark(amount: Decimal, is_reversal: bool) -> str:
    if is_reversal:
        return "RD" if amount > 0 else "RC"
    return "C" if amount > 0 else "D"


def as_mt940(lines: list[Booked], opening: Decimal) -> bytes:
    closing = opening + sum(one.amount for one in lines)
    parts = [":20:START", ":25:6222", ":28C:1/1", f":60F:{'C' if opening >= 0 else 'D'}260104CNY{_swift(opening)}"]
    for one in lines:
        parts.append(
            f":61:{one.value_date:%y%m%d}{one.booked_date:%m%d}{_mark(one.amount, one.is_reversal)}"
            f"{_swift(one.amount)}NTRFNONREF//{one.bank_ref}"
        )
        parts.append(
            f":86:166?00GUTSCHRIFT?20EREF+{one.end_to_end_ref}?21SVWZ+{one.remittance}"
            f"?31{one.payer_account}?32{one.payer_name}"
        )
    parts += [f":62F:{'C' if closing >= 0 else 'D'}260106CNY{_swift(closing)}", "-", ""]
    return "\r\n".join(parts).encode()
