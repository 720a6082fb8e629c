from django.apps import AppConfig


class DelinquencyConfig(AppConfig):
    name = "qingshou.features.delinquency"
    label = "delinquency"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.features.delinquency.rules import tolerances_of
        from qingshou.tenancy.settings_checks import register_settings

        for key in ("grace_days", "materiality_amount", "materiality_share"):
            register_settings(key, tolerances_of)
