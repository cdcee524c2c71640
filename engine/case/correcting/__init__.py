"""受理后补正: what branches demand after the acceptance, gathered into one notice."""
