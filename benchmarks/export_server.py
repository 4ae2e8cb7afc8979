"""A list of quotation lines over HTTP, served as fast as Python can: so that not the server is measured.

    python -m benchmarks.export_server --records 20000 --page-size 10 --latency 0.02 [--certificate PEM]

Pages are made beforehand. Prints the port, and serves until its input ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import ssl
import sys
from typing import Any

PATH = "/api/v1/quote_item/"
_PAGE = re.compile(rb"[?&]page=(\d+)")


def record(number: int) -> dict[str, Any]:
    """Make up a line.

    Args:
        number: Which one.

    Returns:
        A record as the API shows it in its list.
    """
    day = 1 + number % 28
    return {
        "id": f"{number:08x}-0000-4000-8000-{number * 7919 % 10**12:012d}",
        "end_customer_name": f"Boulangerie Lefort {number % 997}",
        "external_id": f"EXT-{number:08d}",
        "site_connection_type": "FTTO",
        "business_sector": "Commerce",
        "expected_response_date": f"2026-03-{day:02d}",
        "product_offerings": ["2173", "2174"],
        "product_offering_qualification_item_id": f"{number:08x}-0000-4000-9000-000000000000",
        "project_id": "FLASH",
        "customer_order_name": f"CUST-{number:08d}",
        "related_contact_information": [],
        "order_date": f"2026-02-{day:02d}T10:00:00.123+01:00",
        "state": ("ready", "accepted", "expired", "confirmed")[number % 4],
        "reference": f"QO_202602{day:02d}_{number:08d}",
        "address": {"street_number": "83", "street_name": "Quai de l'Industrie", "city": "Caen"},
        "latitude": 49.2 + number % 1000 / 10000,
        "longitude": None,
        "creation_date": f"2026-02-{day:02d}T09:00:00.456+01:00",
    }


def pages(records: int, size: int) -> list[bytes]:
    """Make all answers beforehand.

    Args:
        records: Number of records.
        size: Records on a page.

    Returns:
        The answers, heads included.
    """
    number = max(1, -(-records // size))
    made = []
    for page in range(1, number + 1):
        content = {
            "page_size": size,
            "count": records,
            "next_page": page + 1 if page < number else None,
            "previous_page": page - 1 or None,
            "results": [record(one) for one in range((page - 1) * size, min(page * size, records))],
        }
        body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        made.append(head.encode() + body)
    return made


_NOTHING = b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"results":[]}'
"""After the last page, for whoever has to ask whether there is one more."""


class Service(asyncio.Protocol):
    """One connection.

    Args:
        answers: The pages.
        latency: Seconds from a request to its answer.
    """

    opened = 0

    def __init__(self, answers: list[bytes], latency: float) -> None:
        self._answers = answers
        self._latency = latency
        self._left = b""

    def connection_made(self, transport: Any) -> None:
        """Count the connection.

        Args:
            transport: Its transport.
        """
        self._transport = transport
        Service.opened += 1

    def data_received(self, data: bytes) -> None:
        """Answer all requests that are complete.

        Args:
            data: What came.
        """
        self._left += data
        while b"\r\n\r\n" in self._left:
            head, _, self._left = self._left.partition(b"\r\n\r\n")
            answer = self._answer(head.partition(b"\r\n")[0])
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _answer(self, line: bytes) -> bytes:
        if b"/opened" in line:
            body = str(Service.opened - 1).encode()  # less the one that asks
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
        found = _PAGE.search(line)
        number = int(found[1]) if found else 1
        return self._answers[number - 1] if number <= len(self._answers) else _NOTHING


async def serve(options: argparse.Namespace) -> None:
    """Serve until standard input ends.

    Args:
        options: The command line.
    """
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    answers = pages(options.records, options.page_size)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Service(answers, options.latency), "127.0.0.1", 0, ssl=context, backlog=500
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description="Serve a list of made-up quotation lines.")
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--page-size", type=int, required=True)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds")
    parser.add_argument("--certificate", help="PEM file with key and certificate, for https")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
