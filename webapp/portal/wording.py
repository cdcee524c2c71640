"""The catalogue in the reader's words: template filters for both languages."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from engine.catalogue import ITEM_TYPES, Choice, ServiceItem
from webapp.context import engine
from webapp.i18n import language
from webapp.portal.guide import Total
from webapp.words import limit_words, local

METRICS = {
    "working_days": lazy_gettext("办理时间"),
    "materials": lazy_gettext("材料"),
    "trips": lazy_gettext("跑动次数"),
    "links": lazy_gettext("办理环节"),
    "form_fields": lazy_gettext("表格填写项"),
    "percent_time": lazy_gettext("办理时间减少"),
    "percent_materials": lazy_gettext("材料减少"),
    "percent_trips": lazy_gettext("跑动次数减少"),
    "percent_links": lazy_gettext("环节减少"),
}


def number_words(value: Decimal) -> str:
    """A figure as people write it: 13, 13.5, 0.5."""
    return f"{value.normalize():f}"


def time_limit(value: Decimal | None, unit: str = "working_days") -> str:
    """A time limit in words; none at all is a dash, zero is the same day."""
    if value is None:
        return "—"
    return limit_words(value, unit)


def span_words(total: Total) -> str:
    """The promised total: one figure, or from – to where it depends on the answers."""
    if total.least == total.most:
        return time_limit(total.most)
    least = number_words(total.least) if total.least else _("当日")
    return str(_("%(least)s–%(most)s 个工作日", least=least, most=number_words(total.most)))


def names(items: Iterable[ServiceItem]) -> str:
    """The short names of items, as a list in a sentence."""
    return str(_("、")).join(local(item, "short") for item in items)


def either(words: Iterable[tuple[str, str]]) -> str:
    """Conditions (Chinese, English), any of which is enough."""
    position = 0 if language() == "zh" else 1
    return str(_("；或者")).join(pair[position] for pair in words)


def labels(choices: Iterable[Choice]) -> str:
    """The answers a field offers."""
    return str(_("、")).join(local(choice, "label") for choice in choices)


def metric_words(metric: str) -> str:
    """What a reported figure measures."""
    return str(METRICS.get(metric, metric))


def figure_words(value: Decimal | None, metric: str) -> str:
    """A reported figure with what it counts."""
    if value is None:
        return "—"
    if metric.startswith("percent_"):
        return f"{number_words(value)} %"
    return time_limit(value) if metric == "working_days" else number_words(value)


def result_name(item: ServiceItem, code: str) -> str:
    """The name of one of an item's results."""
    return next((local(result) for result in item.results if result.code == code), code)


def item_type(name: str) -> str:
    """The kind of power an item is an exercise of; the catalogue names it in Chinese."""
    return name if language() == "zh" else ITEM_TYPES.get(name, name)


def holder_name(holder: str) -> str | Markup:
    """Who holds a material. The catalogue names holders in Chinese; the departments among them have English names."""
    for department in engine().deployments.catalogue.departments.values():
        if department.name_zh == holder:
            return local(department)
    return holder if language() == "zh" else Markup('<span lang="zh-CN">{}</span>').format(holder)


FILTERS = {
    "time_limit": time_limit,
    "span_words": span_words,
    "names": names,
    "either": either,
    "labels": labels,
    "metric": metric_words,
    "figure": figure_words,
    "item_type": item_type,
    "result_name": result_name,
    "holder": holder_name,
}
