"""Puts the conditional steps of a block structure into guards: together where they are neighbours."""

from collections.abc import Callable, Sequence
from itertools import groupby

from engine.parallel.structure import Block, Fork, Guard, Leaf, Mesh, Series


def guarded(block: Block, condition_of: Callable[[str], str]) -> Block:
    """The structure with its conditional steps (``condition_of`` is not empty) inside guards, as few as there can be.

    Neighbours in a sequence or fork that depend on one condition share a guard. An order through a step that is passed
    over is kept.
    """
    return _within(_guarding(block, condition_of))


def _guarding(block: Block, condition_of: Callable[[str], str]) -> tuple[str, Block]:
    """The block and the condition all of it still depends on, or an empty one."""
    if isinstance(block, Leaf):
        return condition_of(block.step), block
    if isinstance(block, Guard):
        return "", block
    parts = [_guarding(part, condition_of) for part in block.blocks]
    conditions = {condition for condition, _ in parts}
    if len(conditions) == 1:
        return conditions.pop(), _with(block, [part for _, part in parts])
    if isinstance(block, Mesh):
        return "", _with(block, [_within(part) for part in parts])
    if isinstance(block, Fork):
        parts = _gathered(parts)
    grouped: list[Block] = []
    for condition, run in groupby(parts, key=lambda part: part[0]):
        inside = [part for _, part in run]
        if condition and len(inside) > 1:
            grouped.append(Guard(condition, type(block)(tuple(inside))))
        else:
            grouped += [_within((condition, part)) for part in inside]
    return "", _with(block, grouped)


def _gathered(parts: list[tuple[str, Block]]) -> list[tuple[str, Block]]:
    """Branches that depend on one condition side by side, where the first of them was."""
    first: dict[str, int] = {}
    for place, (condition, _) in enumerate(parts):
        first.setdefault(condition, place)
    ranked = sorted(enumerate(parts), key=lambda part: first[part[1][0]] if part[1][0] else part[0])
    return [part for _, part in ranked]


def _within(part: tuple[str, Block]) -> Block:
    condition, block = part
    return Guard(condition, block) if condition else block


def _with(block: Series | Fork | Mesh, blocks: Sequence[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    return Mesh(tuple(blocks), block.before) if isinstance(block, Mesh) else type(block)(tuple(blocks))
