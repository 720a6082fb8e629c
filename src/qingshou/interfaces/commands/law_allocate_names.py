"""How people write kinds, orders, places and names in a file of `qingshou law allocate`, and the codes they mean."""

import re
from functools import lru_cache

from qingshou.law.allocation.terms import Between, Future, PartKind, Sequence

_KIND_NAMES = {
    PartKind.COSTS: "costs cost fees fee charges charge expenses expense legal_costs legal_fees court_costs court_fees "
    "collection_costs collection_fees enforcement_costs enforcement_fees recovery_costs realisation_costs "
    "realization_costs costs_of_realisation costs_of_realization costs_of_enforcement legal_expenses attorney_fees "
    "lawyer_fees 费用 費用 其他费用 手续费 手續費 年费 诉讼费 诉讼费用 保全费 律师费 律師費 催收费用 "
    "实现债权的费用 實現債權的費用",
    PartKind.PENALTY: "penalty penalties late_fee late_fees late_charge late_charges late_interest default_interest "
    "penalty_interest overdue_interest late_payment_interest late_payment_fee late_payment_fees liquidated_damages "
    "compound compound_interest 罚息 罰息 逾期罚息 复利 複利 违约金 違約金 逾期利息 违约利息 滞纳金 滯納金",
    PartKind.INTEREST: "interest interests in_term_interest contract_interest contractual_interest regular_interest "
    "ordinary_interest accrued_interest 利息 期内利息 期內利息 正常利息 约定利息 應收利息 应收利息 合同利息",
    PartKind.PRINCIPAL: "principal capital principal_amount principal_balance principal_debt main_debt "
    "本金 贷款本金 借款本金 欠款本金 主债务 主債務",
    PartKind.UNSPLIT: "unsplit whole",
}
KINDS = {name: kind for kind, names in _KIND_NAMES.items() for name in names.split()}

_SEQUENCE_NAMES = {
    Sequence.DUE_FIRST: "due_first vertical oldest_first oldest_instalment_first by_due_date by_due due due_date "
    "by_instalment by_installment instalment installment instalment_first installment_first due_date_first "
    "earliest_due_first instalment_by_instalment installment_by_installment 先到期先还 先到期 逐期 按期",
    Sequence.KIND_FIRST: "kind_first horizontal by_kind kind kinds_first by_type type component_first by_component "
    "all_of_one_kind_first one_kind_first all_of_one_kind kind_by_kind 按科目 逐科目 同类优先",
}
SEQUENCES = {name: code for code, names in _SEQUENCE_NAMES.items() for name in names.split()}

_BETWEEN_NAMES = {
    Between.LAW: "law legal statute statutory 560 default",
    Between.OLDEST_DUE: "oldest_due oldest oldest_first due_first fifo oldest_debt_first earliest_due",
    Between.PRO_RATA: "pro_rata prorata proportional proportionally share shared",
    Between.CHOSEN: "chosen debtor directed as_directed debtor_choice by_choice only_chosen",
}
BETWEENS = {name: code for code, names in _BETWEEN_NAMES.items() for name in names.split()}

_FUTURE_NAMES = {
    Future.NOT_DUE_LAST: "not_due_last last after_due default allowed",
    Future.IN_ADVANCE_PRINCIPAL: "in_advance_principal principal principal_only prepay_principal in_advance prepay",
    Future.UNAPPLIED: "unapplied hold held none never forbidden not_allowed keep",
}
FUTURES = {name: code for code, names in _FUTURE_NAMES.items() for name in names.split()}

_POLICY_NAMES = {
    "LEGAL": "legal law default statutory 561 560 civil_code 民法典",
    "PRINCIPAL_FIRST": "principal_first capital_first",
    "PRINCIPAL_FIRST_FROM_91": "principal_first_from_91 principal_first_from_day_91 principal_first_91 card cards "
    "先本后息 先本後息",
}
POLICIES = {name: code for code, names in _POLICY_NAMES.items() for name in names.split()}


_PLACE_NAMES = {
    "china": "cn prc mainland mainland_china 中国 中國 中华人民共和国",
    "uk": "gb united_kingdom great_britain england england_and_wales 英国 英國",
    "us": "usa united_states united_states_of_america america 美国 美國",
    "hongkong": "hk hong_kong 香港",
    "taiwan": "tw 台湾 臺灣 台灣",
    "india": "in 印度",
}
PLACES = {name: code for code, names in _PLACE_NAMES.items() for name in names.split()}

# The names of the file itself in Chinese; what they stand for is what the English name stands for.
_CHINESE_KEYS = {
    "payment": "付款 还款 還款",
    "amount": "金额 金額",
    "currency": "币种 幣種",
    "date": "日期 付款日期 还款日期",
    "debts": "债务 債務",
    "id": "编号 編號",
    "due_date": "到期日 到期日期",
    "kind": "种类 種類 科目",
    "order": "顺序 順序 抵充顺序",
    "parts": "明细 明細",
    "instalments": "分期",
    "security": "担保 擔保",
    "rate": "利率 年利率",
    "directed_to": "指定 指定债务",
    "overdue_days": "逾期天数 逾期天數",
    "disputed": "争议 爭議",
    "note": "备注 備註",
}
_KEYS = {name: code for code, names in _CHINESE_KEYS.items() for name in names.split()}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Articles 560 and 561 under any of their names: 民法典561, 'CC 560/561', 'Civil Code art. 561'.
_ARTICLES = re.compile(
    r"(?:prc|cc|civil|code|arts?|articles?|and|民法典|第|条|條|_|\.|/|与|和|56[01]|五百六十(?:一)?)+"
)


@lru_cache(maxsize=4096)
def bare(written: str) -> str:
    """Bring a name to the form it is looked up in: 'Late Fees', 'late-fees' and 'lateFees' are late_fees."""
    return _HUMP.sub("_", written.strip()).lower().replace("-", "_").replace(" ", "_")


@lru_cache(maxsize=4096)
def key_of(written: str) -> str:
    """Return the name under which something stands in an object: dueDate and 到期日 are due_date."""
    name = bare(written)
    return _KEYS.get(name, name)


def names_the_law(written: str) -> bool:
    """Tell whether a text names the articles of the civil code on allocation."""
    name = bare(written)
    return any(one in name for one in ("560", "561", "五百六十")) and _ARTICLES.fullmatch(name) is not None
