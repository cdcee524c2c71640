"""Acts of several people on one step: votes, hands it goes through, copies and questions, recusal."""
