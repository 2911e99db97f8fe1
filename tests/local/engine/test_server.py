"""Where the engine listens: nothing but the gateway may reach it."""

import json

from processes import run_python

# Ten clients that never finish their requests: more than the engine's threads on most machines.
ON_A_PORT = """
import asyncio, json, os, socket
from urllib.parse import urlsplit
from samplers.local.engine import http, server, weights

engine = server.load(weights.ensure(), "key", tcp=True)
url = engine.listening_address
address = (urlsplit(url).hostname, urlsplit(url).port)

with socket.create_connection(address) as page:
    page.sendall(b"GET /slots HTTP/1.1\\r\\nHost: x\\r\\nOrigin: http://evil.example\\r\\n\\r\\n")
    refusal = page.recv(4096).decode()

begun = [socket.create_connection(address) for _ in range(10)]
for connection in begun:
    connection.sendall(b"POST /completion HTTP/1.1\\r\\nHost: x\\r\\n")

async def status():
    async with asyncio.timeout(30), http.call(url, "key", "GET", "/v1/models", b"") as answer:
        return answer[0]

print(json.dumps({"refusal": refusal, "status": asyncio.run(status())}), flush=True)
os._exit(0)
"""


def test_on_a_port_it_is_guarded_as_far_as_a_port_can_be():
    """Where there are no Unix sockets. No page reads its answers, no half request stops it."""
    process = run_python(ON_A_PORT)
    assert process.returncode == 0, process.stderr
    found = json.loads(process.stdout.splitlines()[-1])
    assert " 401 " in found["refusal"].splitlines()[0]
    allowed = [line for line in found["refusal"].lower().splitlines() if "allow-origin" in line]
    assert [line.partition(":")[2].strip() for line in allowed] in ([], [""])
    assert found["status"] == 200
