"""文书: lists on the pages of a case, files for those who may have them, the page that verifies."""
