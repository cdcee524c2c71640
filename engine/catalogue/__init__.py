"""Items, bundles, their materials, conditions and order, read from ``processes/`` and checked."""

from engine.catalogue.checklist import COMMITTED, ChecklistLine, materials_checklist
from engine.catalogue.commitment import CommitmentRoute
from engine.catalogue.conditions import Comparison, Condition
from engine.catalogue.evidence import LegalBasis, Limit, Source
from engine.catalogue.fields import Choice, Field, Value
from engine.catalogue.load import load_catalogue, load_demo_accounts
from engine.catalogue.model import (
    Catalogue,
    Material,
    Offering,
    Precedence,
    Reported,
    Result,
    ServiceItem,
    SharedStep,
    Step,
)
from engine.catalogue.people import DemoAccount, Department, Role
from engine.catalogue.policies import Policy
from engine.catalogue.regimes import ItemOrder, KnownCycle, Regime
from engine.catalogue.vocabulary import (
    APPLICANT,
    BRANCH,
    BUNDLE,
    CASE_TYPES,
    ITEM,
    ITEM_TYPES,
    LEAD_DECIDES,
    SEPARATE,
    SHARED,
    VETO,
)

__all__ = [
    "APPLICANT",
    "BRANCH",
    "BUNDLE",
    "CASE_TYPES",
    "COMMITTED",
    "ITEM",
    "ITEM_TYPES",
    "LEAD_DECIDES",
    "SEPARATE",
    "SHARED",
    "VETO",
    "Catalogue",
    "ChecklistLine",
    "Choice",
    "CommitmentRoute",
    "Comparison",
    "Condition",
    "DemoAccount",
    "Department",
    "Field",
    "ItemOrder",
    "KnownCycle",
    "LegalBasis",
    "Limit",
    "Material",
    "Offering",
    "Policy",
    "Precedence",
    "Regime",
    "Reported",
    "Result",
    "Role",
    "ServiceItem",
    "SharedStep",
    "Source",
    "Step",
    "Value",
    "load_catalogue",
    "load_demo_accounts",
    "materials_checklist",
]
