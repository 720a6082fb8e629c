from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "qingshou.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.approvals import phrases as phrases  # registers the words of the actions
