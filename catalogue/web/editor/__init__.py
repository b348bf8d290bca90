"""Writing a segment on a page: what its form holds, as a document, and what the document would do.

`facts` is everything but the definition, `faces` the definition as rows or as YAML, `edited` both
together, `effect` what it comes to in people.
"""
