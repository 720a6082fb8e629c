"""What a lender lets be done on a loan's account: its settings "repayment", beside the policies that have files."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qingshou.kernel.lender_settings import part_of, unfit

_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,3})?", re.ASCII)


def waiver_alone_max(settings: Mapping[str, Any]) -> Decimal:
    """Return up to how much one person waives without a second; 0 where nothing is set.

    Takes   settings  the lender's: `repayment.waiver_alone_max`, an amount of zero or more
    Stops   SettingsUnfit  it is no amount
    """
    given = str(part_of(settings, "repayment").get("waiver_alone_max", "0"))
    if not _AMOUNT.fullmatch(given):
        raise unfit("repayment.waiver_alone_max", 'an amount such as "500.00" is expected')
    return Decimal(given)


def is_re_ageing_allowed(settings: Mapping[str, Any]) -> bool:
    """Whether the lender lets arrears be moved where no law says when.

    Takes   settings  the lender's: `repayment.re_age`, true or false
    Stops   SettingsUnfit  it is neither
    """
    given = part_of(settings, "repayment").get("re_age", False)
    if not isinstance(given, bool):
        raise unfit("repayment.re_age", "true or false is expected")
    return given
