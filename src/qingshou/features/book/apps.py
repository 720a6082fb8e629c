from django.apps import AppConfig


class BookConfig(AppConfig):
    name = "qingshou.features.book"
    label = "book"
    default_auto_field = "django.db.models.BigAutoField"
