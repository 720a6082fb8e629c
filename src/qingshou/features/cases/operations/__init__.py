"""Changes of cases: each locks first, judges, changes and records, in one transaction."""

from qingshou.features.cases.operations.day import CasesReport, take_day
from qingshou.features.cases.operations.deadlines import pass_deadlines, set_next_actions
from qingshou.features.cases.operations.exceptions import request_exception
from qingshou.features.cases.operations.lifecycle import close_case, move_stage, open_case, reopen
from qingshou.features.cases.operations.ownership import assign, deal_cases, reassign_many
from qingshou.features.cases.operations.saved_views import delete_view, save_view
from qingshou.features.cases.operations.work import give_evidence, set_next_action, set_promise_dates

__all__ = [
    "CasesReport",
    "assign",
    "close_case",
    "deal_cases",
    "delete_view",
    "give_evidence",
    "move_stage",
    "open_case",
    "pass_deadlines",
    "reassign_many",
    "reopen",
    "request_exception",
    "save_view",
    "set_next_action",
    "set_next_actions",
    "set_promise_dates",
    "take_day",
]
