"""Whether a document still stands: certificates and refusals fall with the decision they tell of."""

from collections.abc import Sequence

from engine.case.state import ISSUED, REFUSED, Case
from engine.documents.model import REFUSAL, RESULT
from engine.store.papers import DROPPED, Paper


def stands(paper: Paper, papers: Sequence[Paper], case: Case) -> bool:
    """What it says is so in the case as it is now, and no later document says the same anew.

    ``papers`` are all documents of the case. Notices about the case as a whole stay what they were: told at that time.
    """
    if paper.state == DROPPED:
        return False
    if paper.about == RESULT:
        result = case.results.get(paper.result)
        so = result is not None and result.status == ISSUED
    elif paper.about == REFUSAL:
        item = case.items.get(paper.item)
        so = item is not None and item.status == REFUSED
    else:
        return True
    subject = (paper.about, paper.item, paper.result)
    last = max((one.seq, one.ordinal) for one in papers if (one.about, one.item, one.result) == subject)
    return so and (paper.seq, paper.ordinal) == last
