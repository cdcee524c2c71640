"""Files people hand in, as bytes: names, kinds by content, what is refused, the virus scan. Knows nothing of cases."""
