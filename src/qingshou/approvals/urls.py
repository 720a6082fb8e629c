"""Addresses of the queue and of one request."""

from django.urls import path

from qingshou.approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("<uuid:request_id>/", views.request_page, name="request"),
    path("<uuid:request_id>/decide/", views.decide, name="decide"),
    path("<uuid:request_id>/withdraw/", views.withdraw, name="withdraw"),
]
