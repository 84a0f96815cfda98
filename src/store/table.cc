// SPDX-License-Identifier: Apache-2.0
#include "store/table.h"

#include "absl/strings/str_join.h"
#include "skyden/base/crypto.h"

namespace skyden::store {
namespace {

void AppendNumber(std::string& out, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

// Kind, size and bytes: no two rows have one text.
void Append(std::string& out, const Param& value) {
  out += static_cast<char>(value.kind());
  if (value.kind() == Param::Kind::kNull) return;
  if (value.kind() == Param::Kind::kInt) {
    return AppendNumber(out, static_cast<uint64_t>(value.integer()));
  }
  AppendNumber(out, value.bytes().size());
  out += value.bytes();
}

}  // namespace

std::string JoinNames(const std::vector<std::string>& names) { return absl::StrJoin(names, ", "); }

void RowDigest::Add(std::span<const Param> row) {
  text_ = digest_;
  for (const Param& value : row) Append(text_, value);
  const auto digest = base::Sha256(text_);
  digest_.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
  ++rows_;
}

std::string RowDigest::hex() const { return base::HexLower(digest_); }

}  // namespace skyden::store
