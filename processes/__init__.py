"""Data only: items, bundles, departments, calendars. A package so that an installed copy finds them."""
