"""Own terms of a plan or settlement as they are typed: the form's fields become what the rules of offers take."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from qingshou.features.cases.views.shown import day_given, uuid_given
from qingshou.features.repayment.errors import BadAgreementInput
from qingshou.features.repayment.queries.negotiating import Wish
from qingshou.features.repayment.rules.offers import OfferTerms, Stages
from qingshou.features.repayment.rules.owed import PARTS, Concession, Owed, waived_in_order
from qingshou.features.repayment.rules.pay_days import PAY_DAY_MAX, Frequency
from qingshou.features.repayment.rules.schedule import Grace, Kind, Terms
from qingshou.features.repayment.views.desk_shown import amount_given, whole_given
from qingshou.kernel.days import add_months
from qingshou.kernel.money import ZERO, Rounding, round_money

PERIODS_MAX = 120
STAGES_MAX = 12
_FIRST_DAYS = 14


def wish_given(post: Mapping[str, str]) -> Wish:
    """Read what the debtor asks for beside the figures; what cannot be read counts as not asked for."""
    pay_day = whole_given(post.get("pay_day", ""))
    frequency = post.get("frequency", "")
    lump_sum = amount_given(post.get("lump_sum", "")) if post.get("lump_sum", "").strip() else ZERO
    return Wish(
        pay_day=pay_day if pay_day and pay_day <= PAY_DAY_MAX and frequency in ("", "MONTH") else None,
        frequency=Frequency(frequency) if frequency in set(Frequency) else Frequency.MONTH,
        lump_sum=max(ZERO, lump_sum or ZERO), loan_ids=loans_wished(post),
    )  # fmt: skip


def loans_wished(post: Any) -> tuple[UUID, ...]:
    """Read which loans an offer is to be about; none ticked counts as all."""
    given = post.getlist("loan") if hasattr(post, "getlist") else ()
    return tuple(loan for text in given if (loan := uuid_given(text)) is not None)


def terms_given(post: Mapping[str, str], *, owed: Owed, on: date) -> OfferTerms | Stages:
    """Read own terms.

    Takes   owed  what is owed in all: what a settlement's payments add up to less what is forgiven
            on    today, for a first date that was not given
    Stops   BadAgreementInput  a field that cannot be read
    """
    first = day_given(post.get("first_on", "")) or on + timedelta(days=_FIRST_DAYS)
    if post.get("kind") == "SETTLEMENT":
        return _stages(post, owed, first)
    wish = wish_given(post)
    amount = _amount(post, "amount")
    grace_periods = whole_given(post.get("grace_periods", ""), otherwise=0) or 0
    grace = post.get("grace", "")
    has_grace = grace in set(Grace) and grace != Grace.NONE and grace_periods > 0 and amount is None
    schedule = Terms(
        first_due_date=first, periods=PERIODS_MAX if amount else _periods(post), frequency=wish.frequency,
        pay_day=wish.pay_day, kind=Kind.FIXED_AMOUNT if amount else Kind.EQUAL, amount=amount,
        step_up=ZERO if amount else _share(post, "step_up"), grace=Grace(grace) if has_grace else Grace.NONE,
        grace_periods=grace_periods if has_grace else 0,
    )  # fmt: skip
    return OfferTerms(
        schedule=schedule,
        concession=Concession(**{part: _share(post, part) for part in PARTS}),
        rate_concession=_share(post, "rate_concession"),
    )


def _stages(post: Mapping[str, str], owed: Owed, first: date) -> Stages:
    share = _share(post, "concession")
    count = min(max(1, whole_given(post.get("stages", ""), otherwise=1) or 1), STAGES_MAX)
    left = owed.total - waived_in_order(owed=owed, share=share).total
    begin = _amount(post, "first_amount")
    if count == 1 or begin is None:
        begin = left if count == 1 else round_money(left / count, owed.currency, Rounding.UP)
    rest = left - begin
    regular = round_money(rest / (count - 1), owed.currency, Rounding.DOWN) if count > 1 else ZERO
    amounts = [begin, *(regular,) * (count - 2), rest - regular * (count - 2)] if count > 1 else [begin]
    dates = [add_months(first, place) for place in range(count)]
    return Stages(concession=share, payments=tuple(zip(dates, amounts, strict=True)))


def _periods(post: Mapping[str, str]) -> int:
    periods = whole_given(post.get("periods", ""))
    if periods is None or not 1 <= periods <= PERIODS_MAX:
        raise BadAgreementInput(_("Give a number of payments from 1 to %(most)s.") % {"most": PERIODS_MAX})
    return periods


def _share(post: Mapping[str, str], name: str) -> Decimal:
    """Read a percentage as a share; nothing typed is none."""
    text = post.get(name, "").replace("%", "").strip()
    if not text:
        return ZERO
    value = amount_given(text)
    if value is None or not 0 <= value <= 100:
        raise BadAgreementInput(_("A percentage lies between 0 and 100."))
    return value / 100


def _amount(post: Mapping[str, str], name: str) -> Decimal | None:
    text = post.get(name, "").strip()
    if not text:
        return None
    value = amount_given(text)
    if value is None or value <= 0:
        raise BadAgreementInput(_("Write the amount as a number, for example 1234.50."))
    return value


def kept_fields(post: Any) -> dict[str, str]:
    """Return what was typed, to be shown again."""
    names = ("kind", "periods", "first_on", "pay_day", "frequency", "amount", "step_up", "grace", "grace_periods",
             "rate_concession", "concession", "stages", "first_amount", "lump_sum", *PARTS)  # fmt: skip
    return {name: post.get(name, "") for name in names}
