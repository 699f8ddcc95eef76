"""What is usually done with an Apple Health export: iterparse, a dict for each record, one JSON document in Redis.

    health_blob.py import SOCKET FILE            parse FILE and SET the document
    health_blob.py query SOCKET FROM TO PAGE     GET it, then heart rate by day from FROM up to TO (exclusive),
                                                 and once more, for the first page of records from PAGE up to TO

Prints one JSON object. Times are measured in here: neither the start of the interpreter nor that of Redis counts.
"""

import json
import resource
import socket
import sys
import time
from xml.etree.ElementTree import iterparse

KEY = b"health:bench"
HEART_RATE = "HKQuantityTypeIdentifierHeartRate"
PAGE_SIZE = 100


class Redis:
    """The two commands that are needed, so that nothing has to be installed."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.replies = self.socket.makefile("rb")

    def command(self, *words):
        self.socket.sendall(b"*%d\r\n" % len(words))
        for word in words:
            self.socket.sendall(b"$%d\r\n" % len(word))
            self.socket.sendall(word)
            self.socket.sendall(b"\r\n")
        reply = self.replies.readline()
        if reply[:1] == b"$":
            return self.replies.read(int(reply[1:]) + 2)[:-2]
        if reply[:1] != b"+":
            raise RuntimeError(reply.decode())
        return reply


def value_of(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def parse(path):
    records = []
    events = iterparse(path, events=("start", "end"))
    _, root = next(events)
    depth = 0
    for event, element in events:
        if event == "start":
            depth += 1
            continue
        depth -= 1
        if depth > 0:
            continue
        if element.tag == "Record":
            get = element.get
            records.append(
                {
                    "type": get("type"),
                    "source": get("sourceName"),
                    "unit": get("unit"),
                    "value": value_of(get("value")),
                    "start": get("startDate"),
                    "end": get("endDate"),
                }
            )
        root.clear()
    return records


def import_file(redis, path):
    begun, cpu_begun = time.perf_counter(), time.process_time()
    records = parse(path)
    parsed = time.perf_counter()
    blob = json.dumps(records).encode()
    dumped = time.perf_counter()
    redis.command(b"SET", KEY, blob)
    stored = time.perf_counter()
    return {
        "seconds": stored - begun,
        "cpu_seconds": time.process_time() - cpu_begun,
        "parse_seconds": parsed - begun,
        "dump_seconds": dumped - parsed,
        "set_seconds": stored - dumped,
        "records": len(records),
        "blob_bytes": len(blob),
    }


def heart_rate(redis, begin, end):
    for record in json.loads(redis.command(b"GET", KEY)):
        if record["type"] == HEART_RATE and begin <= record["start"] < end:
            yield record


def daily(redis, begin, end):
    days = {}
    for record in heart_rate(redis, begin, end):
        days.setdefault(record["start"][:10], []).append(record["value"])
    return {day: [len(values), sum(values) / len(values)] for day, values in days.items()}


def page(redis, begin, end):
    return sorted(heart_rate(redis, begin, end), key=lambda record: record["start"])[:PAGE_SIZE]


def timed(question, *arguments):
    begun = time.perf_counter()
    answer = question(*arguments)
    return time.perf_counter() - begun, answer


def query(redis, begin, end, page_begin):
    daily_seconds, days = timed(daily, redis, begin, end)
    page_seconds, records = timed(page, redis, page_begin, end)
    return {"daily_seconds": daily_seconds, "page_seconds": page_seconds, "days": days, "page_records": len(records)}


def peak_rss_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    work, path, *arguments = sys.argv[1:]
    result = {"import": import_file, "query": query}[work](Redis(path), *arguments)
    json.dump({**result, "peak_rss_bytes": peak_rss_bytes()}, sys.stdout)
