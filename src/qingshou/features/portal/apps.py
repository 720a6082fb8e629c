from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "qingshou.features.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.features.cases.panels import register_panel
        from qingshou.features.portal.phrases.acts import PANEL

        register_panel("portal:desk_panel", permission="repayment.view", label=PANEL)
