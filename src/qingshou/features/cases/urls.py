"""Routes of the worklist and the cases."""

from django.urls import path

from qingshou.features.cases.views import acts, case, hands, search, worklist

app_name = "cases"
urlpatterns = [
    path("worklist/", worklist.worklist, name="worklist"),
    path("worklist/next", worklist.next_case, name="next"),
    path("worklist/views/save", worklist.save_view, name="save_view"),
    path("worklist/views/forget", worklist.forget_view, name="forget_view"),
    path("worklist/assign", hands.assign, name="assign"),
    path("worklist/deal", hands.deal, name="deal"),
    path("search/", search.search, name="search"),
    path("cases/<uuid:case_id>/", case.case, name="case"),
    path("cases/<uuid:case_id>/reveal", case.reveal, name="reveal"),
    path("cases/<uuid:case_id>/action", acts.set_action, name="set_action"),
    path("cases/<uuid:case_id>/evidence", acts.give_evidence, name="give_evidence"),
    path("cases/<uuid:case_id>/move", acts.move, name="move"),
    path("cases/<uuid:case_id>/owner", acts.give_to, name="give_to"),
    path("cases/<uuid:case_id>/reopen", acts.reopen, name="reopen"),
]
