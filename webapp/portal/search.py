"""Finding an offering by what people type."""

import unicodedata
from collections.abc import Iterator

from engine.catalogue import BUNDLE, Catalogue, Offering

LONGEST_SEARCH = 60


def plain(text: str) -> str:
    """The text as it is compared: width and case do not matter."""
    return unicodedata.normalize("NFKC", text).casefold()


def found(catalogue: Catalogue, typed: str) -> tuple[list[Offering], list[Offering]]:
    """Bundles and single items in which every word occurs; all of them when nothing was typed."""
    words = plain(typed[:LONGEST_SEARCH]).split()
    hits = [offering for offering in catalogue.offerings.values() if _matches(catalogue, offering, words)]
    return (
        [offering for offering in hits if offering.kind == BUNDLE],
        [offering for offering in hits if offering.kind != BUNDLE],
    )


def _matches(catalogue: Catalogue, offering: Offering, words: list[str]) -> bool:
    text = plain("\n".join(_texts(catalogue, offering)))
    return all(word in text for word in words)


def _texts(catalogue: Catalogue, offering: Offering) -> Iterator[str]:
    yield from (offering.code, offering.name_zh, offering.name_en)
    for item in offering.items:
        department = catalogue.departments[item.department]
        yield from (item.name_zh, item.name_en, item.short_zh, item.short_en)
        yield from (department.name_zh, department.name_en)
        for result in item.results:
            yield from (result.name_zh, result.name_en)
