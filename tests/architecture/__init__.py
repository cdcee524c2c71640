"""Rules about the source itself: layers, clocks, commits, forbidden constructs, settings."""
