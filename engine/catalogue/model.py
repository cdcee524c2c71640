"""What ``processes/`` says, as immutable objects.

Names are in Chinese and English side by side; what ``basis`` and ``source`` mean is told in ``evidence``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from engine.catalogue.commitment import CommitmentRoute
from engine.catalogue.conditions import Comparison, Condition
from engine.catalogue.correction import ANSWER_DAYS, WINDOW
from engine.catalogue.evidence import LegalBasis, Limit, Source
from engine.catalogue.fields import Field
from engine.catalogue.people import Department, Role
from engine.catalogue.policies import BUILTIN, DEFAULT, Policy
from engine.catalogue.regimes import KnownCycle, Regime
from engine.catalogue.seat_rules import SeatRule
from engine.catalogue.table import Scalar
from engine.catalogue.vocabulary import FILE_KINDS
from engine.errors import NotFound

DEFER_DAYS = Decimal(5)
"""Working days for a deferred material when the catalogue says nothing else: our own judgement, to be set locally."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """One thing an item needs.

    ``origin``: ``applicant`` brings it; ``shared``: ``holder`` already has it; ``branch``: the item
    ``produced_by`` makes it, and where that item is not part of the case, ``holder`` has it (the applicant
    brings it when nobody is named). One that is ``deferrable`` may follow within ``defer_days`` working days.
    ``files``: the kinds of files it can be uploaded as.
    """

    code: str
    name_zh: str
    name_en: str
    kind: str
    origin: str
    holder: str = ""
    produced_by: str = ""
    deferrable: bool = False
    defer_days: Decimal = DEFER_DAYS
    required_when: Comparison | None = None
    files: tuple[str, ...] = FILE_KINDS


@dataclass(frozen=True, kw_only=True)
class Step:
    """One unit of work of one department: a user task of the diagram with the same id.

    ``item`` is empty for the own steps of an offering (lead decision, delivery). ``after`` are steps of the
    same item, ``needs`` and ``yields`` codes of materials and results. A ``decisive`` step grants or refuses
    its item. ``approvers``: how several people decide it together.
    """

    id: str
    item: str
    name_zh: str
    name_en: str
    department: str
    role: str
    act: str
    limit: Decimal
    unit: str
    basis: str
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    special_procedure: bool = False
    optional: bool = False
    decisive: bool = False
    source: tuple[str, ...] = ()
    policy: str = ""
    approvers: SeatRule | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an item hands out; ``type`` is a word such as 证照 or 批文."""

    code: str
    name_zh: str
    name_en: str
    type: str


@dataclass(frozen=True, kw_only=True)
class ServiceItem:
    """事项: one thing one authority does for an applicant."""

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    department: str
    type: str
    case_type: str
    legal_basis: LegalBasis
    statutory: Limit | None
    promised: Limit | None
    materials: tuple[Material, ...]
    materials_basis: str
    materials_source: tuple[str, ...]
    steps: tuple[Step, ...]
    steps_source: tuple[str, ...]
    results: tuple[Result, ...]
    fee_zh: str
    fee_en: str
    delivery: tuple[str, ...]
    modes: tuple[str, ...]
    note_zh: str = ""
    note_en: str = ""
    policy: str = ""
    commitment: CommitmentRoute | None = None
    site_visit_stops: str = ""
    """The clocks a site visit stops by a local rule: ``promised``, or none."""

    @property
    def first_steps(self) -> tuple[str, ...]:
        """Ids of the steps that wait for no other step of the item but optional ones."""
        optional = {step.id for step in self.steps if step.optional}
        return tuple(step.id for step in self.steps if optional.issuperset(step.after))

    @property
    def last_steps(self) -> tuple[str, ...]:
        """Ids of the steps no other step of the item waits for."""
        awaited = {earlier for step in self.steps for earlier in step.after}
        return tuple(step.id for step in self.steps if step.id not in awaited)


