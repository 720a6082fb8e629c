"""In which form a column's values are written, as the part of a mapping that reads them."""

from typing import Any

from qingshou.features.book.intake.column_profile import ColumnProfile
from qingshou.features.book.intake.targets import Kind, Target

WRITTEN_OFF_WORDS = (
    "chgoff",
    "charged off",
    "chargeoff",
    "charge-off",
    "written off",
    "write-off",
    "核销",
    "核銷",
    "呆帳",
    "轉銷",
)
CLOSED_WORDS = ("p i f", "pif", "paid in full", "paid off", "fully paid", "closed", "settled", "结清", "結清", "清偿")
_YES = frozenset(["y", "yes", "t", "true", "1", "是", "有"])
_NO = frozenset(["n", "no", "f", "false", "0", "否", "无", "無"])
_UNITS = (
    ("万元", "万元"),
    ("萬元", "萬元"),
    ("亿元", "亿元"),
    ("億元", "億元"),
    ("千元", "thousand"),
    ("(分)", "cents"),
    ("cents", "cents"),
)
_KINDS = {
    "RETAIL": ("retail", "individual", "personal", "consumer", "个人", "個人", "自然人"),
    "SMALL_BUSINESS": ("small", "sme", "micro", "小微", "个体", "小企業", "中小企业", "中小企業"),
    "CORPORATE": ("corporate", "company", "business", "对公", "企业", "企業", "公司", "法人"),
}


def column_spec(target: Target, column: ColumnProfile, *, has_header: bool) -> tuple[dict[str, Any], list[str], float]:
    """Return the mapping of one column, notes for the person who checks it, and a factor on the confidence."""
    spec: dict[str, Any] = {"from": column.name} if has_header else {"position": column.position}
    match target.kind:
        case Kind.DATE:
            return _date(spec, column)
        case Kind.MONEY | Kind.RATE | Kind.WHOLE:
            return _number(spec, target, column)
        case Kind.BOOL:
            return _yes_no(spec, column)
        case Kind.CODE if target.name == "borrower_kind":
            return _borrower_kind(spec, column)
        case Kind.CURRENCY:
            return _currency(spec, column)
    return spec, [], 1.0


def _date(spec: dict[str, Any], column: ColumnProfile) -> tuple[dict[str, Any], list[str], float]:
    if not column.date_formats:
        return spec, [], 1.0
    if column.date_formats != ["%Y-%m-%d"]:
        spec["date"] = {"formats": column.date_formats}
    notes = [f"written {', '.join(column.date_formats)}"]
    if any("%y" in form for form in column.date_formats):
        notes.append("two-digit years: 50 to 99 are read as 1950 to 1999 unless pivot_year says otherwise")
    if column.is_date_ambiguous:
        notes.append("day and month could be the other way round: please check")
    return spec, notes, 0.6 if column.is_date_ambiguous else 1.0


def _number(spec: dict[str, Any], target: Target, column: ColumnProfile) -> tuple[dict[str, Any], list[str], float]:
    form = dict(column.number or {})
    notes: list[str] = []
    header = column.name.casefold()
    if target.kind is Kind.RATE and not form.get("percent_sign"):
        if "bp" in header:
            form["unit"] = "basis_points"
        elif "‰" in header:
            form["unit"] = "permille"
        elif "%" in header or (column.median is not None and column.median > 1):
            form["unit"] = "percent"
            notes.append("values above 1 are read as percent")
    if target.kind is Kind.MONEY:
        unit = next((unit for mark, unit in _UNITS if mark in header), "")
        if unit:
            form["unit"] = unit
            notes.append(f"the header states the unit {unit}")
    if form:
        spec["number"] = form
    return spec, notes, 1.0


def _yes_no(spec: dict[str, Any], column: ColumnProfile) -> tuple[dict[str, Any], list[str], float]:
    table: dict[str, Any] = {}
    odd = []
    for value in column.values or column.samples:
        folded = value.casefold()
        if folded in _YES or folded in _NO:
            table[value] = folded in _YES
        else:
            odd.append(value)
    if not table:
        return spec, ["the values need a map to true and false"], 0.5
    spec["map"] = table
    spec["otherwise"] = None
    notes = [f"read as unknown: {', '.join(odd[:5])}"] if odd else []
    return spec, notes, 0.8 if odd else 1.0


def _borrower_kind(spec: dict[str, Any], column: ColumnProfile) -> tuple[dict[str, Any], list[str], float]:
    table = {}
    for value in column.values or column.samples:
        kind = next((k for k, words in _KINDS.items() if any(word in value.casefold() for word in words)), None)
        if kind:
            table[value] = kind
    if not table:
        return spec, ["map the values to RETAIL, SMALL_BUSINESS or CORPORATE"], 0.5
    return {**spec, "map": table}, [], 1.0


_CURRENCY_WORDS = {
    "人民币": "CNY", "人民幣": "CNY", "RMB": "CNY", "元": "CNY", "01": "CNY",
    "新台币": "TWD", "新台幣": "TWD", "NT$": "TWD", "NTD": "TWD",
    "台币": "TWD", "台幣": "TWD", "港币": "HKD", "港幣": "HKD", "HK$": "HKD",
    "美元": "USD", "美金": "USD", "US$": "USD", "$": "USD",
    "欧元": "EUR", "歐元": "EUR", "€": "EUR", "£": "GBP", "日元": "JPY", "日圓": "JPY",
}  # fmt: skip


def _currency(spec: dict[str, Any], column: ColumnProfile) -> tuple[dict[str, Any], list[str], float]:
    table = {value: _CURRENCY_WORDS[value] for value in column.values or column.samples if value in _CURRENCY_WORDS}
    if table:
        return {**spec, "map": table, "otherwise": "KEEP"}, ["names of currencies read as ISO codes"], 0.9
    return spec, [], 1.0


def flag_map(column: ColumnProfile, words: tuple[str, ...]) -> tuple[dict[str, Any], list[str]]:
    """Return a map of a status column to true and false, blank included, and the values that mean true."""
    hits = [value for value in column.values if any(word in value.casefold() for word in words)]
    table: dict[str, Any] = {value: value in hits for value in column.values}
    return {**table, "": False}, hits
