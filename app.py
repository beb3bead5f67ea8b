"""Starts the web app: `python app.py`, or as a Hugging Face Space."""

from interviewer.web import serve

if __name__ == "__main__":
    serve()