@dataclass(frozen=True, kw_only=True)
class Precedence:
    """前置: the step ``to_step`` of the item ``to`` waits until the item ``from_`` is finished.

    ``carries`` is the result that flows along, or empty; ``deferrable``: it may follow later; ``relaxable``:
    some places ask for it only before the last step (``relax_source``).
    """

    from_: str
    to: str
    to_step: str
    strength: str
    carries: str
    deferrable: bool
    relaxable: bool
    relax_source: tuple[str, ...]
    reason_zh: str
    reason_en: str
    basis: str
    source: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SharedStep:
    """A visit several steps of different items may be joined into; the diagram keeps them apart."""

    id: str
    kind: str
    name_zh: str
    name_en: str
    lead_department: str
    replaces: tuple[str, ...]
    limit: Decimal
    unit: str
    basis: str
    source: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reported:
    """A figure a place reported before and after its reform; shown for comparison, never computed with."""

    metric: str
    unit: str
    place_zh: str
    place_en: str
    before: Decimal | None
    after: Decimal | None
    source: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Offering:
    """What one application is made for: a bundle (一件事) or a single item.

    ``own_steps`` belong to no item: the lead department's decision where the join policy asks for it, and
    delivery. ``known_values`` answer questions of the items that this bundle need not ask. ``diagram`` is
    the content of ``process.bpmn``, ``decisions`` that of the ``.dmn`` files beside it by name.
    ``optional_items`` are the items the figures leave out, because the plain case needs none of them;
    ``item_limits`` are totals of items, in working days, that hold in this bundle. ``correction_window`` and
    ``correction_answer_days`` are the working days in which demands after the acceptance become one notice, and in
    which the applicant should answer it.
    """

    code: str
    kind: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    lead_department: str
    join_policy: str
    items: tuple[ServiceItem, ...]
    own_steps: tuple[Step, ...]
    fields: tuple[Field, ...]
    diagram: bytes = field(repr=False)
    decisions: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    conditions: tuple[Condition, ...] = ()
    precedence: tuple[Precedence, ...] = ()
    shared_steps: tuple[SharedStep, ...] = ()
    veto_items: tuple[str, ...] = ()
    known_values: Mapping[str, Scalar] = field(default_factory=dict)
    reported: tuple[Reported, ...] = ()
    optional_items: tuple[str, ...] = ()
    item_limits: Mapping[str, Decimal] = field(default_factory=dict)
    regimes: tuple[Regime, ...] = ()
    known_cycles: tuple[KnownCycle, ...] = ()
    lead_source: tuple[str, ...] = ()
    notes_zh: str = ""
    notes_en: str = ""
    policy: str = ""
    policies: Mapping[str, Policy] = field(default_factory=dict, repr=False)
    correction_window: Decimal = WINDOW
    correction_answer_days: Decimal = ANSWER_DAYS

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """All steps by id: those of the items in order, then the own steps."""
        return {step.id: step for item in self.items for step in item.steps} | {s.id: s for s in self.own_steps}

    def step(self, step_id: str) -> Step:
        """The step, or NotFound."""
        found = self.steps.get(step_id)
        if found is None:
            raise NotFound("catalogue.no_step", "没有这个环节", "there is no such step", f"{self.code} {step_id}")
        return found

    def item_of(self, step_id: str) -> str:
        """Code of the item a step belongs to, empty for an own step; NotFound when there is no such step."""
        return self.step(step_id).item

    def policy_of(self, step_id: str, drawn: str = "") -> Policy:
        """What a step names, else its item, else the bundle; ``drawn``, what its diagram names, wins over all."""
        step = self.steps.get(step_id)
        item = self.item(step.item).policy if step is not None and step.item else ""
        named = (step.policy if step is not None else "") or item or self.policy
        return self.policies.get(drawn or named or DEFAULT, BUILTIN)

    def item(self, code: str) -> ServiceItem:
        """The item, or NotFound."""
        for item in self.items:
            if item.code == code:
                return item
        raise NotFound("catalogue.no_item", "没有这个事项", "there is no such item", f"{self.code} {code}")

    def condition_of(self, code: str) -> Condition | None:
        """When the item applies; None when it always does."""
        return next((condition for condition in self.conditions if condition.item == code), None)

    def applicable_items(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """Codes of the items these routing values call for, in the order of ``items``."""
        conditions = {item.code: self.condition_of(item.code) for item in self.items}
        known = self.with_known(values)
        return tuple(code for code, condition in conditions.items() if condition is None or condition.applies(known))

    def with_known(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """The values together with those the bundle knows without asking."""
        return {**self.known_values, **values}


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything in ``processes/`` but the calendars, read once."""

    offerings: Mapping[str, Offering]
    items: Mapping[str, ServiceItem]
    departments: Mapping[str, Department]
    roles: Mapping[str, Role]
    sources: Mapping[str, Source]
    policies: Mapping[str, Policy] = field(default_factory=dict)

    def offering(self, code: str) -> Offering:
        """The bundle or single item, or NotFound."""
        found = self.offerings.get(code)
        if found is None:
            raise NotFound("catalogue.no_offering", "没有这个事项或“一件事”", "there is no such item or bundle", code)
        return found
