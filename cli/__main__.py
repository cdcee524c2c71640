"""``python -m cli`` is the `binglian` command."""

from cli.main import main

main()
