"""Addresses of users, teams, clients and roles."""

from django.urls import path

from qingshou.access.views import desk, users

app_name = "access"
urlpatterns = [
    path("", users.users, name="users"),
    path("new/", users.new_user, name="new_user"),
    path("roles/", desk.roles, name="roles"),
    path("teams/", desk.teams, name="teams"),
    path("teams/<uuid:team_id>/", desk.change_team, name="change_team"),
    path("clients/", desk.clients, name="clients"),
    path("clients/<uuid:client_id>/revoke/", desk.revoke_client, name="revoke_client"),
    path("<uuid:user_id>/", users.user, name="user"),
    path("<uuid:user_id>/deactivate/", users.deactivate, name="deactivate"),
    path("<uuid:user_id>/reactivate/", users.reactivate, name="reactivate"),
    path("<uuid:user_id>/password/", users.reset_password, name="reset_password"),
    path("<uuid:user_id>/sessions/", users.end_sessions, name="end_sessions"),
    path("<uuid:user_id>/presence/", users.presence, name="presence"),
]
