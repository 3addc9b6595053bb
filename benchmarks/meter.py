"""What a command costs: `python meter.py COMMAND...` prints wall seconds, CPU seconds and the most memory, as JSON.

A process of its own, and a small one: the system counts a parent's memory to its child's until the child's program
starts.
"""

import json
import resource
import subprocess
import sys
import time

began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
if done.returncode:
    sys.exit(done.stderr)
wall, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 2**20 if sys.platform == "darwin" else 2**10
print(json.dumps({"wall_s": wall, "cpu_s": used.ru_utime + used.ru_stime, "memory_mb": used.ru_maxrss / unit}))
