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

std::string Hex(const store::AuditDigest& digest) {
  return base::HexLower({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool ParseHex(std::string_view digits, store::AuditDigest& digest) {
  if (digits.size() != 2 * digest.size()) return false;
  for (size_t i = 0; i < digest.size(); ++i) {
    const char* const byte = digits.data() + 2 * i;
    const auto [end, bad] = std::from_chars(byte, byte + 2, digest.at(i), 16);
    if (bad != std::errc() || end != byte + 2) return false;
  }
  return true;
}

// Takes what stands before `mark` off the front; all of it when there is none.
std::string_view Take(std::string_view& text, char mark) {
  const size_t at = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

bool Parse(std::string_view text, Expected& expected) {
  if (text.find('/') != std::string_view::npos) {
    expected.control_plane = model::ControlPlaneId(std::string(Take(text, '/')));
  }
  const std::string_view number = Take(text, ':');
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, expected.sequence);
  if (error != std::errc() || stop != end || expected.sequence == 0) return false;
  if (!ParseHex(Take(text, ':'), expected.hash)) return false;
  if (text.empty()) return true;
  return ParseHex(text, expected.all.emplace());
}

absl::StatusOr<store::AuditDigest> DigestUpTo(const AuditService& audit,
                                              const model::OrganizationScope& scope,
                                              uint64_t place) {
  SKYDEN_ASSIGN_OR_RETURN(const auto entries, audit.FindUpTo(scope, place));
  std::vector<ChainEnd> ends;
  for (const store::AuditEntry& entry : entries) {
    const bool own = entry.chain == model::TenantKey{};
    ends.push_back({own ? "" : entry.control_plane.str(), entry.sequence, entry.hash});
  }
  return DigestOf(std::move(ends));
}

}  // namespace

absl::StatusOr<Expected> ParseExpected(std::string_view text) {
  Expected expected;
  if (Parse(text, expected)) return expected;
  return base::WithViolations(absl::InvalidArgumentError(fmt::format("expect {}", kForm)),
                              {{"expect", kForm}});
}

std::string FormatExpected(const Expected& expected) {
  const std::string& id = expected.control_plane.str();
  return fmt::format("{}{}{}:{}{}{}", id, id.empty() ? "" : "/", expected.sequence,
                     Hex(expected.hash), expected.all ? ":" : "",
                     expected.all ? Hex(*expected.all) : "");
}

store::AuditDigest DigestOf(std::vector<ChainEnd> ends) {
  std::sort(ends.begin(), ends.end(),
            [](const ChainEnd& a, const ChainEnd& b) { return a.control_plane < b.control_plane; });
  std::string text;
  for (const ChainEnd& end : ends) {
    text += fmt::format("{}/{}:{}\n", end.control_plane, end.sequence, Hex(end.hash));
  }
  return base::Sha256(text);
}

absl::StatusOr<std::string> TextToExpect(const AuditService& audit,
                                         const model::OrganizationScope& scope,
                                         const Verification& found) {
  if (found.last == 0) return "";
  SKYDEN_ASSIGN_OR_RETURN(const auto entries, audit.FindUpTo(scope, found.last));
  const auto newest =
      std::max_element(entries.begin(), entries.end(),
                       [](const auto& a, const auto& b) { return a.place < b.place; });
  if (newest == entries.end()) return "";
  Expected expected;
  if (newest->chain != model::TenantKey{}) expected.control_plane = newest->control_plane;
  expected.sequence = newest->sequence;
  expected.hash = newest->hash;
  SKYDEN_ASSIGN_OR_RETURN(expected.all, DigestUpTo(audit, scope, newest->place));
  return FormatExpected(expected);
}

absl::Status CheckExpected(const AuditService& audit, const model::OrganizationScope& scope,
                           const Expected& expected, Verification& found) {
  if (!found.intact()) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(const auto there,
                          audit.Find(scope, expected.control_plane, expected.sequence));
  if (expected.sequence <= there.removed) {
    return absl::FailedPreconditionError(
        fmt::format("retention has removed entry {}; expect a later one", expected.sequence));
  }
  if (expected.sequence > there.last) {
    found.at_sequence = expected.sequence;
    found.problem = fmt::format(
        "the chain ends with entry {}, but had entry {} once: an older database was restored",
        there.last, expected.sequence);
    return absl::OkStatus();
  }
  if (!there.entry.has_value()) {
    return absl::FailedPreconditionError(
        fmt::format("entry {} was removed meanwhile; try again", expected.sequence));
  }
  if (there.entry->hash != expected.hash) {
    found.at_sequence = expected.sequence;
    found.problem = fmt::format(
        "entry {} is not the one that was there once: an older or another database went on from "
        "before it",
        expected.sequence);
    return absl::OkStatus();
  }
  if (!expected.all.has_value()) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(const store::AuditDigest all,
                          DigestUpTo(audit, scope, there.entry->place));
  if (all == *expected.all) return absl::OkStatus();
  found.at_sequence = expected.sequence;
  found.problem = fmt::format(
      "when entry {} was written, other chains did not end where they had ended once: some of them "
      "went back",
      expected.sequence);
  return absl::OkStatus();
}

}  // namespace skyden::audit
