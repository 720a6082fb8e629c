"""Routes of repayment: hardship, money, agreements, and where payment providers report."""

from django.urls import URLPattern, path

from qingshou.features.repayment.desk_urls import routes as desk_routes
from qingshou.features.repayment.money_urls import routes as money_routes
from qingshou.features.repayment.views import hardship, hardship_panel, payment_hooks, relief

app_name = "repayment"
urlpatterns: list[URLPattern] = [
    *money_routes,
    *desk_routes,
    path("hardship/", hardship.queue, name="hardships"),
    path("hardship/relief/", relief.programmes, name="relief"),
    path("hardship/relief/ask", relief.ask, name="ask_relief"),
    path("hardship/relief/<uuid:programme_id>/end", relief.end, name="end_relief"),
    path("cases/<uuid:case_id>/hardship-panel", hardship_panel.panel, name="hardship_panel"),
    path("cases/<uuid:case_id>/hardship", hardship_panel.report, name="report_hardship"),
    path("cases/<uuid:case_id>/hardship/<uuid:hardship_id>", hardship_panel.decide, name="decide_hardship"),
    path("hooks/payments/<slug:lender>/<slug:provider>/", payment_hooks.payment_hook, name="payment_hook"),
]
