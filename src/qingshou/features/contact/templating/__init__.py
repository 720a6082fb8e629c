"""What a message says: variables, their filling, its parts and lengths, its wording. No Django here."""

from qingshou.features.contact.templating.rendering import BadTemplate, MissingValue, TooLong, render, variables_in
from qingshou.features.contact.templating.segments import Segments, limit_of, segments_of
from qingshou.features.contact.templating.variables import VARIABLES
from qingshou.features.contact.templating.wording import Finding, judge_wording

__all__ = [
    "VARIABLES",
    "BadTemplate",
    "Finding",
    "MissingValue",
    "Segments",
    "TooLong",
    "judge_wording",
    "limit_of",
    "render",
    "segments_of",
    "variables_in",
]
