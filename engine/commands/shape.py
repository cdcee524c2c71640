"""What can be kept at all: the shape of a command, before anybody asks what it means."""

from collections.abc import Iterator, Mapping

from engine.commands.actor import Actor
from engine.errors import BadInput

MAX_KEY, MAX_FIELD, MAX_FIELDS = 120, 10_000, 500
_IDS = frozenset({
    "key", "actor", "case_id", "task_id", "timer_id", "offering", "version", "item", "suspension", "escalation",
    "to_step", "material", "seat", "behalf", "person", "department", "role", "leaver", "applicant", "number", "placed",
    "session", "kind", "planned_at", "told_on", "asked_on", "chair", "outcome", "expected_days",
})  # fmt: skip
"""Fields that hold at most ``MAX_KEY`` characters."""


def check_shape(command: object, actor: Actor) -> None:
    """Refuses what no database and no journal can keep: wrong types, unencodable or over-long texts (BadInput)."""
    for value in (actor.id, *vars(command).values()):
        if not (value.__class__ is str and len(value) <= MAX_KEY and value.isprintable()) and value != {}:
            break
    else:
        return  # nearly all commands
    for name, value in (("actor", actor.id), *_texts(command)):
        if not isinstance(value, str) or not _storable(value):
            raise BadInput(
                "command.text", "内容无法保存:应为普通文字", "this cannot be kept: plain text is expected", name
            )
        longest = MAX_KEY if name in _IDS else MAX_FIELD
        if len(value) > longest:
            raise BadInput("command.too_long", f"不能超过 {longest} 字", f"at most {longest} characters", name)


def _texts(command: object) -> Iterator[tuple[str, object]]:
    for name, value in vars(command).items():
        if value.__class__ is str:
            yield name, value
        elif isinstance(value, Mapping):
            if len(value) > MAX_FIELDS:
                raise BadInput("command.too_many", "内容过多", "too many fields", name)
            for key, one in value.items():
                yield name, key
                yield str(key), one
        else:
            yield name, value


def _storable(text: str) -> bool:
    try:
        return "\x00" not in text and bool(text.encode() or True)
    except UnicodeEncodeError:
        return False
