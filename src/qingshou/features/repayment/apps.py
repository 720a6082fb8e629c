from django.apps import AppConfig


class RepaymentConfig(AppConfig):
    name = "qingshou.features.repayment"
    label = "repayment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.features.cases.panels import register_act, register_panel
        from qingshou.features.contact.queries.values import register_values
        from qingshou.features.repayment.lender_settings import register_repayment_settings
        from qingshou.features.repayment.operations.agreement_registering import register_agreements
        from qingshou.features.repayment.operations.ledger_approvals import register_ledger_kinds
        from qingshou.features.repayment.operations.re_ageing import register_re_ageing
        from qingshou.features.repayment.operations.re_amortising import register_re_amortising
        from qingshou.features.repayment.operations.relief import register_relief
        from qingshou.features.repayment.phrases import desk
        from qingshou.features.repayment.phrases import documents as documents  # words of what is recorded
        from qingshou.features.repayment.phrases.hardship import PANEL
        from qingshou.features.repayment.phrases.money import PANEL as MONEY_PANEL
        from qingshou.features.repayment.queries.receipts import references_of

        register_repayment_settings()
        register_values(references_of)
        register_agreements()
        register_relief()
        register_ledger_kinds()
        register_re_ageing()
        register_re_amortising()
        register_panel("repayment:agreements_panel", permission="repayment.view", label=desk.PANEL)
        register_act(
            "repayment:take_promise", permission="repayment.work", label=desk.PROMISE, icon="calendar", key="p"
        )
        register_panel("repayment:money_panel", permission="repayment.view", label=MONEY_PANEL)
        register_panel("repayment:hardship_panel", permission="repayment.view", label=PANEL)
