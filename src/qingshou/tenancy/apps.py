from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "qingshou.tenancy"
    label = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.tenancy import any_of as any_of  # registers the lookup
        from qingshou.tenancy import context as context  # registers the connection hook
        from qingshou.tenancy.append_only import lay_append_only
        from qingshou.tenancy.row_security import lay_policies

        post_migrate.connect(lay_policies, dispatch_uid="qingshou-row-security")
        post_migrate.connect(lay_append_only, dispatch_uid="qingshou-append-only")
