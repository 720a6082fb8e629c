"""Whose book this is, and who asks."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from qingshou.rest.principal import principal_of
from qingshou.tenancy.queries import get_tenant

router = Router(tags=["tenant"])


class Caller(Schema):
    """Who asks."""

    kind: str = Field(description="USER or CLIENT", examples=["CLIENT"])
    name: str = Field(examples=["core-banking"])
    role: str = Field(description="The person's role; CLIENT for a token.", examples=["CLIENT"])
    scopes: list[str] = Field(description="What a token may do; empty for a person.", examples=[["cases.view"]])


class TenantOut(Schema):
    """The lender in force."""

    code: str = Field(examples=["demo"])
    name: str = Field(examples=["Demo Bank"])
    jurisdiction: str = Field(examples=["china"])
    law_date: date | None = Field(None, description="Where classes are judged by the law of another date.")
    currency: str = Field(examples=["CNY"])
    time_zone: str = Field(examples=["Asia/Shanghai"])
    caller: Caller


@router.get("/me", response=TenantOut, summary="Get the lender in force and the caller")
def get_me(request: HttpRequest) -> dict[str, Any]:
    """A first call to see that a token works and what it may do."""
    caller = principal_of(request)
    tenant = get_tenant(tenant_id=caller.tenant_id)
    return {
        "code": tenant.code,
        "name": tenant.name,
        "jurisdiction": tenant.jurisdiction,
        "law_date": tenant.law_date,
        "currency": tenant.currency,
        "time_zone": tenant.time_zone,
        "caller": {
            "kind": caller.actor.kind,
            "name": caller.actor.name,
            "role": caller.role,
            "scopes": sorted(caller.scopes),
        },
    }
