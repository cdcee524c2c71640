"""The append-only journal of a case: entries in the past tense, canonical form, hash chain.

Entry n holds the hash of entry n−1, so a changed, removed or inserted entry breaks the chain. The canonical form is
fixed: JSON with sorted keys, no spaces, UTF-8, instants in UTC with microseconds.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import encoder
from json.encoder import encode_basestring as quoted
from typing import Any

from engine.instants import to_text
from engine.once import once

Json = Any
GENESIS = "0" * 64


_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_MAKE = getattr(encoder, "c_make_encoder", None)
_FAST = _MAKE and _MAKE(None, _PLAIN.default, encoder.encode_basestring, None, ":", ",", True, False, False)
"""What ``_PLAIN`` makes anew for every value, made once; None in a Python without it."""


def canonical_text(value: Json) -> str:
    """The canonical form of a JSON value as text."""
    return "".join(_FAST(value, 0)) if _FAST else _PLAIN.encode(value)


def canonical(value: Json) -> bytes:
    """The canonical bytes of a JSON value; equal values give equal bytes in every process."""
    return canonical_text(value).encode()


def digest(data: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(data).hexdigest()


def commitment(salt: str, value: str) -> str:
    """What the journal keeps of a personal field: it proves the value as long as the salted record exists."""
    return digest(f"{salt}\x00{value}".encode())


@dataclass(frozen=True)
class Entry:
    """One sealed change of a case.

    ``facts`` is what was given, ``answers`` what was asked while running (due instants, numbers), in order;
    ``state`` the digest of the resulting canonical state; ``hash`` seals all of it with ``previous``.
    """

    case_id: str
    seq: int
    instant: datetime
    kind: str
    actor: str
    facts: Mapping[str, Json]
    answers: tuple[tuple[str, Json], ...]
    state: str
    previous: str
    hash: str = ""

    @once
    def at(self) -> str:
        """The instant as text."""
        return to_text(self.instant)

    @once
    def facts_text(self) -> str:
        """The facts in canonical form."""
        return canonical_text(dict(self.facts))

    @once
    def answers_text(self) -> str:
        """The answers in canonical form."""
        return canonical_text(self.answers) if self.answers else "[]"

    def sealed_form(self) -> dict[str, Json]:
        """Everything the hash covers."""
        return {
            "case_id": self.case_id, "seq": self.seq, "instant": self.at, "kind": self.kind,
            "actor": self.actor, "facts": dict(self.facts), "answers": [list(a) for a in self.answers],
            "state": self.state, "previous": self.previous,
        }  # fmt: skip

    def seal(self) -> "Entry":
        """The entry with its hash."""
        seal = digest(self._sealed_text().encode())
        sealed = Entry.__new__(Entry)
        vars(sealed).update(vars(self), hash=seal)  # with the texts that were worked out of it
        return sealed

    def _sealed_text(self) -> str:
        """The canonical form of ``sealed_form``, put together from texts that are stored as well."""
        return (
            f'{{"actor":{quoted(self.actor)},"answers":{self.answers_text},"case_id":{quoted(self.case_id)},'
            f'"facts":{self.facts_text},"instant":"{self.at}","kind":{quoted(self.kind)},'
            f'"previous":"{self.previous}","seq":{self.seq},"state":"{self.state}"}}'
        )


@dataclass(frozen=True)
class Difference:
    """Something that does not agree: which case, at which entry (0 = the case as a whole), in words."""

    case: str
    entry: int
    what: str

    def as_dict(self) -> dict[str, Json]:
        """The difference as JSON."""
        return dict(self.__dict__)


def check_chain(case_id: str, entries: Iterable[Entry]) -> Iterator[Difference]:
    """Breaks in numbering, linking, order of time or hashes of one case's entries, given in order."""
    previous, seq, instant = GENESIS, 0, None
    for entry in entries:
        seq += 1
        if entry.seq != seq:
            yield Difference(case_id, entry.seq, f"expected entry {seq}")
            seq = entry.seq
        if entry.previous != previous:
            yield Difference(case_id, seq, "does not link to the entry before it")
        if entry.hash != digest(canonical(entry.sealed_form())):
            yield Difference(case_id, seq, "its hash does not match its content")
        if instant is not None and entry.instant < instant:
            yield Difference(case_id, seq, "is older than the entry before it")
        previous, instant = entry.hash, entry.instant
