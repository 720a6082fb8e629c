from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "qingshou.features.contact"
    label = "contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.features.contact.operations.approving import register_wordings
        from qingshou.features.contact.operations.outbox import take_back_for
        from qingshou.features.contact.operations.stops import on_stop

        # what waits in the outbox is taken back in the transaction that places a stop
        on_stop(take_back_for)
        register_wordings()
