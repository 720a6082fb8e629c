from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "qingshou.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.access.permissions import register

        register()
