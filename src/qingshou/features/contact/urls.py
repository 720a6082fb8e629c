"""Routes of contact: calls, messages, replies, templates, campaigns, refusals, and the providers' reports."""

from django.urls import URLPattern, path

from qingshou.features.contact.views import (
    call,
    call_list,
    campaign_page,
    campaigns,
    recordings,
    refusals,
    template_page,
    templates,
    timing,
)

app_name = "contact"
urlpatterns: list[URLPattern] = [
    path("cases/<uuid:case_id>/call/", call.call, name="call"),
    path("cases/<uuid:case_id>/call/light", call.light, name="call_light"),
    path("cases/<uuid:case_id>/call/begin", call.begin, name="call_begin"),
    path("cases/<uuid:case_id>/call/abandon", call.abandon, name="call_abandon"),
    path("cases/<uuid:case_id>/call/identity", call.identity, name="call_identity"),
    path("cases/<uuid:case_id>/call/step", call.step, name="call_step"),
    path("cases/<uuid:case_id>/call/save", call.save, name="call_save"),
    path("contact/calls/", call_list.calls, name="calls"),
    path("contact/calls/<uuid:call_id>/recording", recordings.recording, name="recording"),
    path("contact/calls/<uuid:call_id>/recording/add", recordings.add, name="add_recording"),
    path("contact/campaigns/", campaigns.campaign_list, name="campaigns"),
    path("contact/campaigns/new", campaigns.new_campaign, name="new_campaign"),
    path("contact/campaigns/size", campaigns.segment_size, name="segment_size"),
    path("contact/campaigns/<uuid:campaign_id>/", campaign_page.campaign, name="campaign"),
    path("contact/campaigns/<uuid:campaign_id>/progress", campaign_page.progress, name="campaign_progress"),
    path("contact/campaigns/<uuid:campaign_id>/debtors", campaign_page.members, name="campaign_members"),
    path("contact/campaigns/<uuid:campaign_id>/prepare", campaigns.prepare, name="prepare_campaign"),
    path("contact/campaigns/<uuid:campaign_id>/start", campaigns.start, name="start_campaign"),
    path("contact/campaigns/<uuid:campaign_id>/pause", campaigns.pause, name="pause_campaign"),
    path("contact/campaigns/<uuid:campaign_id>/resume", campaigns.resume, name="resume_campaign"),
    path("contact/campaigns/<uuid:campaign_id>/stop", campaigns.stop, name="stop_campaign"),
    path("contact/refusals/", refusals.refusals, name="refusals"),
    path("contact/timing/", timing.timing, name="timing"),
    path("contact/timing/learn", timing.learn, name="learn_timing"),
    path("contact/templates/", templates.template_list, name="templates"),
    path("contact/templates/new", templates.new_template, name="new_template"),
    path("contact/templates/words", templates.own_words, name="template_words"),
    path("contact/templates/preview", templates.preview, name="preview_template"),
    path("contact/templates/install", templates.install, name="install_templates"),
    path("contact/templates/ask", templates.ask_many, name="ask_templates"),
    path("contact/templates/<uuid:version_id>/", template_page.template, name="template"),
    path("contact/templates/<uuid:version_id>/change", template_page.change, name="change_template"),
    path("contact/templates/<uuid:version_id>/ask", template_page.ask, name="ask_template"),
    path("contact/templates/<uuid:version_id>/retire", template_page.retire, name="retire_template"),
    path("contact/templates/<uuid:version_id>/new", template_page.write_anew, name="write_template_anew"),
]
