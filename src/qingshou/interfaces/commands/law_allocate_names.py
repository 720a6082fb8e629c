"""How people write kinds, orders and places in a file of `qingshou law allocate`, and the codes they mean."""

from qingshou.law.allocation.terms import Between, Future, PartKind, Sequence

_KIND_NAMES = {
    PartKind.COSTS: "costs cost fees fee charges charge expenses expense legal_costs legal_fees court_costs court_fees "
    "collection_costs collection_fees enforcement_costs recovery_costs "
    "费用 手续费 诉讼费 实现债权的费用 實現債權的費用",
    PartKind.PENALTY: "penalty penalties late_fee late_fees late_charge late_charges late_interest default_interest "
    "penalty_interest overdue_interest liquidated_damages compound compound_interest "
    "罚息 罰息 复利 複利 违约金 違約金 逾期利息",
    PartKind.INTEREST: "interest interests in_term_interest contract_interest contractual_interest regular_interest "
    "ordinary_interest accrued_interest 利息",
    PartKind.PRINCIPAL: "principal capital principal_amount principal_balance 本金 主债务 主債務",
    PartKind.UNSPLIT: "unsplit whole",
}
KINDS = {name: kind for kind, names in _KIND_NAMES.items() for name in names.split()}

_SEQUENCE_NAMES = {
    Sequence.DUE_FIRST: "due_first vertical oldest_first oldest_instalment_first by_due_date by_due due due_date "
    "by_instalment by_installment instalment installment instalment_first installment_first",
    Sequence.KIND_FIRST: "kind_first horizontal by_kind kind kinds_first by_type type component_first by_component",
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


def bare(written: str) -> str:
    """Bring a name to the form it is looked up in: 'Late Fees' and 'late-fees' are late_fees."""
    return written.strip().lower().replace("-", "_").replace(" ", "_")
