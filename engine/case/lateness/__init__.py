"""A step that is late or about to be: stages of its policy, the ladder, the record of both."""
