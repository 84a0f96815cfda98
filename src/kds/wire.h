// SPDX-License-Identifier: Apache-2.0
// Protobuf's wire format, read and written field by field. Messages of a sync are scanned, not
// parsed: a zone repeats 15 kB of metadata in each of its first requests, and one field of it
// counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace skyden::kds::wire {

struct Field {
  enum class Type : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };
  uint32_t number = 0;
  Type type = Type::kVarint;
  uint64_t varint = 0;     // kVarint, kFixed64, kFixed32
  std::string_view bytes;  // kBytes; inside the message

  bool IsBytes(uint32_t wanted) const { return number == wanted && type == Type::kBytes; }
};

// Walks the fields of one message without going into them. Thread-compatible.
class Reader {
 public:
  explicit Reader(std::string_view message) : rest_(message) {}
  // False at the end, and when what follows is not a field (then ok() is false).
  bool Next(Field& field);
  bool ok() const { return ok_; }

 private:
  bool ReadVarint(uint64_t& value);
  bool ReadFixed(size_t bytes, uint64_t& value);

  std::string_view rest_;
  bool ok_ = true;
};

// The last field `number` that holds bytes; empty when there is none or the message is broken.
std::string_view FindBytes(std::string_view message, uint32_t number);

void AppendVarint(std::string& out, uint64_t value);
void AppendBytes(std::string& out, uint32_t number, std::string_view bytes);
// Only the tag and the length: `length` bytes must follow.
void AppendBytesHeader(std::string& out, uint32_t number, size_t length);
void AppendVarintField(std::string& out, uint32_t number, uint64_t value);
size_t VarintSize(uint64_t value);
// Size of AppendBytes' output for `length` bytes, fields 1 to 15.
inline size_t BytesFieldSize(size_t length) { return 1 + VarintSize(length) + length; }

}  // namespace skyden::kds::wire
