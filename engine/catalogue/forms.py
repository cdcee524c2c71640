"""From ``forms/application.toml`` to the fields of an application form."""

from engine.catalogue.fields import FIELD_TYPES, Choice, Field
from engine.catalogue.table import Table


def read_form(file: Table) -> tuple[Field, ...]:
    """The fields of ``forms/application.toml``, in the order they are asked."""
    fields = tuple(_field(table) for table in file.tables("fields"))
    if len({field.name for field in fields}) != len(fields):
        raise file.wrong("fields", "字段名重复", "a field name appears twice")
    file.done()
    return fields


def _field(table: Table) -> Field:
    field = Field(
        name=table.text("name"),
        label_zh=table.text("label_zh"),
        label_en=table.text("label_en"),
        type=table.one_of("type", FIELD_TYPES),
        required=table.flag("required"),
        personal=table.flag("personal"),
        routing=table.flag("routing"),
        help_zh=table.text("help_zh"),
        help_en=table.text("help_en"),
        unit=table.text("unit", ""),
        minimum=table.number_or_none("min"),
        maximum=table.number_or_none("max"),
        choices=tuple(_choice(choice) for choice in table.tables("choices")),
    )
    table.done()
    _check_field(table, field)
    return field


def _check_field(table: Table, field: Field) -> None:
    if not field.name.isidentifier() or not field.name.isascii() or field.name != field.name.lower():
        raise table.wrong("name", "只能用小写字母、数字和下划线", "only small letters, digits and underscores")
    if (field.type == "choice") != bool(field.choices):
        raise table.wrong("choices", "只有 choice 类型有选项，且必须有", "for the type choice, and only for it")
    if len({choice.value for choice in field.choices}) != len(field.choices):
        raise table.wrong("choices", "选项重复", "a choice appears twice")
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        raise table.wrong("max", "小于 min", "is below min")
    if field.routing and field.personal:
        raise table.wrong("routing", "个人信息不能用于判断条件", "personal data must not appear in conditions")
    if field.routing and not field.required:
        raise table.wrong("required", "用于判断条件的字段必须填写", "a field for conditions must be required")


def _choice(table: Table) -> Choice:
    choice = Choice(value=table.text("value"), label_zh=table.text("label_zh"), label_en=table.text("label_en"))
    table.done()
    return choice
