// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/row.h"

#include <limits>

#include "skyden/base/check.h"

namespace skyden::store::postgres {
namespace {

constexpr Oid kNumeric = 1700;  // pg_type.h, the same for ever

// Big-endian, signed, of as many bytes as there are.
int64_t WholeNumber(std::string_view bytes) {
  uint64_t value = !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0x80) != 0
                       ? std::numeric_limits<uint64_t>::max()
                       : 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<int64_t>(value);
}

// Four numbers of two bytes (digits of base 10,000; the weight of the first; sign; scale), then the
// digits; those after the last are 0.
int64_t Numeric(std::string_view bytes) {
  const auto at = [bytes](size_t n) { return WholeNumber(bytes.substr(2 * n, 2)); };
  SKYDEN_CHECK(bytes.size() >= 8);
  const int64_t digits = at(0);
  const int64_t weight = at(1);
  const int64_t sign = at(2) & 0xffff;
  SKYDEN_CHECK(sign == 0 || sign == 0x4000);
  SKYDEN_CHECK(digits <= weight + 1 && weight < 5);
  int64_t value = 0;
  for (int64_t i = 0; i <= weight; ++i) {
    const int64_t digit = i < digits ? at(static_cast<size_t>(4 + i)) : 0;
    SKYDEN_CHECK(!__builtin_mul_overflow(value, 10'000, &value));
    SKYDEN_CHECK(!__builtin_add_overflow(value, digit, &value));
  }
  return sign == 0 ? value : -value;
}

}  // namespace

int64_t ResultRow::Int(int column) const {
  if (IsNull(column)) return 0;
  if (PQftype(result_, column) == kNumeric) return Numeric(Bytes(column));
  SKYDEN_CHECK(Bytes(column).size() <= sizeof(int64_t));
  return WholeNumber(Bytes(column));
}

}  // namespace skyden::store::postgres
