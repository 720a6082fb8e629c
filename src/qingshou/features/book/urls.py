"""Routes of the book's pages."""

from django.urls import path

from qingshou.features.book import views

app_name = "book"
urlpatterns = [
    path("", views.imports, name="imports"),
    path("send", views.send, name="send"),
    path("sent/<uuid:upload_id>/", views.map_columns, name="map"),
    path("sent/<uuid:upload_id>/preview", views.preview_columns, name="preview"),
    path("sent/<uuid:upload_id>/progress", views.sending, name="sending"),
    path("sent/<uuid:upload_id>/progress/part", views.progress, name="progress"),
    path("sent/<uuid:upload_id>/forget", views.forget, name="forget"),
    path("<uuid:import_id>/", views.detail, name="import"),
    path("<uuid:import_id>/refused/", views.refused, name="refused"),
    path("<uuid:import_id>/refused/download", views.download_refused, name="download_refused"),
]
