"""What libvirt keeps beside guests, and its changes.

`handler` and `around` are the interface that every change is written against: a module has small functions and a table
`HANDLERS`, and `keeper` merges the tables. Nothing is imported here, so that those modules may import each other's
parts.
"""
