"""One file with all that tells what is wrong on a host, to keep or to send to somebody.

Every part has its time: an engine that hangs costs a bounded time and is noted in the file, and nothing fails whole.
What is named like a secret is masked in every part. Nothing is asked of an engine but documents and logs.
"""
