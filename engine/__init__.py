"""What a case is and how it moves: no web framework, no scheduler, no network."""
