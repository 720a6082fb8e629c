from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "qingshou.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.audit import phrases as phrases  # registers the words of the actions
