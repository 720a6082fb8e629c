"""Routes of contact: calls, messages, replies, templates, campaigns, refusals, and the providers' reports."""

from django.urls import URLPattern

app_name = "contact"
urlpatterns: list[URLPattern] = []
