"""All routes."""

from django.urls import include, path

from qingshou.interfaces import api

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(api.routes())),
]
