"""Keeps the database, the API and the worker running, and stops all of them again.

``run.run`` is what ``make run`` calls; ``cluster.Cluster`` is the embedded database by itself.
Nothing is imported here, so that asking for one part does not pay for the others.
"""
