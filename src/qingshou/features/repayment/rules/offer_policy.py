"""The lender's offer policy: limits by role and product, what is tried, and how an offer is valued. Data, checked."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from qingshou.kernel.errors import BadInput
from qingshou.kernel.lender_settings import part_of, unfit

_POLICIES = Path(__file__).parent / "offer_policies"


class LimitKind(StrEnum):
    """What a limit bounds."""

    TERM_MONTHS_MAX = "TERM_MONTHS_MAX"
    RATE_CONCESSION_MAX = "RATE_CONCESSION_MAX"
    PENALTY_WAIVER_MAX = "PENALTY_WAIVER_MAX"
    INTEREST_WAIVER_MAX = "INTEREST_WAIVER_MAX"
    COSTS_WAIVER_MAX = "COSTS_WAIVER_MAX"
    PRINCIPAL_CONCESSION_MAX = "PRINCIPAL_CONCESSION_MAX"
    SETTLEMENT_CONCESSION_MAX = "SETTLEMENT_CONCESSION_MAX"
    SETTLEMENT_STAGES_MAX = "SETTLEMENT_STAGES_MAX"
    GRACE_MONTHS_MAX = "GRACE_MONTHS_MAX"
    STEP_UP_MAX = "STEP_UP_MAX"
    # of the whole policy and of the law: no role passes them
    INSTALMENT_MIN = "INSTALMENT_MIN"
    RATE_MAX = "RATE_MAX"


BY_ROLE = tuple(kind for kind in LimitKind if kind not in (LimitKind.INSTALMENT_MIN, LimitKind.RATE_MAX))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLimit:
    """One limit of the policy: its id, what it bounds, for which product ('' all), and how far each role goes."""

    id: str
    kind: LimitKind
    product: str
    by_role: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What the search tries."""

    waivers: tuple[Decimal, ...]
    principal: tuple[Decimal, ...]
    rate: tuple[Decimal, ...]
    step_up: tuple[Decimal, ...]
    step_every: int
    interest_only: tuple[int, ...]
    pauses: tuple[int, ...]
    gap_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuing:
    """How an offer is valued; `discount_rate` None: at the contract's rate."""

    discount_rate: Decimal | None
    broken_share: Decimal
    broken_months: int
    front_loading: Decimal
    no_plan_share: Decimal
    no_plan_months: int
    floor_share: Decimal
    beyond_gain_share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """Which settlements are tried: shares forgiven, days until the first payment, numbers of stages."""

    concessions: tuple[Decimal, ...]
    days: int
    stages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPolicy:
    """One version of a policy; `hash` of its content names it in everything that rests on it."""

    name: str
    version: str
    hash: str
    roles: tuple[str, ...]
    same_as: Mapping[str, str]
    limits: tuple[PolicyLimit, ...]
    instalment_min: Mapping[str, Decimal]
    token_payment: Mapping[str, Decimal]
    grid: Grid
    valuing: Valuing
    settling: Settling

    @property
    def label(self) -> str:
        """Name, version and hash: what a search keeps of the policy it used."""
        return f"{self.name} {self.version} {self.hash}"

    def level(self, role: str) -> int:
        """Return a role's place among the roles, 0 the least.

        Stops   BadInput  the policy gives the role no limits
        """
        named = self.same_as.get(role, role)
        if named not in self.roles:
            raise BadInput(
                f"The offer policy {self.name} gives the role {role[:40]} no limits: ask somebody with "
                f"one of {', '.join(self.roles)}.",
                role=role[:40],
            )
        return self.roles.index(named)

    def limit(self, kind: LimitKind, product: str) -> PolicyLimit:
        """Return the limit of a kind for a product: its own, else the general one."""
        found = [one for one in self.limits if one.kind is kind and one.product in ("", product)]
        return max(found, key=lambda one: bool(one.product))


def offer_policy(settings: Mapping[str, Any] | None = None) -> OfferPolicy:
    """Return the policy in force: the house's, with the keys a lender's settings (`offer_policy`) put in their place.

    Stops   SettingsUnfit  with every fault of the policy together
    """
    return _read(json.dumps(dict(part_of(settings, "offer_policy")), sort_keys=True))


