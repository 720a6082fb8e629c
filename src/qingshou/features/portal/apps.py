from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "qingshou.features.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.features.cases.panels import register_panel
        from qingshou.features.portal.phrases.acts import PANEL
        from qingshou.features.portal.rules.policy import portal_policy
        from qingshou.features.repayment.operations.intents import follow_report
        from qingshou.features.repayment.operations.payment_hooks import on_payment_event
        from qingshou.tenancy.settings_checks import register_settings

        # a payment begun on the page ends with the provider's report, in its transaction
        on_payment_event(follow_report)
        register_settings("portal", portal_policy)
        register_panel("portal:desk_panel", permission="repayment.view", label=PANEL)
