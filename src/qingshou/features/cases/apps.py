from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "qingshou.features.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.access.handover import register_holder
        from qingshou.approvals.kinds import register_kind
        from qingshou.features.cases.operations.exceptions import KIND, PERMISSION, move_as_approved
        from qingshou.features.cases.operations.holding import HELD, count_held_cases, hand_over_cases
        from qingshou.features.cases.phrases import APPROVALS
        from qingshou.kernel.lender_settings import part_of
        from qingshou.tenancy.settings_checks import register_settings

        register_settings("products", lambda settings: part_of(settings, "products"))
        register_kind(KIND, permission=PERMISSION, on_approved=move_as_approved, phrase=APPROVALS[KIND])
        register_holder(HELD, count=count_held_cases, hand_over=hand_over_cases)
