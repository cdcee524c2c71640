"""The parts of a case as frozen data: what its state is made of."""
