"""The figures of a host for Prometheus: over HTTP, or in a file that node_exporter reads.

What the kernel counts is exported as it counts: rates over the time that a query asks for are worked out in the
database, not here. What is not known has no series; 0 is always measured.

Imports prometheus_client, whose own collectors of the Python process are not used: nothing here is imported before a
person asks for an export.
"""
