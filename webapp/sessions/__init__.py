"""The pages of hearings, site visits, expert reviews and tests."""
