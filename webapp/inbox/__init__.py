"""The approver's inbox."""
