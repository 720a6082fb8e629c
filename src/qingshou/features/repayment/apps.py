from django.apps import AppConfig


class RepaymentConfig(AppConfig):
    name = "qingshou.features.repayment"
    label = "repayment"
    default_auto_field = "django.db.models.BigAutoField"
