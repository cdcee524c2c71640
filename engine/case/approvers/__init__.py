"""The seats of a task: who sits in them, votes in them, comes to them and leaves them."""
