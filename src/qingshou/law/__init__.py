"""The law as of a date: values with article, period and confidence, and the rules that read them.

Standard library, YAML and calendars only. Every question takes the date it is asked for; outside the dates a text
covers, the answer is NotCovered. Nothing here words anything: codes go out, words are made at the edge.
"""
