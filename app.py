"""Starts the web app: `python app.py`, or as a Hugging Face Space."""

import sys

from interviewer.cli import run

if __name__ == "__main__":
    sys.exit(run(["serve"]))
