"""`python -m interviewer` is the same as the console script."""

from interviewer.cli import main

if __name__ == "__main__":
    main()
