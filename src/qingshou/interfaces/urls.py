"""All routes."""

from django.urls import include, path
from django.views.i18n import set_language

from qingshou.interfaces import api
from qingshou.interfaces.web import converters, pages

handler400 = "qingshou.interfaces.web.pages.bad_request"
handler403 = "qingshou.interfaces.web.pages.permission_denied"
handler404 = "qingshou.interfaces.web.pages.page_not_found"
handler500 = "qingshou.interfaces.web.pages.server_error"

converters.register()
urlpatterns = [
    path("api/v1/", include(api.routes())),  # asked most, and found without trying every page
    path("", pages.home, name="home"),
    path("language/", set_language, name="set_language"),
    path("imports/", include("qingshou.features.book.urls")),
    path("cockpit/", include("qingshou.features.delinquency.urls")),
    path("", include("qingshou.features.cases.urls")),
    path("", include("qingshou.features.contact.urls")),
    path("", include("qingshou.features.repayment.urls")),
    path("", include("qingshou.features.portal.urls")),
    path("runs/", include("qingshou.features.oversight.urls")),
    path("users/", include("qingshou.access.urls")),
    path("approvals/", include("qingshou.approvals.urls")),
    path("accounts/", include("allauth.urls")),
]
