"""Routes of the negotiation desk: budgets, offers, negotiation, promises, plans."""

from django.urls import URLPattern, path

from qingshou.features.repayment.views import (
    agreements_panel,
    budget,
    budget_by_word,
    negotiation,
    offers,
    plan,
    plan_terms,
    plans,
    promise_list,
    promises,
)

routes: list[URLPattern] = [
    path("promises/", promise_list.promises, name="promises"),
    path("promises/<uuid:promise_id>/end", promises.end, name="end_promise"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<uuid:plan_id>/", plan.plan, name="plan"),
    path("plans/<uuid:plan_id>/terms", plan_terms.terms, name="plan_terms"),
    path("plans/<uuid:plan_id>/code", plan.ask_code, name="plan_code"),
    path("plans/<uuid:plan_id>/accept-code", plan.accept_code, name="plan_accept_code"),
    path("plans/<uuid:plan_id>/accept-signature", plan.accept_signature, name="plan_accept_signature"),
    path("plans/<uuid:plan_id>/agreement", plan.agreement, name="plan_agreement"),
    path("plans/<uuid:plan_id>/cancel", plan.cancel, name="plan_cancel"),
    path("cases/<uuid:case_id>/agreements-panel", agreements_panel.panel, name="agreements_panel"),
    path("cases/<uuid:case_id>/promise/", promises.take, name="take_promise"),
    path("cases/<uuid:case_id>/budget/", budget.budget, name="budget"),
    path("cases/<uuid:case_id>/budget/<uuid:budget_id>/by-word", budget_by_word.sign, name="sign_budget_by_word"),
    path("cases/<uuid:case_id>/budget/figures", budget.figures, name="budget_figures"),
    path("cases/<uuid:case_id>/offers/", offers.offers, name="offers"),
    path("cases/<uuid:case_id>/offers/search", offers.search, name="search_offers"),
    path("cases/<uuid:case_id>/offers/try", offers.try_own, name="try_offer"),
    path("cases/<uuid:case_id>/offers/own", offers.own, name="own_offer"),
    path("cases/<uuid:case_id>/offers/<uuid:offer_id>/say", offers.say, name="say_offer"),
    path("cases/<uuid:case_id>/offers/<uuid:offer_id>/take", offers.take, name="take_offer"),
    path("cases/<uuid:case_id>/negotiation/", negotiation.negotiation, name="negotiation"),
    path("cases/<uuid:case_id>/negotiation/<uuid:step_id>/words", negotiation.words_of, name="step_words"),
    path("cases/<uuid:case_id>/waiting-plan", plans.waiting, name="waiting_plan"),
    path("cases/<uuid:case_id>/documents/<uuid:document_id>", plan.document, name="document"),
]
