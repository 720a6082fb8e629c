"""Answers of the endpoints that are asked most: written once, where ninja judges, copies and writes them."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from ninja.responses import NinjaJSONEncoder


def answer_as_made(values: Mapping[str, Any]) -> HttpResponse:
    """Return values as the answer of an endpoint, as they are, in the bytes its schema would have given.

    Takes   values  every field of the endpoint's schema, nested ones too, in its order and of its types: nothing judges
                    them here, so a test of the endpoint holds them against the schema
    """
    return HttpResponse(json.dumps(values, cls=NinjaJSONEncoder), content_type="application/json; charset=utf-8")
