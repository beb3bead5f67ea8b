"""The question bank: load, check, search, choose.

yaml_text.py   a file's text → plain data, and nothing that a question doesn't need
faults.py      a fault, told to the person who wrote the file
rules.py       what a question has to be, beyond its schema
reading.py     folders → Bank
record.py      Bank
stems.py       what texts are held against each other by
index.py       a full-text index
search.py      words → questions
choosing.py    the next question of an interview
"""

from interviewer.bank.choosing import choose
from interviewer.bank.reading import check, load, unfinished, warnings
from interviewer.bank.record import Bank, Stats, stats
from interviewer.bank.search import near, search

__all__ = ["Bank", "Stats", "check", "choose", "load", "near", "search", "stats", "unfinished", "warnings"]
