from django.apps import AppConfig


class ContactConfig(AppConfig):
    name = "qingshou.features.contact"
    label = "contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from qingshou.features.cases.panels import register_act, register_panel
        from qingshou.features.contact.operations.approving import register_wordings
        from qingshou.features.contact.operations.outbox import take_back_for
        from qingshou.features.contact.operations.stops import on_stop
        from qingshou.features.contact.phrases import acts as acts  # words of what is recorded
        from qingshou.features.contact.phrases.calls import CALL, PANEL
        from qingshou.features.contact.rules.house import house_policy
        from qingshou.features.contact.rules.lender import check_contact, check_words
        from qingshou.features.contact.rules.timing import timing_settings
        from qingshou.tenancy.settings_checks import register_settings

        # what waits in the outbox is taken back in the transaction that places a stop
        on_stop(take_back_for)
        register_wordings()
        register_settings("contact", check_contact)
        register_settings("contact_policy", house_policy)
        register_settings("contact_words", check_words)
        register_settings("timing", timing_settings)
        register_panel("contact:panel", permission="contact.view", label=PANEL)
        register_act("contact:call", permission="contact.work", label=CALL, icon="phone", key="c")
