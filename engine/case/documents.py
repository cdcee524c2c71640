"""文书: a document that an entry made due is made, and its hash kept."""

import re
from collections.abc import Mapping

from engine.case import policy
from engine.case.act import Act
from engine.case.state import Case
from engine.commands import Actor, IssueDocument
from engine.errors import AlreadyDone, BadInput
from engine.journal import Json

ISSUED_KIND = "DocumentIssued"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def check_issue(case: Case, command: IssueDocument, actor: Actor) -> None:
    """Only the system, once for each document, whatever the state of the case."""
    policy.require_system(actor)
    if command.document in case.documents:
        raise AlreadyDone("document.issued", "文书已经制作", "this document was made already", command.document)
    if not _DIGEST.fullmatch(command.sha256):
        raise BadInput("document.hash", "文件摘要应为 64 位十六进制", "a hash has 64 hexadecimal digits", "sha256")


def issue_facts(command: IssueDocument) -> dict[str, Json]:
    """What the journal keeps of a document."""
    return {
        "document": command.document, "kind": command.kind, "number": command.number, "sha256": command.sha256,
    }  # fmt: skip


def issued(case: Case, facts: Mapping[str, Json], act: Act) -> None:
    """DocumentIssued: the file is there; nothing else of the case changes."""
    case.documents = {**case.documents, str(facts["document"]): str(facts["sha256"])}
