"""The limits of one request: policy and law together, who may go how far, and what an offer meets or passes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from qingshou.features.repayment.rules.offer_law import LawLimits
from qingshou.features.repayment.rules.offer_policy import BY_ROLE, LimitKind, OfferPolicy
from qingshou.kernel.money import ZERO
from qingshou.kernel.verdict import Article, Confidence

NOBODY = "NOBODY"


class Standing(StrEnum):
    """How an offer stands to a limit."""

    WITHIN = "WITHIN"
    AT = "AT"  # the limit binds: one step further would pass it
    PASSED = "PASSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitShown:
    """One limit as it holds for a role: how far, and the rule behind it (of the policy or of the law)."""

    kind: LimitKind
    most: Decimal
    rule: str
    is_law: bool
    article: Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What an offer uses of a limit, how it stands to it, and the rule."""

    limit: LimitShown
    used: Decimal
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLimits:
    """All limits of one request."""

    policy: OfferPolicy
    law: LawLimits
    product: str
    currency: str
    _known: dict[tuple[LimitKind, int], LimitShown | None] = field(default_factory=dict, compare=False, repr=False)

    def most(self, kind: LimitKind, level: int) -> LimitShown | None:
        """Return the limit of a kind for a role's level: the stricter of policy and law; None where neither has one."""
        if (kind, level) not in self._known:  # asked for thousands of times in a search
            self._known[(kind, level)] = self._stricter(kind, level)
        return self._known[(kind, level)]

    def _stricter(self, kind: LimitKind, level: int) -> LimitShown | None:
        law = self.law.of(kind)
        ours = self._of_policy(kind, level)
        if law is not None and (ours is None or law.most < ours.most):
            rule = f"{law.article.instrument} {law.article.article}"
            return LimitShown(kind=kind, most=law.most, rule=rule, is_law=True, article=law.article)
        return ours

    def _of_policy(self, kind: LimitKind, level: int) -> LimitShown | None:
        policy, name = self.policy, f"offer_policy {self.policy.name} {self.policy.version}"
        if kind is LimitKind.INSTALMENT_MIN:
            least = policy.instalment_min.get(self.currency)
            rule, most = "INSTALMENT_MIN", least
        elif kind in BY_ROLE:
            limit = policy.limit(kind, self.product)
            rule, most = limit.id, limit.by_role[policy.roles[level]]
        else:
            return None
        if most is None:
            return None
        article = Article(name, rule, Confidence.READ)  # ours, and so it was read
        return LimitShown(kind=kind, most=most, rule=rule, is_law=False, article=article)

    @property
    def top(self) -> int:
        """The level of the role that may most."""
        return len(self.policy.roles) - 1

    def every_most(self, kind: LimitKind) -> tuple[Decimal, ...]:
        """Return how far each role goes, from the least to the most."""
        shown = [self.most(kind, level) for level in range(len(self.policy.roles))]
        return tuple(one.most for one in shown if one is not None)

    def level_for(self, kind: LimitKind, used: Decimal) -> int:
        """Return the first level that may use so much; one above the top where nobody may."""
        for level in range(self.top + 1):
            limit = self.most(kind, level)
            if limit is None or not _is_passed(limit, used):
                return level
        return self.top + 1

    def judge(self, measures: Mapping[LimitKind, Decimal], level: int) -> tuple[str, tuple[Met, ...]]:
        """Judge what an offer uses.

        Gives   the first role that may make it ('' where the asking one may, NOBODY where none may), and each limit
                with its standing for the asking role
        """
        met = []
        for kind, used in measures.items():
            limit = self.most(kind, level)
            if limit is not None:
                met.append(Met(limit=limit, used=used, standing=_standing(limit, used)))
        needed = max((self.level_for(kind, used) for kind, used in measures.items()), default=0)
        if needed > self.top:
            return NOBODY, tuple(met)
        return "" if needed <= level else self.policy.roles[needed], tuple(met)


def _is_passed(limit: LimitShown, used: Decimal) -> bool:
    return used < limit.most if limit.kind is LimitKind.INSTALMENT_MIN else used > limit.most


def _standing(limit: LimitShown, used: Decimal) -> Standing:
    if _is_passed(limit, used):
        return Standing.PASSED
    return Standing.AT if used == limit.most and used > ZERO else Standing.WITHIN
