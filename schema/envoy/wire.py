# SPDX-License-Identifier: Apache-2.0
"""Protobuf's wire format, as much as descriptors need: a message is a list of (number, type, value)."""
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

# Of google.protobuf.FileDescriptorProto, DescriptorProto and FieldDescriptorProto
FILE_NAME, FILE_PACKAGE, FILE_DEPENDENCY, FILE_MESSAGE = 1, 2, 3, 4
MESSAGE_NAME, MESSAGE_FIELD, MESSAGE_NESTED, MESSAGE_ENUM, MESSAGE_OPTIONS = 1, 2, 3, 4, 7
MESSAGE_ONEOF = 8


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data):
    at, found = 0, []
    while at < len(data):
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == VARINT:
            value, at = _varint(data, at)
        else:
            size = {FIXED64: 8, FIXED32: 4}.get(kind)
            if size is None:
                size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        found.append((number, kind, value))
    return found


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(message):
    out = bytearray()
    for number, kind, value in message:
        out += varint(number << 3 | kind)
        if kind == VARINT:
            out += varint(value)
        else:
            if kind == BYTES:
                out += varint(len(value))
            out += value
    return bytes(out)


def texts(message, number):
    return [value.decode("utf-8") for key, _, value in message if key == number]


def text(message, number):
    return (texts(message, number) or [""])[0]
