"""Reading cases: the worklist, search, and the page of one case."""

from qingshou.features.cases.queries.page import (
    CasePage,
    ProcessPicture,
    case_page,
    get_case,
    latest_case_of,
    list_saved_views,
    process_picture,
)
from qingshou.features.cases.queries.people import list_people
from qingshou.features.cases.queries.search import search_cases
from qingshou.features.cases.queries.worklist import (
    SORTS,
    After,
    WorklistFilter,
    WorklistPage,
    count_worklist,
    facet_values,
    list_ids,
    list_worklist,
    next_case,
)

__all__ = [
    "SORTS",
    "After",
    "CasePage",
    "ProcessPicture",
    "WorklistFilter",
    "WorklistPage",
    "case_page",
    "count_worklist",
    "facet_values",
    "get_case",
    "latest_case_of",
    "list_ids",
    "list_people",
    "list_saved_views",
    "list_worklist",
    "next_case",
    "process_picture",
    "search_cases",
]
