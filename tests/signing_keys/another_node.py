"""A node in a process of its own: a moment and a verb a line, the keys that it then has a line."""

import asyncio
import sys

from keys import rotate
from tests.signing_keys.nodes import kids, node


async def obey(address: str) -> None:
    async with node(address, algorithms=("ES256", "EdDSA")) as one:
        answer("ready")
        for line in iter(sys.stdin.readline, ""):
            verb, now = line.split()
            if verb == "rotate":
                await one.keys.change(rotate, int(now))
            answer(" ".join(kids(await one.keys.ring(int(now)))))


def answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(obey(sys.argv[1]))
