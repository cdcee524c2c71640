"""Going back, and ending early."""
