# SPDX-License-Identifier: Apache-2.0
"""Adds to serialised files what additions.txt says; its form is described there."""
import re

import wire

SCALARS = {"double": 1, "float": 2, "int64": 3, "uint64": 4, "int32": 5, "bool": 8, "string": 9,
           "bytes": 12, "uint32": 13}
MESSAGE_TYPE, ENUM_TYPE = 11, 14
OPTIONAL, REPEATED = 1, 3
RULES = 1071  # validate.rules of a field, validate.required of a oneof
# Fields are only ever written in JSON, where numbers do not show; these are nobody else's.
FIRST_NUMBER = 20000

# Not in the package; the program has them.
PROTOBUF_FILES = {"Any": "any", "Duration": "duration", "BoolValue": "wrappers",
                  "UInt32Value": "wrappers"}

FIELD_NAME, FIELD_NUMBER, FIELD_LABEL, FIELD_TYPE, FIELD_TYPE_NAME = 1, 3, 4, 5, 6
FIELD_OPTIONS, FIELD_ONEOF = 8, 9
OPTIONS_OF_ONEOF, OPTIONS_MAP_ENTRY = 2, 7
FILE_SYNTAX = 12


def string(number, text):
    return (number, wire.BYTES, text.encode("utf-8"))


def message(number, fields):
    return (number, wire.BYTES, wire.encode(fields))


class Files:
    """Serialised files, and where each message and enum is declared."""

    def __init__(self, files):
        self.files = files
        self.file_of = {}
        self.enums = set()
        for name, file in PROTOBUF_FILES.items():
            self.file_of[f"google.protobuf.{name}"] = f"google/protobuf/{file}.proto"
        for name, fields in files.items():
            package = wire.text(fields, wire.FILE_PACKAGE)
            self._note(name, package, fields, wire.FILE_MESSAGE, 5)
        self.number = FIRST_NUMBER

    def _note(self, file, scope, fields, messages, enums):
        for number, _, value in fields:
            if number not in (messages, enums):
                continue
            inner = wire.fields(value)
            name = f"{scope}.{wire.text(inner, wire.MESSAGE_NAME)}"
            self.file_of[name] = file
            if number == enums:
                self.enums.add(name)
            else:
                self._note(file, name, inner, wire.MESSAGE_NESTED, wire.MESSAGE_ENUM)

    def make_file(self, name):
        # A file is named after its package, but for its own name and where it lies.
        package = re.sub(r"^contrib/", "", name).rsplit("/", 1)[0].replace("/", ".")
        self.files.setdefault(name, [string(wire.FILE_NAME, name),
                                     string(wire.FILE_PACKAGE, package),
                                     string(FILE_SYNTAX, "proto3")])

    def import_into(self, file, type_name):
        fields, other = self.files[file], self.file_of[type_name]
        if other != file and other not in wire.texts(fields, wire.FILE_DEPENDENCY):
            fields.append(string(wire.FILE_DEPENDENCY, other))

    def edit(self, full_name, change):
        """Runs `change` over the fields of a message, which is made when it is not there."""
        file = self.file_of[full_name]
        fields = self.files[file]
        path = full_name[len(wire.text(fields, wire.FILE_PACKAGE)) + 1 :].split(".")
        edit_nested(fields, wire.FILE_MESSAGE, path, change)

    def rules(self, text):
        """`string.min_len=1` as a validate.FieldRules."""
        return self._rule("validate.FieldRules", *text.split("=", 1))

    def _rule(self, type_name, path, value):
        member, _, rest = path.partition(".")
        found = {}
        self.edit(type_name, lambda fields: found.update(members(fields)))
        number, kind, inner = found[member]
        if inner == ".google.protobuf.Duration":
            return [message(number, [(1, wire.VARINT, int(value.removesuffix("s")))])]
        if kind == MESSAGE_TYPE:
            return [message(number, self._rule(inner[1:], rest, value))]
        if kind == SCALARS["string"]:
            return [string(number, value)]
        return [(number, wire.VARINT, int({"true": 1, "false": 0}.get(value, value)))]


def members(fields):
    """By name: number, type and name of the type of each field of a message."""
    out = {}
    for key, _, value in fields:
        if key == wire.MESSAGE_FIELD:
            field = {number: content for number, _, content in wire.fields(value)}
            name = field[FIELD_NAME].decode("utf-8")
            out[name] = (field[FIELD_NUMBER], field[FIELD_TYPE],
                         field.get(FIELD_TYPE_NAME, b"").decode("utf-8"))
    return out


def edit_nested(fields, number, path, change):
    if not path:
        change(fields)
        return
    for at, (key, kind, value) in enumerate(fields):
        inner = wire.fields(value) if key == number and kind == wire.BYTES else []
        if inner and wire.text(inner, wire.MESSAGE_NAME) == path[0]:
            break
    else:
        at, inner = len(fields), [string(wire.MESSAGE_NAME, path[0])]
        fields.append(None)
    edit_nested(inner, wire.MESSAGE_NESTED, path[1:], change)
    fields[at] = message(number, inner)


