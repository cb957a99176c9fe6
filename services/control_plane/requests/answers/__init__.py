"""Answers that are no JSON: files of rows, streams of them, and which form a caller asks for."""
