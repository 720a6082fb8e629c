"""Routes of the debtor's page, below /my/, and of the desk that answers it."""

import re

from django.urls import URLPattern, path, re_path, register_converter

from qingshou.features.portal.views import (
    asks,
    desk_asks,
    desk_panel,
    documents,
    held,
    home,
    income,
    pay,
    paying,
    plan,
    way_in,
    wishes,
)


class TokenConverter:
    """The token of a link: 32 bytes as 43 characters of base64 for addresses."""

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        if not re.fullmatch(self.regex, value):
            raise ValueError("no token")
        return value


register_converter(TokenConverter, "token")

app_name = "portal"
_MY = "my/<slug:lender>/"
urlpatterns: list[URLPattern] = [
    path(f"{_MY}<token:token>", way_in.door, name="door"),
    path(f"{_MY}code/", way_in.code, name="code"),
    path(f"{_MY}leave/", way_in.leave, name="leave"),
    path(_MY, home.home, name="home"),
    path(f"{_MY}loans/<uuid:loan_id>/", home.loan, name="loan"),
    path(f"{_MY}payments/", home.payments, name="payments"),
    path(f"{_MY}pay/", pay.pay, name="pay"),
    path(f"{_MY}pay/online", paying.begin, name="pay_online"),
    path(f"{_MY}pay/<uuid:intent_id>/", paying.payment, name="payment"),
    path(f"{_MY}income/", income.income, name="income"),
    path(f"{_MY}plan/", plan.plan, name="plan"),
    path(f"{_MY}plan/figures/", plan.figures, name="figures"),
    path(f"{_MY}plan/choose", plan.choose, name="choose"),
    path(f"{_MY}plan/<uuid:plan_id>/", plan.one_plan, name="one_plan"),
    path(f"{_MY}plan/<uuid:plan_id>/agreement", plan.agreement, name="agreement"),
    path(f"{_MY}dispute/", asks.dispute, name="dispute"),
    path(f"{_MY}hardship/", asks.hardship, name="hardship"),
    path(f"{_MY}complaint/", asks.complaint, name="complaint"),
    path(f"{_MY}call/", asks.call, name="call"),
    path(f"{_MY}asks/", asks.history, name="history"),
    path(f"{_MY}asks/<uuid:ask_id>/", asks.ask, name="ask"),
    path(f"{_MY}contact/", wishes.wishes, name="wishes"),
    path(f"{_MY}documents/", documents.documents, name="documents"),
    path(f"{_MY}data/", held.held, name="held"),
    path(f"{_MY}data/copy", held.download, name="download"),
    re_path(r"^my/(?P<rest>.*)$", way_in.no_page, name="no_page"),
    path("cases/<uuid:case_id>/portal-panel", desk_panel.panel, name="desk_panel"),
    path("cases/<uuid:case_id>/portal-link", desk_panel.send, name="send_link"),
    path("cases/<uuid:case_id>/portal-link/<uuid:link_id>/revoke", desk_panel.revoke, name="revoke_link"),
    path("requests/", desk_asks.queue, name="desk_asks"),
    path("requests/<uuid:ask_id>/", desk_asks.one, name="desk_ask"),
    path("requests/<uuid:ask_id>/answer", desk_asks.answer, name="desk_answer"),
]
