"""The OpenAPI text: ninja's own, with the refusals, the idempotency key and the permission of each operation."""

from collections.abc import Iterator
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from qingshou.rest.problem import MEDIA_TYPE, WORDS
from qingshou.rest.schemas import Problem

_ALWAYS = (401, 403, 422, 429, 500, 503)
_WITH_ID = (404,)
_WRITES = (400, 409, 413)

_KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": (
        "A key of your own (a UUID) for this one request. Sent again with the same key and body it gets the same reply "
        "with `Idempotency-Replayed: true`, and nothing happens twice. Another body under the key is refused with 422; "
        "while the first is being worked on, 409 with `Retry-After`. Keys are kept 7 days."
    ),
    "example": "5f0c1e9a-8b7d-4a43-9c55-0d8f6f1f6b0e",
}


class Api(NinjaAPI):
    """NinjaAPI whose OpenAPI text names every reply an operation can give."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        text = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        text["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        permissions = dict(self.permissions())
        for path, methods in text["paths"].items():
            for method, operation in methods.items():
                _complete(path, method, operation, permissions.get(operation["operationId"]))
        return text

    def permissions(self) -> Iterator[tuple[str, str]]:
        """Give (operation id, permission) of every operation that needs one."""
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                for operation in view.operations:
                    permission = getattr(operation.view_func, "permission", None)
                    if permission:
                        yield operation.operation_id or self.get_openapi_operation_id(operation), permission


def _complete(path: str, method: str, operation: dict[str, Any], permission: str | None) -> None:
    statuses = [*_ALWAYS]
    if "{" in path or operation.pop("x-may-be-missing", False):
        statuses += _WITH_ID
    if method == "post":
        statuses += _WRITES
        operation["parameters"].append(_KEY_PARAMETER)
        for status, reply in operation["responses"].items():
            if status < 300:
                reply.setdefault("headers", {})["Idempotency-Replayed"] = {
                    "description": "`true` when this is the reply kept from the first sending.",
                    "schema": {"type": "string"},
                }
    for parameter in operation["parameters"]:
        # a schema's examples are a list, a parameter's are a map: one example says it for both
        if isinstance(parameter.get("examples"), list):
            parameter["example"] = parameter.pop("examples")[0]
    for status in sorted(statuses):
        operation["responses"].setdefault(status, _refusal(status))
    if permission:
        operation["description"] = f"{operation.get('description', '')}\n\nNeeds the permission `{permission}`.".strip()
        operation["x-permission"] = permission


def _refusal(status: int) -> dict[str, Any]:
    reply: dict[str, Any] = {
        "description": f"{WORDS[status][0]}. {WORDS[status][1]}",
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {
                    "type": f"urn:qingshou:problem:{_EXAMPLE_CODES[status]}",
                    "title": str(WORDS[status][0]),
                    "status": status,
                    "detail": "What happened here and why.",
                    "remedy": str(WORDS[status][1]),
                    "code": _EXAMPLE_CODES[status],
                    "instance": "/api/v1/cases",
                },
            }
        },
    }
    if status in (429, 503):
        reply["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
    return reply


_EXAMPLE_CODES = {
    400: "BAD_REQUEST",
    401: "NOT_SIGNED_IN",
    403: "SCOPE_MISSING",
    404: "NOT_FOUND",
    409: "CONFLICT",
    413: "TOO_LARGE",
    422: "INVALID",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL",
    503: "LENDER_SETTINGS_UNFIT",
}
