"""Staying small, in a process of its own: what it changes cannot be put back."""

import subprocess
import sys

SCRIPT = """
import gc
from tui import thrift
thrift.begin()
assert not gc.isenabled()
kept = [[number] for number in range(20_000)]
thrift.settle()
assert gc.isenabled()
assert gc.get_freeze_count() >= 20_000
assert not any(entry is kept for entry in gc.get_objects())
import hashlib, json, zlib  # code that was let go comes back when it is called
assert hashlib.sha256(zlib.compress(json.dumps(kept[:9]).encode())).digest()
loop = []
loop.append(loop)
del loop
assert gc.collect() > 0, "a cycle made later is collected"
print("small")
"""


def test_collection_of_everything_is_put_off_and_then_leaves_out_what_lives_to_the_end() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("small", "")
