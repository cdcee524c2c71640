"""What a case is and what can happen to it: one module per family of commands. Handlers never commit."""
