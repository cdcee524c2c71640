"""Files of materials that were checked and kept, with the names people gave them: records, not part of a case."""

from dataclasses import dataclass, field, fields
from datetime import datetime

from sqlalchemy import select

from engine.instants import to_text
from engine.store.database import Database, retried
from engine.store.store import Transaction
from engine.store.tables import upload


@dataclass(frozen=True)
class KeptFile:
    """A file that may become a version of a material; ``name`` may be personal."""

    case_id: str
    material: str
    sha256: str
    size: int
    type: str
    name: str = field(repr=False)
    account: str


class UploadRows:
    """Reads and writes these records; never touches a case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    def keep(self, file: KeptFile, now: datetime) -> None:
        """Notes a file that is on the disk; the same one again replaces its name."""
        with self._database.write() as connection:
            Transaction(connection).put(upload, [{**vars(file), "kept_at": to_text(now)}])

    def one(self, case_id: str, material: str, sha256: str) -> KeptFile | None:
        """The record of a file of a material."""
        columns = (upload.c[one.name] for one in fields(KeptFile))
        statement = select(*columns).where(
            upload.c.case_id == case_id, upload.c.material == material, upload.c.sha256 == sha256
        )
        with self._database.read() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        return None if row is None else KeptFile(**row)

    def names(self, case_id: str) -> dict[tuple[str, str], str]:
        """Material and SHA-256 → the name somebody gave the file."""
        statement = select(upload.c.material, upload.c.sha256, upload.c.name).where(upload.c.case_id == case_id)
        with self._database.read() as connection:
            return {(row.material, row.sha256): row.name for row in connection.execute(statement)}

    def kept(self, after: str = "", limit: int = 500) -> list[str]:
        """SHA-256 of files that were kept, in order, from the one after ``after`` on."""
        statement = select(upload.c.sha256).distinct().where(upload.c.sha256 > after)
        with self._database.read() as connection:
            return list(connection.execute(statement.order_by(upload.c.sha256).limit(limit)).scalars())
