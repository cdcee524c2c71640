"""The API for programs (docs/api.md): the calls the pages make, as JSON. Whoever asks shows a token, never a cookie."""
