"""The addresses of these pages."""

from flask import Blueprint

from webapp.hands import answers, handover, pages

hands = Blueprint("hands", __name__, url_prefix="/hands")

_FORMS = ["GET", "POST"]
hands.add_url_rule("/received", "received", answers.received)
hands.add_url_rule("/handover", "handover", handover.page, methods=_FORMS)
hands.add_url_rule("/<case_id>/<act>", "aside", pages.case_page, methods=_FORMS)
hands.add_url_rule("/<case_id>/asides/<number>", "answer", answers.answer, methods=_FORMS)
hands.add_url_rule("/<case_id>/tasks/<task_id>/<act>", "act", pages.seat_page, methods=_FORMS)