def policy_data(settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the whole policy in force as data, for who must be able to use it again when another is in force."""
    own = part_of(settings, "offer_policy")
    return {**yaml.safe_load((_POLICIES / "default.yaml").read_text(encoding="utf-8")), **own}


@lru_cache(maxsize=64)
def _read(own: str) -> OfferPolicy:
    raw = policy_data({"offer_policy": json.loads(own)})
    schema = json.loads((_POLICIES / "offer_policy.schema.json").read_text(encoding="utf-8"))
    faults = sorted(f"{one.json_path}: {one.message[:200]}" for one in Draft202012Validator(schema).iter_errors(raw))
    faults = faults or _faults_of_sense(raw)
    if faults:
        raise unfit("offer_policy", "; ".join(faults), faults=faults)
    text = json.dumps(raw, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return OfferPolicy(
        name=raw["name"], version=raw["version"], hash=hashlib.sha256(text.encode("ascii")).hexdigest()[:16],
        roles=tuple(raw["roles"]), same_as=dict(raw["same_as"]),
        limits=tuple(_limit(item) for item in raw["limits"]),
        instalment_min=_amounts(raw.get("instalment_min", {})), token_payment=_amounts(raw["token_payment"]),
        grid=_grid(raw["grid"]), valuing=_valuing(raw["value"]), settling=_settling(raw["settlement"]),
    )  # fmt: skip


def _faults_of_sense(raw: Mapping[str, Any]) -> list[str]:
    roles, faults = raw["roles"], []
    faults += [
        f"same_as names the role {one}, which has no limits" for one in raw["same_as"].values() if one not in roles
    ]
    ids = [item["id"] for item in raw["limits"]]
    faults += [f"the limit {one} stands twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    general = {item["kind"] for item in raw["limits"] if "product" not in item}
    faults += [f"there is no general limit {kind}" for kind in BY_ROLE if kind not in general]
    for item in raw["limits"]:
        given = [Decimal(item["by_role"][role]) for role in roles if role in item["by_role"]]
        if set(item["by_role"]) != set(roles):
            faults.append(f"the limit {item['id']} does not name each role once")
        elif given != sorted(given):
            faults.append(f"the limit {item['id']} gives a higher role less than a lower one")
        elif _is_share(item["kind"]) and max(given) > 1:
            faults.append(f"the limit {item['id']} is a share above 1")
    return faults


def _is_share(kind: str) -> bool:
    return not kind.endswith(("MONTHS_MAX", "STAGES_MAX"))


def _limit(item: Mapping[str, Any]) -> PolicyLimit:
    by_role = {role: Decimal(text) for role, text in item["by_role"].items()}
    return PolicyLimit(id=item["id"], kind=LimitKind(item["kind"]), product=item.get("product", ""), by_role=by_role)


def _amounts(raw: Mapping[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(text) for currency, text in raw.items()}


def _shares(raw: Sequence[str]) -> tuple[Decimal, ...]:
    return tuple(sorted(Decimal(text) for text in raw))


def _grid(raw: Mapping[str, Any]) -> Grid:
    return Grid(
        waivers=_shares(raw["waivers"]), principal=_shares(raw["principal"]), rate=_shares(raw["rate"]),
        step_up=_shares(raw["step_up"]), step_every=raw["step_every"], interest_only=tuple(raw["interest_only"]),
        pauses=tuple(raw["pauses"]), gap_days=raw["gap_days"],
    )  # fmt: skip


def _valuing(raw: Mapping[str, Any]) -> Valuing:
    rate = raw["discount_rate"]
    shares = ("broken_share", "front_loading", "no_plan_share", "floor_share", "beyond_gain_share")
    return Valuing(
        discount_rate=None if rate == "CONTRACT" else Decimal(rate),
        broken_months=raw["broken_months"],
        no_plan_months=raw["no_plan_months"],
        **{name: Decimal(raw[name]) for name in shares},
    )


def _settling(raw: Mapping[str, Any]) -> Settling:
    return Settling(concessions=_shares(raw["concessions"]), days=raw["days"], stages=tuple(sorted(raw["stages"])))
