from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "qingshou.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.approvals import phrases as phrases  # registers the words of the actions
        from qingshou.approvals.limits import ANY_KIND, limits_of
        from qingshou.tenancy.settings_checks import register_settings

        register_settings("approval_limits", lambda settings: limits_of(settings, ANY_KIND))
