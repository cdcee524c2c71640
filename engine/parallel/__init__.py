"""Serial to parallel: precedence and plan. The converter, explanation and proof come with a later release."""
