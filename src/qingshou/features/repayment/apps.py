from django.apps import AppConfig


class RepaymentConfig(AppConfig):
    name = "qingshou.features.repayment"
    label = "repayment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.features.repayment.operations.relief import register_relief
        from qingshou.features.repayment.operations.agreement_registering import register_agreements
        from qingshou.features.repayment.operations.ledger_approvals import register_ledger_kinds

        register_agreements()
        register_relief()
        register_ledger_kinds()
