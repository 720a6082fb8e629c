"""The providers a lender's debtors can pay by: those of QINGSHOU_PAYMENTS that have an address to begin payments at."""

from collections.abc import Mapping

from qingshou.features.repayment.payment_providers.base import PaymentProvider
from qingshou.features.repayment.payment_providers.signed_http import SignedProvider


def providers_of(settings: Mapping[str, Mapping[str, str]]) -> dict[str, PaymentProvider]:
    """Return the adapters by code.

    Takes   settings  provider code -> its fields, as QINGSHOU_PAYMENTS has them for one lender
    """
    return {
        code: SignedProvider(
            code=code, name=fields.get("name") or code, url=fields["url"], signing_key=fields["signing_key"]
        )
        for code, fields in settings.items()
        if fields.get("url")
    }
