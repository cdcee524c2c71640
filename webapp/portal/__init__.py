"""What anybody may read without signing in: what can be applied for, how it is handled, how far one's case is."""
