"""Routes of the cockpit."""

from django.urls import path

from qingshou.features.delinquency import views

app_name = "delinquency"
urlpatterns = [
    path("", views.cockpit, name="cockpit"),
    path("figures", views.figures, name="figures"),
    path("loans", views.drill, name="drill"),
]
