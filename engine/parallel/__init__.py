"""Serial to parallel: precedence, plan, figures, the parallel diagram with its proof, and the pictures of them."""
