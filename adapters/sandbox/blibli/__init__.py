"""A Blibli shop behind its seller API: two families of calls, a queue, a review, and limits that remember."""