def oneof_index(fields, name, required):
    names = [wire.text(wire.fields(value), 1) for key, _, value in fields
             if key == wire.MESSAGE_ONEOF]
    if name not in names:
        options = [message(OPTIONS_OF_ONEOF, [(RULES, wire.VARINT, 1)])] if required else []
        fields.append(message(wire.MESSAGE_ONEOF, [string(1, name)] + options))
        names.append(name)
    return names.index(name)


def typed(files, owner, type_name):
    """What a field of a type says of it."""
    if type_name in SCALARS:
        return [(FIELD_TYPE, wire.VARINT, SCALARS[type_name])]
    files.import_into(files.file_of[owner], type_name)
    kind = ENUM_TYPE if type_name in files.enums else MESSAGE_TYPE
    return [(FIELD_TYPE, wire.VARINT, kind), string(FIELD_TYPE_NAME, "." + type_name)]


def add_map_entry(files, owner, name, value_type):
    """The message that an entry of a map is; its name is derived from the field's."""
    entry = "".join(word.capitalize() for word in name.split("_")) + "Entry"
    value = typed(files, owner, value_type)

    def fill(fields):
        for number, member, kind in ((1, "key", typed(files, owner, "string")), (2, "value", value)):
            fields.append(message(wire.MESSAGE_FIELD, [
                string(FIELD_NAME, member), (FIELD_NUMBER, wire.VARINT, number),
                (FIELD_LABEL, wire.VARINT, OPTIONAL)] + kind))
        fields.append(message(wire.MESSAGE_OPTIONS, [(OPTIONS_MAP_ENTRY, wire.VARINT, 1)]))

    files.file_of[f"{owner}.{entry}"] = files.file_of[owner]
    files.edit(f"{owner}.{entry}", fill)
    return f"{owner}.{entry}"


def add_field(files, owner, words):
    name, words = words[0], words[1:]
    label = REPEATED if words[0] == "repeated" else OPTIONAL
    type_name = words[1] if label == REPEATED else words[0]
    if type_name.startswith("map<string,"):
        type_name = add_map_entry(files, owner, name, type_name[len("map<string,") : -1])
        label = REPEATED
    said = [word.split("=", 1) for word in words if "=" in word]
    field = [string(FIELD_NAME, name), (FIELD_NUMBER, wire.VARINT, files.number),
             (FIELD_LABEL, wire.VARINT, label)] + typed(files, owner, type_name)
    files.number += 1
    rules = [part for key, value in said if "." in key for part in files.rules(f"{key}={value}")]
    if rules:
        field.append(message(FIELD_OPTIONS, [message(RULES, rules)]))
    said = dict(said)

    def insert(fields):
        if "oneof" in said:
            oneof = said["oneof"].removesuffix("!")
            index = oneof_index(fields, oneof, said["oneof"].endswith("!"))
            field.append((FIELD_ONEOF, wire.VARINT, index))
        at = len(fields)
        for place, (key, _, value) in enumerate(fields):
            if key == wire.MESSAGE_FIELD and wire.text(wire.fields(value), 1) == said.get("after"):
                at = place + 1
        if said.get("after") == "nothing":
            at = 0
        fields.insert(at, message(wire.MESSAGE_FIELD, field))

    files.edit(owner, insert)


def reorder(fields, names):
    by_name = {wire.text(wire.fields(value), 1): (key, kind, value) for key, kind, value in fields
               if key == wire.MESSAGE_FIELD}
    fields[:] = [field for field in fields if field[0] != wire.MESSAGE_FIELD]
    fields += [by_name[name] for name in names]


def free(fields, name):
    for at, (key, _, value) in enumerate(fields):
        inner = wire.fields(value) if key == wire.MESSAGE_FIELD else []
        if inner and wire.text(inner, 1) == name:
            kept = [field for field in inner if field[0] != FIELD_OPTIONS]
            fields[at] = message(wire.MESSAGE_FIELD, kept)


def apply(serialised, lines):
    files = Files(serialised)
    file = owner = ""
    for line in lines:
        words = line.split()
        if words[0] == "file":
            file = words[1]
            files.make_file(file)
        elif words[0] in ("message", "enum"):
            owner = words[1]
            outer = owner.rsplit(".", 1)[0]
            files.file_of.setdefault(owner, files.file_of.get(outer, file))
            if words[0] == "enum":
                files.enums.add(owner)
                scope, name = owner.rsplit(".", 1)
                values = [message(2, [string(1, value), (2, wire.VARINT, number)])
                          for number, value in enumerate(words[2:])]
                enum = message(wire.MESSAGE_ENUM, [string(1, name)] + values)
                files.edit(scope, lambda fields, enum=enum: fields.append(enum))
            else:
                files.edit(owner, lambda fields: None)
        elif words[0] == "order":
            files.edit(owner, lambda fields, names=words[1:]: reorder(fields, names))
        elif words[0] == "free":
            files.edit(owner, lambda fields, name=words[1]: free(fields, name))
        else:
            add_field(files, owner, words)
