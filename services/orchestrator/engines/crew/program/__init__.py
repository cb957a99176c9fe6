"""The program in which CrewAI runs, apart from its worker: it reaches nothing but the socket that it is given.

It has an environment of its own (`requirements/crew.txt`), in which none of our packages and nothing of the worker's
is installed. So these modules import the standard library, CrewAI, and the frames that both sides share.
"""
