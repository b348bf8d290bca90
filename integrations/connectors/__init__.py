"""One folder per tool. A folder imports neither Django nor another folder."""
