"""告知承诺 on the pages: checks somebody has to make, and revoking what was issued."""
