"""What is wrong now: rules as data, looked at one moment of a host after the other.

Pure: no reading, no clock, no screen. `table` has the rules, `guests`, `containers`, `usage`, `host` and `engines` what
each of them looks at, `book` what a person changed about them, `engine` who remembers since when something stands.
"""
