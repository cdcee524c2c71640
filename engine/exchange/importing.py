"""One import: everything is built and checked in memory and in a copy of the folder, then written."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.agreement import agreement
from engine.catalogue import Catalogue, Offering, load_catalogue
from engine.checking import check_path
from engine.errors import BadInput, CatalogueError
from engine.exchange.bundles import bundle_document
from engine.exchange.checks import check_data
from engine.exchange.folder import IMPORTED, Folder, record_text
from engine.exchange.forms import form_document, missing_questions
from engine.exchange.items import Document, World, item_document
from engine.exchange.merge import BASIS, merged_text, new_text, read_toml, with_entries
from engine.exchange.reading import Data, Entry, read_data
from engine.exchange.registers import DEPARTMENTS_HEAD, SOURCES_HEAD, Registers
from engine.exchange.report import CHANGED, NEW, UNCHANGED, Report
from engine.exchange.writing import write_files
from engine.parallel.convert import convert_offering
from engine.parallel.precedence import precedence_of

FORM_HEAD = "# personal = 个人信息 kept apart from the journal; routing = 可用于判断条件 may appear in conditions."
NOT_DRAWN = "<not-drawn/>"


@dataclass(frozen=True)
class Request:
    """``items``, ``bundles``, ``sources``: JSON files; ``into``: the folder of processes.

    ``all_items``: also those no bundle uses.
    """

    items: Path
    bundles: Path
    into: Path
    sources: Path | None = None
    all_items: bool = False
    dry_run: bool = False


def import_data(request: Request) -> Report:
    """Brings the data into the folder; importing the same again changes nothing.

    BadInput for data that is wrong (``where`` is file and place), CatalogueError when folder and data do not go
    together; then nothing is written.
    """
    data = read_data(request.items, request.bundles, request.sources)
    check_data(data)
    if request.into.exists() and not request.into.is_dir():
        raise BadInput("exchange.into", "不是文件夹", "this is not a folder", str(request.into))
    chosen = [item for item in data.items if request.all_items or item["code"] in _used(data)]
    work = _Import(Folder(request.into), data, chosen)
    work.build()
    files = {name: text for name, text in work.files.items() if text != work.folder.text(name)}
    if files or work.undrawn():
        files |= work.verify(files)
    if not request.dry_run:
        write_files(request.into, {name: files[name] for name in sorted(files, key=_rank)})
    chosen_codes = {item["code"] for item in chosen}
    left_out = tuple(item["code"] for item in data.items if item["code"] not in chosen_codes)
    return Report(work.states(files), tuple(sorted(files)), left_out, not request.dry_run)


def _rank(name: str) -> tuple[bool, bool]:
    """What others refer to is written first, the record of the data last."""
    return name.startswith(f"{IMPORTED}/"), "/" in name


def _used(data: Data) -> set[str]:
    used = {code for bundle in data.bundles for code in bundle["items"]}
    return used | {entry["code"] for bundle in data.bundles for entry in bundle["optional_items"]}


@dataclass
class _Import:
    """``files``: what each file has to be, by its path below the folder."""

    folder: Folder
    data: Data
    chosen: list[Entry]
    files: dict[str, str] = field(default_factory=dict)

    def build(self) -> None:
        """The texts of all files but the diagrams."""
        folder = self.folder
        self.registers = Registers(
            folder.values("departments.toml"),
            frozenset(entry["id"] for entry in folder.values("sources.toml").get("sources", [])),
            self.data.sources,
        )
        record = [entry for entry in folder.record.values() if "code" in entry]
        self.now = self._world([*record, *self.chosen])
        self.before = self._world(record)
        for item in self.chosen:
            self._item(item)
        for bundle in self.data.bundles:
            self._bundle(bundle)
        self._forms()
        self._shared()
        self._record()

    def _world(self, items: Iterable[Entry]) -> World:
        """What is made by which item: as the folder's own items say, and those of the data."""
        makers = {
            result["code"]: code for code, item in self.folder.items.items() for result in item.get("results", [])
        }
        makers |= {result["code"]: item["code"] for item in items for result in item["results"]}
        return World(self.registers, makers, {item["code"]: item["lead_department"] for item in self.data.items})

    def _item(self, item: Entry) -> None:
        old = self.folder.record.get(item["code"])
        base = item_document(old, self.before) if old is not None else None
        document = item_document(item, self.now)
        if item["code"] not in self.folder.codes:
            self._use_known_names(item, document)
        self._put(document, base)

    def _use_known_names(self, item: Entry, document: Document) -> None:
        """A new item calls what other items know as they call it."""
        entries = (*item["materials"], *item["results"])
        known = self.folder.names({entry["code"]: entry["name"] for entry in entries})
        for table in (*document["materials"], *document["results"]):
            names = known.get(table["code"], {}) if table.get("kind") != "form" else {}
            table |= {key: text for key, text in names.items() if key in table}

    def _bundle(self, bundle: Entry) -> None:
        old = self.folder.record.get(bundle["id"])
        items = {item["code"]: item for item in self.data.items}
        was = {code: entry for code, entry in self.folder.record.items() if "code" in entry}
        base = bundle_document(old, {**items, **was}, self.before) if old is not None else None
        self._put(bundle_document(bundle, items, self.now), base)

    def _put(self, document: Document, base: Document | None) -> None:
        name = f"{document['code']}/item.toml"
        text = self.folder.text(name)
        head = f"# {document['name_zh']} · {document['name_en']}\n{BASIS}"
        self.files[name] = new_text(document, head) if text is None else merged_text(text, base, document, name)

    def _forms(self) -> None:
        """Every question that conditions of the items or the bundle ask stands in the form."""
        elsewhere = self.folder.fields()
        documents = {
            name.partition("/")[0]: read_toml(text, name) for name, text in self.files.items()
        }  # fmt: skip
        items = {**self.folder.items, **{code: d for code, d in documents.items() if d["kind"] == "item"}}
        for code, document in documents.items():
            name = f"{code}/forms/application.toml"
            text = self.folder.text(name)
            asked = _asked(document, items)
            if text is None:
                head = f"# 申请表 · {document['short_zh']} · {document['short_en']}\n{FORM_HEAD}"
                self.files[name] = new_text(form_document(missing_questions(asked, {}, elsewhere)), head)
            else:
                missing = missing_questions(asked, read_toml(text, name), elsewhere)
                self.files[name] = with_entries(text, "fields", missing, name) if missing else text

    def _shared(self) -> None:
        """Departments, roles and sources that were not there."""
        for name, kinds, head in (
            ("departments.toml", ("departments", "roles"), DEPARTMENTS_HEAD),
            ("sources.toml", ("sources",), SOURCES_HEAD),
        ):
            there = self.folder.text(name)
            text = there if there is not None else head
            for kind in kinds:
                added = self.registers.added[kind]
                text = with_entries(text, kind, added, name) if added else text
            self.files[name] = text

    def _record(self) -> None:
        """The data itself, for the next import to compare with; written last."""
        given = {entry["code"]: entry for entry in self.chosen} | {entry["id"]: entry for entry in self.data.bundles}
        for kind, key in (("items", "code"), ("bundles", "id")):
            entries = {code: entry for code, entry in self.folder.record.items() if key in entry}
            entries |= {code: entry for code, entry in given.items() if key in entry}
            self.files[f"{IMPORTED}/{kind}.json"] = record_text(entries.values())

    def undrawn(self) -> list[str]:
        """Items and bundles of the data that have no diagram yet."""
        codes = [name.partition("/")[0] for name in self.files if name.endswith("/item.toml")]
        return [code for code in codes if not (self.folder.path / code / "process.bpmn").is_file()]

    def verify(self, files: Mapping[str, str]) -> dict[str, str]:
        """The diagrams that have to be drawn; CatalogueError when the whole does not hold together."""
        with TemporaryDirectory(prefix="binglian-import-") as name:
            copy = Path(name)
            if self.folder.path.is_dir():
                shutil.copytree(self.folder.path, copy, dirs_exist_ok=True)
            undrawn = self.undrawn()
            _lay_out(copy, {**files, **{f"{code}/process.bpmn": NOT_DRAWN for code in undrawn}})
            catalogue = load_catalogue(copy)
            before = self._catalogue_before()
            drawn = {
                f"{code}/process.bpmn": _drawn(catalogue, code)
                for code in catalogue.offerings
                if f"{code}/item.toml" in self.files
                if code in undrawn or _moved(before, catalogue.offering(code))
            }
            _lay_out(copy, drawn)
            for finding in check_path(copy):
                if finding.level == "error":
                    file = finding.file.removeprefix(f"{copy}/")
                    where = f"{file}: {finding.element}".rstrip(": ")
                    raise CatalogueError(finding.rule, finding.message_zh, finding.message_en, where)
        return drawn

    def _catalogue_before(self) -> Catalogue | None:
        """The folder as it is; None when it cannot be loaded (it is new, or an import was broken off)."""
        try:
            return load_catalogue(self.folder.path)
        except (CatalogueError, OSError):
            return None

    def states(self, files: Iterable[str]) -> dict[str, str]:
        """What happens to each item and bundle."""
        touched = {name.partition("/")[0] for name in files}
        codes = [*(item["code"] for item in self.chosen), *(bundle["id"] for bundle in self.data.bundles)]
        return {
            code: NEW if code not in self.folder.codes else CHANGED if code in touched else UNCHANGED for code in codes
        }


