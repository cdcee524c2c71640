"""Which step waits for which, and why: from needs and yields, declared rules and the items themselves."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.catalogue import Offering, Precedence, ServiceItem, Step, vocabulary
from engine.errors import CatalogueError
from engine.parallel.order import DECLARED, DERIVED, INSIDE, Cycle, Order, PrecedenceGraph

__all__ = ["Cycle", "Order", "PrecedenceGraph", "Work", "derived_orders", "precedence_of"]


@dataclass(frozen=True)
class Work:
    """What a step needs and yields, wherever it is written: codes of materials and results."""

    id: str
    name_zh: str
    name_en: str
    needs: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()


def derived_orders(works: Sequence[Work], given: Collection[str]) -> tuple[Order, ...]:
    """An order for each result one step needs and another yields.

    ``given`` are the codes that come from outside. CatalogueError when a needed code is neither given nor
    yielded, or when two steps yield the same.
    """
    producers = _producers(works)
    orders = []
    for work in works:
        for code in work.needs:
            if code in producers:
                orders.append(_derived(producers[code], work, code))
            elif code not in given:
                raise CatalogueError(
                    "precedence.no_producer",
                    f"“{work.name_zh}”需要 {code}，但没有环节产生它，申请人和其他部门也不提供",
                    f"“{work.name_en}” needs {code}, but no step yields it and nobody brings it",
                    work.id,
                )
    return tuple(orders)


def _producers(works: Iterable[Work]) -> dict[str, Work]:
    found: dict[str, Work] = {}
    for work in works:
        for code in work.yields:
            other = found.setdefault(code, work)
            if other is not work:
                raise CatalogueError(
                    "precedence.two_producers",
                    f"{code} 由两个环节产生：“{other.name_zh}”和“{work.name_zh}”；应只有一个",
                    f"{code} is yielded by two steps, “{other.name_en}” and “{work.name_en}”; only one may",
                    f"{other.id}, {work.id}",
                )
    return found


def _derived(producer: Work, work: Work, code: str) -> Order:
    return Order(
        before=producer.id,
        after=work.id,
        strength=vocabulary.BEFORE_STEP,
        kind=DERIVED,
        why_zh=f"需要“{producer.name_zh}”产生的 {code}",
        why_en=f"needs {code}, which “{producer.name_en}” yields",
        carries=code,
    )


def precedence_of(
    offering: Offering, codes: Iterable[str] | None = None, *, relaxed: bool = False, own_steps: bool = True
) -> PrecedenceGraph:
    """Every order between the steps of the items ``codes`` (all when None), not reduced; it may have cycles.

    A declared precedence that carries a result takes the place of the order derived from that need, because it
    knows the reason; it lasts until the whole item before it is finished. ``relaxed``: what is marked relaxable
    is needed only before the item's last step. ``own_steps``: with the offering's own steps, which follow all
    items. CatalogueError for a missing producer or two of them.
    """
    wanted = {item.code for item in offering.items} if codes is None else set(codes)
    items = [item for item in offering.items if item.code in wanted]
    declared = [edge for edge in offering.precedence if edge.from_ in wanted and edge.to in wanted]
    orders = [order for item in items for order in _inside(item)]
    orders += [order for edge in declared for order in _declared(offering, edge, relaxed)]
    orders += _undeclared(offering, items, declared, relaxed)
    steps = [step for item in items for step in item.steps]
    if own_steps:
        orders += _closing(offering, items)
        steps += offering.own_steps
    names = {step.id: _name(offering, step) for step in steps}
    return PrecedenceGraph(tuple(step.id for step in steps), tuple(dict.fromkeys(orders)), names)


def _name(offering: Offering, step: Step) -> tuple[str, str]:
    owner = offering.item(step.item) if step.item else offering
    return f"{owner.short_zh} · {step.name_zh}", f"{owner.short_en} · {step.name_en}"


def _inside(item: ServiceItem) -> Iterable[Order]:
    return (_kept(before, step.id, item.steps_source) for step in item.steps for before in step.after)


def _kept(before: str, after: str, source: tuple[str, ...] = ()) -> Order:
    zh, en = "同一事项的环节依次进行", "the steps of one item follow each other"
    return Order(before, after, vocabulary.BEFORE_STEP, INSIDE, zh, en, source)


def _closing(offering: Offering, items: Iterable[ServiceItem]) -> Iterable[Order]:
    """The own steps in their order, the first of them after everything else."""
    zh, en = "所有事项办结之后", "after all items are finished"
    for step in offering.own_steps:
        yield from (_kept(before, step.id) for before in step.after)
        if not step.after:
            for last in (last for item in items for last in item.last_steps):
                yield Order(last, step.id, vocabulary.BEFORE_START, INSIDE, zh, en)


def _declared(offering: Offering, edge: Precedence, relaxed: bool) -> Iterable[Order]:
    relax = relaxed and edge.relaxable
    targets = _last_mandatory(offering.item(edge.to)) if relax else (edge.to_step,)
    for before in offering.item(edge.from_).last_steps:
        for after in targets:
            yield Order(
                before=before,
                after=after,
                strength=vocabulary.BEFORE_ISSUE if relax else edge.strength,
                kind=DERIVED if edge.carries else DECLARED,
                why_zh=edge.reason_zh,
                why_en=edge.reason_en,
                source=edge.relax_source if relax and edge.relax_source else edge.source,
                relaxable=edge.relaxable,
                carries=edge.carries,
            )


def _last_mandatory(item: ServiceItem) -> tuple[str, ...]:
    """The last steps of an item when its optional ones are left out."""
    graph = PrecedenceGraph(tuple(step.id for step in item.steps), tuple(_inside(item)))
    left = graph.without([step.id for step in item.steps if step.optional])
    return tuple(step for step in left.steps if not left.successors[step])


def _undeclared(
    offering: Offering, items: Sequence[ServiceItem], declared: Sequence[Precedence], relaxed: bool
) -> Iterable[Order]:
    """Orders that follow from needs and yields alone, no declared precedence saying them."""
    codes = {item.code for item in items}
    given = {m.code for item in items for m in item.materials if m.produced_by not in codes}
    works = [_work(offering, step) for item in items for step in item.steps]
    said = {(edge.to_step, edge.carries) for edge in declared}
    loose = [edge for edge in declared if relaxed and edge.relaxable]
    said |= {(step.id, edge.carries) for edge in loose for step in offering.item(edge.to).steps}
    for order in derived_orders(works, given):
        if (order.after, order.carries) not in said:
            yield replace(order, strength=_strength(offering, order.after))


def _work(offering: Offering, step: Step) -> Work:
    return Work(step.id, *_name(offering, step), step.needs, step.yields)


def _strength(offering: Offering, step_id: str) -> str:
    step = offering.step(step_id)
    if step_id in offering.item(step.item).first_steps:
        return vocabulary.BEFORE_START
    return vocabulary.BEFORE_ISSUE if step.act == "issue" else vocabulary.BEFORE_STEP
