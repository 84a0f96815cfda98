// SPDX-License-Identifier: Apache-2.0
#include "kds/wire.h"

namespace skyden::kds::wire {

bool Reader::ReadVarint(uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return false;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool Reader::ReadFixed(size_t bytes, uint64_t& value) {
  if (rest_.size() < bytes) return false;
  value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(rest_[i])) << (8 * i);
  }
  rest_.remove_prefix(bytes);
  return true;
}

bool Reader::Next(Field& field) {
  if (rest_.empty() || !ok_) return false;
  ok_ = false;
  uint64_t tag = 0;
  if (!ReadVarint(tag) || (tag >> 3) == 0 || (tag >> 3) > 0x1fffffff) return false;
  field.number = static_cast<uint32_t>(tag >> 3);
  field.bytes = {};
  field.varint = 0;
  switch (tag & 7) {
    case 0:
      field.type = Field::Type::kVarint;
      ok_ = ReadVarint(field.varint);
      break;
    case 1:
      field.type = Field::Type::kFixed64;
      ok_ = ReadFixed(8, field.varint);
      break;
    case 2: {
      field.type = Field::Type::kBytes;
      uint64_t length = 0;
      if (!ReadVarint(length) || length > rest_.size()) return false;
      field.bytes = rest_.substr(0, static_cast<size_t>(length));
      rest_.remove_prefix(static_cast<size_t>(length));
      ok_ = true;
      break;
    }
    case 5:
      field.type = Field::Type::kFixed32;
      ok_ = ReadFixed(4, field.varint);
      break;
    default:
      break;  // groups and what does not exist: no message of a sync has them
  }
  return ok_;
}

std::string_view FindBytes(std::string_view message, uint32_t number) {
  std::string_view found;
  Reader reader(message);
  Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(number)) found = field.bytes;
  }
  return reader.ok() ? found : std::string_view();
}

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(static_cast<uint8_t>(value) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void AppendBytesHeader(std::string& out, uint32_t number, size_t length) {
  AppendVarint(out, (static_cast<uint64_t>(number) << 3) | 2);
  AppendVarint(out, length);
}

void AppendBytes(std::string& out, uint32_t number, std::string_view bytes) {
  AppendBytesHeader(out, number, bytes.size());
  out.append(bytes);
}

void AppendVarintField(std::string& out, uint32_t number, uint64_t value) {
  AppendVarint(out, static_cast<uint64_t>(number) << 3);
  AppendVarint(out, value);
}

size_t VarintSize(uint64_t value) {
  size_t size = 1;
  while (value >= 0x80) {
    ++size;
    value >>= 7;
  }
  return size;
}

}  // namespace skyden::kds::wire
