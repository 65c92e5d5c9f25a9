from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# What eight threads allocate beyond the sizes that Python keeps for itself; then what glibc says of its heaps.
PROGRAM = """
import ctypes, threading
from scoring.operations.memory import share_heaps
if {shared}: share_heaps()
everybody = threading.Barrier(8)
def allocate():
    everybody.wait()
    kept = [bytearray(10_000) for _ in range(50)]
    everybody.wait()
threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
@pytest.mark.parametrize("shared", [True, False])
def test_threads_allocate_from_one_heap(shared: bool):
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(shared=shared)], capture_output=True, text=True, check=True
    )
    assert (told.stdout.count("<heap nr=") == 1) == shared
