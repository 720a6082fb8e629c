"""Routes of run control."""

from django.urls import path

from qingshou.features.oversight import views

app_name = "oversight"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("start", views.start_run, name="start_run"),
    path("<iso_day:as_of>/", views.run, name="run"),
    path("<iso_day:as_of>/progress", views.run_progress, name="run_progress"),
]
