from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "qingshou.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.access import phrases as phrases  # registers the words of the actions
        from qingshou.access import sign_in_record as sign_in_record  # listens to the sign-in pages
        from qingshou.access.permissions import register

        register()
