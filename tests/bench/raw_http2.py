# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 frame by frame, for those who do not keep its rules. Python's standard library only."""

import socket
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    0, 1, 2, 3, 4, 6, 7, 8, 9)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
# What RFC 7541 lists under these numbers.
POST, HTTP = b"\x83", b"\x86"


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(
        ">I", stream) + payload


def integer(value, bits, first=0):
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    out, value = [first | most], value - most
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + [value])


def literal(name, value):
    """A header that is not to be remembered; without Huffman's code."""
    name, value = name.encode(), value.encode()
    return b"\x00" + integer(len(name), 7) + name + integer(len(value), 7) + value


def call_headers(path, more=()):
    fields = [(":path", path), (":authority", "localhost"), ("content-type", "application/grpc"),
              ("te", "trailers"), *more]
    return POST + HTTP + b"".join(literal(*field) for field in fields)


def message(payload=b"", compressed=False):
    return bytes([compressed]) + struct.pack(">I", len(payload)) + payload


def dial(address, source=None, timeout=10):
    connection = socket.create_connection(
        address, timeout=timeout, source_address=(source, 0) if source else None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def begin(address, source=None, timeout=10):
    connection = dial(address, source, timeout)
    connection.sendall(PREFACE + frame(SETTINGS))
    return connection


class Client:
    """One well-behaved connection for unary calls, which dials again when it has to."""

    def __init__(self, address, source=None, timeout=10):
        self.address, self.source, self.timeout = address, source, timeout
        self.connection, self.buffer, self.stream = None, b"", 1

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def unary(self, path, payload=b"", metadata=()):
        """The answer's first message. OSError when there is none."""
        try:
            if self.connection is None:
                self.connection = begin(self.address, self.source, self.timeout)
                self.buffer, self.stream = b"", 1
            stream, self.stream = self.stream, self.stream + 2
            self.connection.sendall(
                frame(HEADERS, END_HEADERS, stream, call_headers(path, metadata)) +
                frame(DATA, END_STREAM, stream, message(payload)))
            return self.answer(stream)
        except OSError:
            self.close()
            raise

    def answer(self, stream):
        body = b""
        while True:
            kind, flags, of, payload = self.next_frame()
            if kind == SETTINGS and not flags & ACK:
                self.connection.sendall(frame(SETTINGS, ACK))
            elif kind == PING and not flags & ACK:
                self.connection.sendall(frame(PING, ACK, 0, payload))
            elif kind == GOAWAY:
                raise OSError("the connection is ended: " + payload[8:].decode("utf-8", "replace"))
            elif of == stream and kind == RST_STREAM:
                raise OSError("the call is reset")
            elif of == stream and kind == DATA:
                body += payload
                if payload:
                    window = struct.pack(">I", len(payload))
                    self.connection.sendall(frame(WINDOW_UPDATE, 0, 0, window))
            if of == stream and kind in (HEADERS, DATA) and flags & END_STREAM:
                if len(body) < 5:
                    raise OSError("refused")
                return body[5:]

    def next_frame(self):
        while len(self.buffer) < 9:
            self.more()
        length = int.from_bytes(self.buffer[:3], "big")
        while len(self.buffer) < 9 + length:
            self.more()
        kind, flags, stream = self.buffer[3], self.buffer[4], int.from_bytes(self.buffer[5:9], "big")
        payload, self.buffer = self.buffer[9:9 + length], self.buffer[9 + length:]
        return kind, flags, stream & 0x7FFFFFFF, payload

    def more(self):
        bytes_ = self.connection.recv(65536)
        if not bytes_:
            raise OSError("hung up")
        self.buffer += bytes_
