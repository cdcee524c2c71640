"""Every act of an approver in every state of the other branches: the stories, and what brings them about."""
