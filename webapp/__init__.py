"""The pages and the interface people and programs use; everything they do is an engine command."""
