#!/usr/bin/env python3
"""A door terminal of the native contract (gw/v1) in plain Python 3: reader 1, lock 1, input 1. Nothing but the standard library.

It is what the help page "Devices over MQTT" asks for, in another language than the gateway's: take it as a start for a board that
runs Python, or to see what goes over the wire.

    GATEWARDEN_KEY=... python3 door.py --host 192.0.2.10 --id front-io [--ca ca.pem --port 8883] [--latches latches.json]

Hands on standard input, one a line: `card 04a1b2c3d4e5f6`, `open`, `close`, `quit`. What happens is one JSON object a line on
standard output.
"""
import argparse
import json
import os
import secrets
import select
import socket
import ssl
import struct
import sys
import time

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 14
KEEP_ALIVE_S = 30
SCAN_EVERY_S, SCAN_FOR_S = 1.0, 5.0
IDS_KEPT = 200
# No pulse or lease of a door is longer.
LONGEST_MS = 2**31 - 1


def text(value: str) -> bytes:
    raw = value.encode("utf-8")
    return struct.pack("!H", len(raw)) + raw


def packet(kind: int, flags: int, body: bytes) -> bytes:
    length, head = len(body), bytearray([kind << 4 | flags])
    while True:
        length, digit = divmod(length, 128)
        head.append(digit | (0x80 if length else 0))
        if not length:
            return bytes(head) + body


