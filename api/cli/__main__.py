"""``python -m api.cli``: the same as the console script ``turnstone``."""

from api.cli import main

main()
