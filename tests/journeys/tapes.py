"""The files lenders send in the journeys."""

import csv
import gzip
import io
from itertools import islice
from pathlib import Path

from tests.journeys.stage import ROOT

TAIWAN = ROOT / "data/taiwan/creditcard_default.csv.gz"
HEADS = "流水,借据号,客户编号,户名,证件号码,移动电话,客户种类,业务品种,币别,贷款余额（元）,逾期本金,欠息天数,经办网点"
NAMES = ("张三丰", "王小明", "李丽", "欧阳娜娜", "刘洋", "陈静")
DAYS = (12, 29, 60, 88, 45, 5, 120, 75, 0, 0, 31, 95)


def odd_tape(*, wrong_line: bool = True) -> bytes:
    """Return twelve loans under a bank's own headers, in GB18030; line 6 gives days below zero."""
    lines = [_line(number, days) for number, days in enumerate(DAYS, 1)]
    if wrong_line:
        lines.insert(4, _line(99, -3))
    return "".join(f"{line}\r\n" for line in (HEADS, *lines)).encode("gb18030")


def _line(number: int, days: int) -> str:
    name = NAMES[number % len(NAMES)]
    amounts = f'"{number * 1000:,}.50",{number * 100 if days else 0}.00'
    return (
        f"{number},JJ{number:04d},KH{number:04d},{name},11010519491231002X,1380013{number:04d},个人,信用卡,人民币,"
        f"{amounts},{days},城东支行"
    )


def head_of_taiwan(path: Path, *, rows: int) -> Path:
    """Write the first rows of the Taiwan tape; its days are derived from a monthly status."""
    with gzip.open(TAIWAN, "rt", encoding="utf-8", newline="") as file:
        kept = list(islice(csv.reader(file), rows + 1))
    text = io.StringIO()
    csv.writer(text).writerows(kept)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path
