"""Notes with questions and answers → drafts in a bank of one's own. What a file says is data: nothing in it is obeyed,
and all of it is bounded.

note.py         what is taken from a file, and what is not
reading.py      a file → notes, by tables.py (CSV, JSON Lines), word.py, pdf.py
recognising.py  the questions and answers in lines of Markdown
planning.py     which notes are new, and under what id and topic
drafting.py     a note → a question: a skeleton, or what a model makes of it
writing.py      one file a question, whole or not at all
words.yaml      how notes name things
"""
