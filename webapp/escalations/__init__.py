"""督办: the list of those who were told or are late, and the page of one with what people answer."""
