"""文书: what is handed to the applicant in writing: which entry makes it due, its number, its words, its file.

An entry of the journal makes a document due, with its number, in the same transaction. It is made later, outside any
transaction: the template filled in, printed, the file written; then a ``DocumentIssued`` entry keeps its hash.
"""
