"""Every error a caller can meet.

BinglianError
├── BadInput                 the caller gave something unusable; says where and what to do
│   ├── DiagramError         a BPMN file that cannot be read, deployed or run
│   │   └── ExpressionError  a condition outside the permitted language
│   ├── CatalogueError       wrong data in processes/
│   └── CalendarError        an instant, limit or year the calendar cannot take
├── NotPermitted             this person may not do this
├── NotFound                 no such case, task, item or account
├── AlreadyDone              somebody else was first; told in words, never as a lock conflict
├── NotPossible              the state of the case (or the law) forbids it now
├── LimitExceeded            a bound of one command was passed; the case is unchanged
└── IntegrityError           a journal, state or projection that does not agree with itself
"""

from dataclasses import dataclass


@dataclass(eq=False)
class BinglianError(Exception):
    """Base of all errors of this project.

    ``code`` is stable and machine readable, the two messages are for people and hold no personal data, and
    ``where`` names the file, element, field or case concerned (empty when there is none).
    """

    code: str
    message_zh: str
    message_en: str
    where: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message_en} [{self.code}]"

    def as_dict(self) -> dict[str, str]:
        """The error as the JSON object the command line and the API print."""
        return {
            "code": self.code,
            "message_zh": self.message_zh,
            "message_en": self.message_en,
            "where": self.where,
        }


class BadInput(BinglianError):
    """Something given by the caller cannot be used."""


class DiagramError(BadInput):
    """A BPMN file cannot be read, deployed or run; ``where`` is ``file:line element``."""


class ExpressionError(DiagramError):
    """An expression uses something the permitted language does not have."""


class CatalogueError(BadInput):
    """Data in ``processes/`` is wrong; ``where`` is ``file: key``."""


class CalendarError(BadInput):
    """The calendar cannot take this instant, limit or year."""


class NotPermitted(BinglianError):
    """The person is known but may not do this."""


class NotFound(BinglianError):
    """The case, task, item, account or file does not exist (or is not visible to this person)."""


class AlreadyDone(BinglianError):
    """Somebody else did it first."""


class NotPossible(BinglianError):
    """The state of the case forbids the act now."""


class LimitExceeded(BinglianError):
    """A bound of one command was passed; nothing was changed."""


class IntegrityError(BinglianError):
    """Stored data does not agree with itself."""
