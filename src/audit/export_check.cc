// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/export_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "skyden/base/crypto.h"
#include "skyden/base/status.h"

namespace skyden::audit {
namespace {

constexpr std::string_view kStart = "{\"sequence\":";
constexpr std::string_view kAt = ",\"at\":\"";
constexpr std::string_view kControlPlane = "\",\"control_plane_id\":\"";
constexpr std::string_view kHash = ",\"hash\":\"";
constexpr size_t kHashDigits = 64;
constexpr size_t kTail = kHash.size() + kHashDigits + 2;  // ,"hash":"..."}

bool TakeIf(std::string_view& text, std::string_view start) {
  if (text.substr(0, start.size()) != start) return false;
  text.remove_prefix(start.size());
  return true;
}

}  // namespace

std::optional<ExportCheck::Line> ExportCheck::Parse(std::string_view text) {
  if (text.size() < kTail || text.substr(text.size() - kTail, kHash.size()) != kHash) {
    return std::nullopt;
  }
  Line line;
  line.document = std::string(text.substr(0, text.size() - kTail)) + "}";
  const std::string_view digits = text.substr(text.size() - kHashDigits - 2, kHashDigits);
  std::string_view rest = text;
  if (!TakeIf(rest, kStart)) return std::nullopt;
  const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), line.sequence);
  // A number and a hash, as in what is expected.
  const auto read = ParseExpected(fmt::format("{}:{}", line.sequence, digits));
  if (error != std::errc() || !read.ok()) return std::nullopt;
  line.hash = read->hash;
  rest.remove_prefix(static_cast<size_t>(stop - rest.data()));
  if (!TakeIf(rest, kAt)) return std::nullopt;
  rest.remove_prefix(std::min(rest.find('"'), rest.size()));
  if (TakeIf(rest, kControlPlane)) line.control_plane = rest.substr(0, rest.find('"'));
  return line;
}

bool ExportCheck::GoesOn(const Chain& chain, const Line& line) {
  return line.sequence == chain.sequence + 1 &&
         store::AuditHash(chain.hash, line.document) == line.hash;
}

std::optional<std::string> ExportCheck::Place(const Line& line) {
  const std::string& id = line.control_plane;
  const auto of_control_plane = chains_.find(id);
  if (of_control_plane != chains_.end() && GoesOn(of_control_plane->second, line)) return id;
  const auto own = chains_.find("");
  if (own != chains_.end()) {
    if (GoesOn(own->second, line)) return "";
  } else {
    // One that began with an entry about a control plane, and goes on about something else.
    for (const auto& [other, chain] : chains_) {
      if (!GoesOn(chain, line)) continue;
      auto node = chains_.extract(other);
      node.key() = "";
      chains_.insert(std::move(node));
      return "";
    }
  }
  // A chain's first, or the first that is left.
  const bool is_first = GoesOn(Chain(), line);
  if (of_control_plane == chains_.end()) {
    return is_first || line.sequence > 1 ? std::optional(id) : std::nullopt;
  }
  if (!is_first || own != chains_.end()) return std::nullopt;
  // What was taken for it was the organization's own, of which only entries about it were left.
  auto node = chains_.extract(id);
  node.key() = "";
  chains_.insert(std::move(node));
  return id;
}

absl::Status ExportCheck::Broken(const std::string& what) const {
  return absl::DataLossError(fmt::format("line {}: {}", lines_, what));
}

absl::Status ExportCheck::Add(std::string_view text) {
  ++lines_;
  const std::optional<Line> line = Parse(text);
  if (!line.has_value()) return Broken("is not a line of an export");
  const std::optional<std::string> whose = Place(*line);
  if (!whose.has_value()) {
    return Broken(fmt::format(
        "entry {} is not what was written, or does not follow the one before it; only an export of "
        "a whole organization, without filters, can be verified",
        line->sequence));
  }
  chains_[*whose] = {line->sequence, line->hash};
  newest_ = *whose;
  if (!expected_.has_value() || expected_->control_plane.str() != *whose ||
      expected_->sequence != line->sequence) {
    return absl::OkStatus();
  }
  if (expected_->hash != line->hash) {
    return Broken(fmt::format("entry {} is not the one that was expected", line->sequence));
  }
  if (expected_->all.has_value() && *expected_->all != DigestOfEnds()) {
    return Broken(fmt::format("before entry {} there are not the entries that were expected",
                              line->sequence));
  }
  met_ = true;
  return absl::OkStatus();
}

store::AuditDigest ExportCheck::DigestOfEnds() const {
  std::vector<ChainEnd> ends;
  for (const auto& [id, chain] : chains_) ends.push_back({id, chain.sequence, chain.hash});
  return DigestOf(std::move(ends));
}

absl::Status ExportCheck::Finish() const {
  if (!expected_.has_value() || met_) return absl::OkStatus();
  return absl::DataLossError("the entry that was expected is not in it");
}

std::optional<Expected> ExportCheck::ToExpect() const {
  const auto newest = chains_.find(newest_);
  if (newest == chains_.end()) return std::nullopt;
  return Expected{model::ControlPlaneId(newest_), newest->second.sequence, newest->second.hash,
                  DigestOfEnds()};
}

}  // namespace skyden::audit
