// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "skyden/base/crypto.h"
#include "skyden/base/status.h"

namespace skyden::audit {
namespace {

constexpr char kForm[] = "must be a number and a hash, like 17:<64 hex digits>";

absl::StatusOr<store::AuditDigest> HashOf(const AuditService& audit,
                                          const model::OrganizationScope& scope,
                                          uint64_t sequence) {
  store::AuditQuery query;
  query.order = store::AuditQuery::Order::kOldestFirst;
  query.beyond = sequence - 1;
  query.limit = 1;
  SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, audit.List(scope, query));
  if (page.entries.empty() || page.entries.front().sequence != sequence) {
    return absl::FailedPreconditionError(
        fmt::format("entry {} was removed meanwhile; try again", sequence));
  }
  return page.entries.front().hash;
}

}  // namespace

absl::StatusOr<Expected> ParseExpected(std::string_view text) {
  const absl::Status wrong = base::WithViolations(
      absl::InvalidArgumentError(fmt::format("expect {}", kForm)), {{"expect", kForm}});
  Expected expected;
  const size_t colon = std::min(text.find(':'), text.size());
  const auto [stop, error] = std::from_chars(text.data(), text.data() + colon, expected.sequence);
  const std::string_view digits = text.substr(std::min(colon + 1, text.size()));
  if (error != std::errc() || stop != text.data() + colon || expected.sequence == 0 ||
      digits.size() != 2 * expected.hash.size()) {
    return wrong;
  }
  for (size_t i = 0; i < expected.hash.size(); ++i) {
    const char* const byte = digits.data() + 2 * i;
    const auto [end, bad] = std::from_chars(byte, byte + 2, expected.hash.at(i), 16);
    if (bad != std::errc() || end != byte + 2) return wrong;
  }
  return expected;
}

absl::StatusOr<std::string> TextToExpect(const AuditService& audit,
                                         const model::OrganizationScope& scope,
                                         const Verification& found) {
  if (found.last == 0) return "";
  SKYDEN_ASSIGN_OR_RETURN(const store::AuditDigest hash, HashOf(audit, scope, found.last));
  return fmt::format("{}:{}", found.last, base::HexLower(std::string(hash.begin(), hash.end())));
}

absl::Status CheckExpected(const AuditService& audit, const model::OrganizationScope& scope,
                           const Expected& expected, Verification& found) {
  if (!found.intact()) return absl::OkStatus();
  if (expected.sequence < found.first) {
    return absl::FailedPreconditionError(
        fmt::format("retention has removed entry {}; expect a later one", expected.sequence));
  }
  found.at_sequence = expected.sequence;
  if (expected.sequence > found.last) {
    found.problem = fmt::format(
        "the chain ends with entry {}, but had entry {} once: an older database was restored",
        found.last, expected.sequence);
    return absl::OkStatus();
  }
  SKYDEN_ASSIGN_OR_RETURN(const store::AuditDigest hash, HashOf(audit, scope, expected.sequence));
  if (hash != expected.hash) {
    found.problem = fmt::format(
        "entry {} is not the one that was there once: an older or another database went on from "
        "before it",
        expected.sequence);
  }
  return absl::OkStatus();
}

}  // namespace skyden::audit
