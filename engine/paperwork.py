"""Documents of cases: what became due, what is printed, what is shown, what can be verified."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from jinja2 import TemplateError

from engine.case.commitment.revoking import REVOKED_KIND
from engine.case.state import Case
from engine.catalogue import Offering
from engine.commands import SYSTEM, IssueDocument
from engine.deployments import Deployments
from engine.documents.code import same_code, verification_code
from engine.documents.due import NOTHING, Numbering, Standing, due_rows
from engine.documents.files import ContentFiles
from engine.documents.language import environment
from engine.documents.model import Kind, Papers
from engine.documents.standing import stands
from engine.documents.values import Frame, Source, signer, values_of
from engine.errors import BadInput, IntegrityError, NotFound, NotPossible
from engine.journal import Entry
from engine.reader import CaseView, Reader, plain
from engine.replay import folded
from engine.settings import Settings
from engine.store import Store, Transaction
from engine.store.change import Row
from engine.store.documents import PaperRows
from engine.store.papers import DROPPED, DUE, MADE, Paper
from engine.store.records import Records

Names = tuple[str, str]
"""Chinese, English."""


_TYPED = str.maketrans({**dict.fromkeys("[［【(（", "〔"), **dict.fromkeys("]］】)）", "〕"), " ": None, "　": None})
"""What people type instead of the brackets of a number."""


@dataclass(frozen=True)
class Shown:
    """A document as people see it: its names, who signed it, whether it stands."""

    paper: Paper
    name: Names
    authority: Names
    case_number: str
    stands: bool
    revoked_at: str = ""
    """When what it certifies was revoked by law; empty when it was not."""

    @property
    def made(self) -> bool:
        """Whether there is a file."""
        return self.paper.state == MADE


class Paperwork:
    """Everything about documents but the printing itself."""

    def __init__(self, settings: Settings, papers: Papers, store: Store, deployments: Deployments) -> None:
        self.papers = papers
        self.rows = PaperRows(store.database, timedelta(seconds=settings.lease_seconds))
        self.files = ContentFiles(settings.files_folder, ".pdf")
        self._area = settings.area
        self._store = store
        self._records = Records(store.database)
        self._deployments = deployments
        self._templates = environment(papers.templates)
        self._frame = Frame(
            papers, deployments.catalogue, deployments.calendar.zone, settings.notices.public_url, settings.secret_key
        )

    def standing(self, case: Case) -> Standing:
        """What documents could be about, before an entry is applied."""
        return (
            Standing.of(case, self._deployments.get(case.version).offering)
            if case.items and self.papers.kinds
            else NOTHING
        )

    def due(self, before: Standing, case: Case, entry: Entry, next_value: Callable[[str], int]) -> list[Row]:
        """Rows of the documents an entry makes due."""
        if not self.papers.kinds:
            return []
        offering = self._deployments.get(case.version).offering
        return due_rows(self.papers, before, case, entry, offering, Numbering(self._area, self._frame.zone, next_value))

    def wanted(self, paper: Paper, reader: Reader) -> bool:
        """Whether a document that is due still says what is so."""
        return stands(paper, self.rows.of_case(paper.case_id), reader.case(paper.case_id, SYSTEM).case)

    def html(self, paper: Paper) -> str:
        """The document in words, as of the entry that made it due; NotPossible, BadInput or IntegrityError."""
        kind = self.papers.kind(paper.kind)
        if kind is None:
            raise NotPossible(
                "document.kind", f"documents.toml 中没有文书 {paper.kind}", f"documents.toml has no {paper.kind}"
            )
        with self._store.database.read() as connection:
            entries = self._store.entries(connection, paper.case_id)[: paper.seq]
        case = folded(paper.case_id, entries, self._deployments.get)
        offering = self._deployments.get(case.version).offering
        personal = self._records.applicant(paper.case_id)
        source = Source(paper, kind, entries[-1], case, offering, personal)
        return self.filled(kind, values_of(source, self._frame))

    def filled(self, kind: Kind, values: dict[str, Any]) -> str:
        """A template with these values."""
        try:
            return self._templates.get_template(kind.template).render(values)
        except TemplateError as error:
            raise BadInput(
                "document.template", f"模板 {kind.template} 无法使用", f"the template {kind.template} cannot be used",
                kind.template,
            ) from error  # fmt: skip

    def shown(self, view: CaseView) -> list[Shown]:
        """The documents of a case, in the order they became due; what was dropped before it was made is left out."""
        papers = self.rows.of_case(view.case.id)
        return [self._shown(one, papers, view) for one in papers if one.state != DROPPED]

    def _shown(self, paper: Paper, papers: Sequence[Paper], view: CaseView) -> Shown:
        kind, offering = self.papers.kind(paper.kind), view.deployment.offering
        name = _result_name(paper, offering) or (
            (paper.kind, paper.kind) if kind is None else (kind.name_zh, kind.name_en)
        )
        department = offering.lead_department if kind is None else signer(kind, paper.item, offering)
        authority = self._frame.authority(department)
        revoked = next((one.at for one in view.entries if _revokes(one, paper, papers)), "")
        return Shown(paper, name, authority, view.case.number, stands(paper, papers, view.case), revoked)

    def one(self, view: CaseView, document: str) -> Shown:
        """A document of a case that has been made; NotFound."""
        found = next((one for one in self.shown(view) if one.paper.id == document and one.made), None)
        if found is None:
            raise _unknown()
        return found

    def content(self, shown: Shown) -> bytes:
        """The file; IntegrityError, with a line in the log, when it is missing or damaged."""
        return self.files.read(shown.paper.sha256 or "")

    def code(self, shown: Shown) -> str:
        """The verification code printed on a document."""
        return verification_code(self._frame.secret_key, shown.paper.case_id, shown.paper.id)

    def verify(self, number: str, code: str, reader: Reader) -> Shown:
        """The document with this number and verification code; NotFound when either is wrong, without saying which."""
        paper = self.rows.numbered(plain(number).translate(_TYPED))
        expected = verification_code(self._frame.secret_key, paper.case_id if paper else "", paper.id if paper else "")
        if not same_code(expected, plain(code)) or paper is None or paper.state != MADE:
            raise NotFound("verify.unknown", "文号或验证码不正确", "the number or the verification code is wrong")
        return self.one(reader.case(paper.case_id, SYSTEM), paper.id)


def _result_name(paper: Paper, offering: Offering) -> Names | None:
    """What a certificate is called in the catalogue; None for another document."""
    results = offering.item(paper.item).results if paper.result else ()
    return next(((one.name_zh, one.name_en) for one in results if one.code == paper.result), None)


def _revokes(entry: Entry, paper: Paper, papers: Sequence[Paper]) -> bool:
    """Whether an entry revokes what a certificate tells of: the last one there was of it then."""
    if entry.kind != REVOKED_KIND or not paper.result or paper.result not in entry.facts["results"]:
        return False
    before = [one.seq for one in papers if one.result == paper.result and one.seq < entry.seq]
    return bool(before) and paper.seq == max(before)


def require_due(transaction: Transaction, command: IssueDocument) -> Paper:
    """The row a command makes, as it says it; with the case locked. NotFound, IntegrityError."""
    paper = transaction.document(command.case_id, command.document)
    if paper is None:
        raise _unknown()
    if paper.state != DUE or (paper.kind, paper.number) != (command.kind, command.number):
        raise IntegrityError(
            "document.other", "文书登记与日志不一致", "the row of the document is not the one in the command",
            command.document,
        )  # fmt: skip
    return paper


def _unknown() -> NotFound:
    return NotFound("document.unknown", "没有这份文书", "there is no such document")