def _lay_out(folder: Path, files: Mapping[str, str]) -> None:
    """Files of a copy that nobody keeps."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _asked(document: Mapping[str, Any], items: Mapping[str, Document]) -> list[Mapping[str, Any]]:
    """The comparisons whose fields the form of an item or bundle has to ask."""
    codes = document["items"] if document["kind"] == "bundle" else [document["code"]]
    own: dict[str, Mapping[str, Any]] = {**items, document["code"]: document}
    materials = [material for code in codes for material in own[code].get("materials", [])]
    asked = [*document.get("conditions", []), *(m["required_when"] for m in materials if "required_when" in m)]
    known = document.get("known_values", {})
    return [comparison for comparison in asked if comparison["field"] not in known]


def _drawn(catalogue: Catalogue, code: str) -> str:
    """The parallel diagram of an item or bundle."""
    offering = catalogue.offering(code)
    departments = {each.code: each.name_zh for each in catalogue.departments.values()}
    return convert_offering(_undrawn(offering), departments).data.decode("utf-8")


def _undrawn(offering: Offering) -> Offering:
    return replace(offering, diagram=b"")


def _moved(before: Catalogue | None, now: Offering) -> bool:
    """Whether the diagram no longer says what the files say: other steps, another order, other conditions."""
    if next(agreement(now, f"{now.code}/process.bpmn"), None) is not None:
        return True
    old = before.offerings.get(now.code) if before is not None else None
    return old is not None and _shape(old) != _shape(now)


def _shape(offering: Offering) -> tuple[object, ...]:
    conditions = {(c.item, c.field, c.operator, str(c.value)) for c in offering.conditions}
    return conditions, precedence_of(offering).pairs
