// SPDX-License-Identifier: Apache-2.0
// array_recv: how many dimensions, whether there are NULLs, the type of the values; of the one
// dimension its length and where it begins; then each value with its length. Four bytes each,
// big-endian.
#include "store/postgres/arrays.h"

#include "skyden/base/check.h"

namespace skyden::store::postgres {
namespace {

// pg_type.h, the same for ever.
constexpr uint32_t kBytea = 17;
constexpr uint32_t kInt8 = 20;
constexpr uint32_t kText = 25;

constexpr size_t kHeadBytes = 20;
constexpr size_t kCountAt = 12;

void Append(std::string& out, uint64_t number, int bytes) {
  while (bytes-- > 0) out.push_back(static_cast<char>(number >> (8 * bytes) & 0xff));
}

uint32_t TypeOf(Param::Kind kind) {
  SKYDEN_CHECK(kind != Param::Kind::kNull);
  if (kind == Param::Kind::kInt) return kInt8;
  return kind == Param::Kind::kText ? kText : kBytea;
}

}  // namespace

void ArrayValue::Add(const Param& value) {
  if (count_++ == 0) {
    kind_ = value.kind();
    bytes_.clear();
    for (const uint32_t word : {1u, 0u, TypeOf(kind_), 0u, 1u}) Append(bytes_, word, 4);
  }
  SKYDEN_CHECK(value.kind() == kind_);
  if (kind_ == Param::Kind::kInt) {
    Append(bytes_, 8, 4);
    Append(bytes_, static_cast<uint64_t>(value.integer()), 8);
    return;
  }
  Append(bytes_, value.bytes().size(), 4);
  bytes_ += value.bytes();
}

Param ArrayValue::param() {
  SKYDEN_CHECK(bytes_.size() >= kHeadBytes);
  std::string count;
  Append(count, count_, 4);
  bytes_.replace(kCountAt, count.size(), count);
  return Param::Blob(bytes_);
}

}  // namespace skyden::store::postgres