class Mqtt:
    """Just enough of MQTT 3.1.1: QoS 0 and 1, one will, no session."""

    def __init__(self, sock: socket.socket, client: str, key: str, will_topic: str, will: bytes):
        self.sock, self.buffer, self.last_id, self.sent_at = sock, bytearray(), 0, time.monotonic()
        # User name, password, will retained, will, clean session (MQTT 3.1.1, 3.1.2.3).
        flags = 0x80 | 0x40 | 0x20 | 0x04 | 0x02
        body = text("MQTT") + bytes([4, flags]) + struct.pack("!H", KEEP_ALIVE_S) + text(client)
        self.send(packet(CONNECT, 0, body + text(will_topic) + struct.pack("!H", len(will)) + will + text(client) + text(key)))

    def send(self, raw: bytes) -> None:
        self.sock.sendall(raw)
        self.sent_at = time.monotonic()

    def next_id(self) -> int:
        self.last_id = self.last_id % 0xFFFF + 1
        return self.last_id

    def publish(self, topic: str, body: dict, qos: int = 0, retain: bool = False) -> None:
        number = struct.pack("!H", self.next_id()) if qos else b""
        raw = json.dumps(body, separators=(",", ":")).encode()
        self.send(packet(PUBLISH, qos << 1 | int(retain), text(topic) + number + raw))

    def subscribe(self, topic: str) -> None:
        self.send(packet(SUBSCRIBE, 2, struct.pack("!H", self.next_id()) + text(topic) + b"\x01"))

    def ping_when_quiet(self) -> None:
        if time.monotonic() - self.sent_at > KEEP_ALIVE_S / 2:
            self.send(packet(PINGREQ, 0, b""))

    def read(self):
        """What is there by now, packet by packet; raises ConnectionError when the other side is gone."""
        try:
            piece = self.sock.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        if not piece:
            raise ConnectionError("the gateway closed the connection")
        self.buffer += piece
        while (found := self.take()) is not None:
            yield found

    def take(self):
        length, shift, at = 0, 0, 1
        while True:
            if at >= len(self.buffer):
                return None
            digit = self.buffer[at]
            length |= (digit & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if not digit & 0x80:
                break
            if shift > 21:
                raise ConnectionError("a length that is none")
        if len(self.buffer) < at + length:
            return None
        first, body = self.buffer[0], bytes(self.buffer[at : at + length])
        del self.buffer[: at + length]
        return first >> 4, first & 0x0F, body


class Lock:
    """Unlocked while a pulse runs, a lease lasts or a release is latched; it ends pulses and leases itself."""

    def __init__(self, latches: str | None):
        self.pulses: dict[str, float] = {}
        self.leases: dict[str, tuple[float, int]] = {}
        self.ended: list[str] = []
        self.file = latches
        self.latched: list[str] = []
        if latches and os.path.exists(latches):
            with open(latches, encoding="utf-8") as kept:
                self.latched = json.load(kept)

    def tick(self, now: float) -> None:
        self.pulses = {id: end for id, end in self.pulses.items() if end > now}
        self.leases = {id: lease for id, lease in self.leases.items() if lease[0] > now}

    @property
    def locked(self) -> bool:
        return not (self.pulses or self.leases or self.latched)

    def next_end(self) -> float | None:
        return min([*self.pulses.values(), *(end for end, _ in self.leases.values())], default=None)

    def keep(self) -> None:
        if not self.file:
            return
        with open(self.file + ".new", "w", encoding="utf-8") as kept:
            json.dump(self.latched, kept)
            kept.flush()
            os.fsync(kept.fileno())
        os.replace(self.file + ".new", self.file)

    def obey(self, order: dict, now: float) -> str | None:
        """Why not, or None: done."""
        op, id = order.get("op"), order["id"]
        if op in ("unlock", "hold", "release", "lock") and order.get("lock") != 1:
            return "there is only lock 1"
        if op == "unlock":
            ms = order.get("ms")
            if not isinstance(ms, (int, float)) or not 0 < ms <= LONGEST_MS:
                return "ms is no time"
            if id in self.ended:
                return "it has been ended"
            self.pulses[id] = now + ms / 1000
        elif op == "hold":
            n, lease = order.get("n"), order.get("lease_ms")
            if not isinstance(n, int) or not isinstance(lease, (int, float)) or not 0 < lease <= LONGEST_MS:
                return "n or lease_ms is missing"
            if id in self.ended:
                return "it has been ended"
            if id not in self.leases or n > self.leases[id][1]:
                self.leases[id] = (now + lease / 1000, n)
        elif op == "release":
            if id in self.ended:
                return "it has been ended"
            if id not in self.latched:
                self.latched.append(id)
                self.keep()
        elif op == "lock":
            ends = order.get("ends")
            if not isinstance(ends, str):
                return "ends is missing"
            self.pulses.pop(ends, None)
            self.leases.pop(ends, None)
            if ends in self.latched:
                self.latched.remove(ends)
                self.keep()
            # One that comes after its end is refused.
            self.ended = [*self.ended, ends][-IDS_KEPT:]
        else:
            return f"{str(op)[:40]} is nothing that this device does"
        return None


class Hands:
    """Lines of standard input. Read by hand: a buffered reader would keep lines that select no longer sees."""

    def __init__(self):
        self.buffer = b""

    def fileno(self) -> int:
        return 0

    def lines(self) -> list[str] | None:
        """Whole lines that are there; None: there will be no more."""
        piece = os.read(0, 4096)
        *whole, self.buffer = (self.buffer + piece).split(b"\n")
        return [line.decode("utf-8", "replace") for line in whole] if piece else None


class Door:
    def __init__(self, id: str, latches: str | None, say):
        self.id, self.say, self.lock = id, say, Lock(latches)
        self.boot, self.started = secrets.token_hex(8), time.monotonic()
        self.is_open, self.changes = False, 0
        self.mqtt: Mqtt | None = None
        self.scans: dict[str, dict] = {}
        self.done: dict[str, str | None] = {}
        self.was_locked = self.lock.locked

    def up(self, topic: str, body: dict, qos: int = 0, retain: bool = False, up_ms: int | None = None) -> None:
        stamp = {"boot": self.boot, "up_ms": self.up_ms() if up_ms is None else up_ms}
        if self.mqtt:
            self.mqtt.publish(f"gw/v1/device/{self.id}/up/{topic}", {**body, **stamp}, qos, retain)

    def up_ms(self) -> int:
        return int((time.monotonic() - self.started) * 1000)

    def connected(self, mqtt: Mqtt) -> None:
        self.mqtt = mqtt
        mqtt.subscribe(f"gw/v1/device/{self.id}/down/#")
        points = {"reader": [1], "lock": [1], "input": [1]}
        self.up("hello", {"proto": 1, "model": "Python door", "fw": "1.0", "points": points}, 1, True)
        self.up("state", {"state": "ready"}, 1, True)
        self.tell_input()
        self.tell_lock()

    def tell_input(self) -> None:
        self.up("input/1", {"active": self.is_open, "fault": None, "changes": self.changes}, 1, True)

    def tell_lock(self) -> None:
        self.up("lock/1", {"locked": self.lock.locked, "bolt": None}, 0, True)

    def card(self, uid: str) -> None:
        now = time.monotonic()
        self.scans[secrets.token_hex(8)] = {"uid": uid, "at": now, "up_ms": self.up_ms(), "next": now}

    def move(self, is_open: bool) -> None:
        if is_open == self.is_open:
            return
        self.is_open, self.changes = is_open, self.changes + 1
        self.tell_input()

    def heard(self, topic: str, raw: bytes, retained: bool) -> None:
        below = topic.split("/down/", 1)[-1]
        body = json.loads(raw)
        if below == "result":
            if self.scans.pop(body.get("re"), None):
                self.say({"result": body.get("outcome")})
        elif below == "error":
            self.say({"error": body})
        elif below == "cmd" and not retained and isinstance(body.get("id"), str):
            self.command(body)

    def command(self, order: dict) -> None:
        id, now = order["id"], time.monotonic()
        # A hold comes again with a higher n; everything else is done once.
        if id not in self.done or order.get("op") == "hold":
            self.done[id] = self.lock.obey(order, now)
            while len(self.done) > IDS_KEPT:
                self.done.pop(next(iter(self.done)))
        why = self.done[id]
        self.up("ack", {"re": id, "ok": True} if why is None else {"re": id, "ok": False, "error": why}, 1)
        self.say({"cmd": order.get("op"), "ok": why is None})
        self.turned()

    def turned(self) -> None:
        if self.lock.locked != self.was_locked:
            self.was_locked = self.lock.locked
            self.tell_lock()
            self.say({"lock": "locked" if self.was_locked else "unlocked"})

    def tick(self) -> float:
        """Does what is due; how many seconds until the next thing is."""
        now = time.monotonic()
        for id, scan in list(self.scans.items()):
            if now - scan["at"] > SCAN_FOR_S:
                del self.scans[id]
                self.say({"result": "none"})
            elif now >= scan["next"]:
                scan["next"] = now + SCAN_EVERY_S
                self.up("scan", {"id": id, "reader": 1, "uid": scan["uid"]}, 1, up_ms=scan["up_ms"])
        self.lock.tick(now)
        self.turned()
        dues = [scan["next"] for scan in self.scans.values()] + [now + 1]
        end = self.lock.next_end()
        if end is not None:
            dues.append(end)
        return max(0.0, min(dues) - now)


def connect(args, key: str) -> Mqtt:
    raw = socket.create_connection((args.host, args.port), timeout=5)
    # Without it a scan takes 40 ms longer.
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock = raw
    if args.ca:
        sock = ssl.create_default_context(cafile=args.ca).wrap_socket(raw, server_hostname=args.host)
    mqtt = Mqtt(sock, args.id, key, f"gw/v1/device/{args.id}/up/state", b'{"state":"lost"}')
    while True:
        for kind, _, body in mqtt.read():
            if kind != CONNACK:
                raise ConnectionError("the gateway answered something else")
            if body[1] != 0:
                raise PermissionError(f"refused with code {body[1]}")
            sock.setblocking(False)
            return mqtt


def serve(door: Door, mqtt: Mqtt, hands) -> bool:
    """Until the connection or the hands are gone; True: the hands."""
    door.connected(mqtt)
    while True:
        wait = door.tick()
        mqtt.ping_when_quiet()
        # What TLS has read already shows on no socket.
        pending = isinstance(mqtt.sock, ssl.SSLSocket) and mqtt.sock.pending() > 0
        ready, _, _ = select.select([mqtt.sock, hands], [], [], 0 if pending else wait)
        if mqtt.sock in ready or pending:
            for kind, flags, body in mqtt.read():
                if kind != PUBLISH:
                    continue
                size = struct.unpack("!H", body[:2])[0]
                topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
                if flags >> 1 & 3:
                    mqtt.send(packet(PUBACK, 0, rest[:2]))
                    rest = rest[2:]
                door.heard(topic, rest, bool(flags & 1))
        if hands in ready:
            lines = hands.lines()
            for words in [line.split() for line in (["quit"] if lines is None else lines)]:
                if words == ["quit"]:
                    return True
                if len(words) == 2 and words[0] == "card":
                    door.card(words[1])
                elif words in (["open"], ["close"]):
                    door.move(words == ["open"])


def main() -> int:
    wants = argparse.ArgumentParser(description="A door terminal that speaks gw/v1.")
    wants.add_argument("--host", default="127.0.0.1")
    wants.add_argument("--port", type=int, default=1883)
    wants.add_argument("--id", required=True)
    wants.add_argument("--ca", help="speak TLS, and trust this authority")
    wants.add_argument("--latches", help="file that keeps emergency releases over a restart")
    args = wants.parse_args()

    def say(body: dict) -> None:
        print(json.dumps(body), flush=True)

    hands = Hands()
    door = Door(args.id, args.latches, say)
    pause = 1.0
    while True:
        try:
            mqtt = connect(args, os.environ.get("GATEWARDEN_KEY", ""))
            say({"connected": True})
            pause = 1.0
            if serve(door, mqtt, hands):
                door.up("state", {"state": "lost"}, 0, True)
                mqtt.send(packet(DISCONNECT, 0, b""))
                return 0
        except PermissionError as refused:
            say({"connected": False, "why": str(refused)})
            return 1
        except OSError as gone:
            say({"connected": False, "why": str(gone)})
            door.mqtt = None
            # Its own end of a pulse does not wait for the gateway.
            until = time.monotonic() + pause
            while time.monotonic() < until:
                time.sleep(min(0.05, max(0.0, door.tick())))
            pause = min(30.0, pause * 2)


if __name__ == "__main__":
    sys.exit(main())
