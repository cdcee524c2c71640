"""What a person may do now and what that would change, asked with the checks of the acts."""
