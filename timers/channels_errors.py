"""What can become of sending a message, other than that it arrived."""


class Undelivered(Exception):
    """Not taken, to be tried again. The text is for an operator: a code, without addresses and names."""


class Withdrawn(Exception):
    """There is nobody any more to send it to."""
