"""What people say to lateness: acknowledging, explaining, writing off, urging."""
