"""Files of materials in the browser: uploading them at the window, reading them for those who handle the case."""
