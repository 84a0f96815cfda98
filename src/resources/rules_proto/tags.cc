// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_proto/tags.h"

#include <algorithm>
#include <array>

#include "skyden/model/kuma_labels.h"

namespace skyden::resources::rules_proto {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool ConsistsOf(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [more](char c) {
    return IsAlphanumeric(c) || more.find(c) != std::string_view::npos;
  });
}

constexpr std::string_view kSelectorValue =
    "tag value must consist of alphanumeric characters, dots, dashes, slashes and underscores or "
    "be \"*\"";
constexpr std::string_view kTagValue =
    "tag value must consist of alphanumeric characters, dots, dashes and underscores";
constexpr std::string_view kTagName =
    "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores";

bool IsSelectorValue(std::string_view text) { return text == "*" || ConsistsOf(text, ".-_:/"); }
bool IsTagValue(std::string_view text) { return ConsistsOf(text, ".-_:"); }

void Check(const Path& path, const Tags& tags, const TagRules& rules,
           bool (*fits)(std::string_view), std::string_view misfit, Report& report) {
  if (rules.at_least_one && tags.empty()) report.Add(path, "must have at least one tag");
  if (rules.whole) rules.whole(path, tags, report);
  for (const auto& [key, value] : tags) {
    if (key.empty()) report.Add(path, "tag name must be non-empty");
    if (!IsTagName(key)) report.Add(path.Key(key), std::string(kTagName));
    if (rules.key) rules.key(path, key, report);
    if (value.empty()) report.Add(path.Key(key), "tag value must be non-empty");
    if (!fits(value)) report.Add(path.Key(key), std::string(misfit));
  }
  if (rules.require_service && !tags.contains(model::kServiceTag)) {
    report.Add(path, fmt::format("mandatory tag \"{}\" is missing", model::kServiceTag));
  }
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

template <size_t N>
bool Among(const std::array<std::string_view, N>& known, std::string_view text) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

}  // namespace

bool IsTagName(std::string_view text) { return ConsistsOf(text, ".-_:/"); }

void CheckTags(const Path& path, const Tags& tags, const TagRules& rules, Report& report) {
  Check(path, tags, rules, IsTagValue, kTagValue, report);
}

void CheckSelector(const Path& path, const Tags& tags, const TagRules& rules, Report& report) {
  Check(path, tags, rules, IsSelectorValue, kSelectorValue, report);
}

SelectorsRules AnyTags() {
  SelectorsRules rules;
  rules.tags.at_least_one = true;
  return rules;
}

SelectorsRules ServiceTagToo() {
  SelectorsRules rules = AnyTags();
  rules.tags.require_service = true;
  return rules;
}

SelectorsRules OnlyServiceTag() {
  SelectorsRules rules;
  rules.tags.require_service = true;
  rules.tags.whole = [](const Path& path, const Tags& tags, Report& report) {
    if (tags.size() == 1 && tags.contains(model::kServiceTag)) return;
    report.Add(path, fmt::format("must consist of exactly one tag \"{}\"", model::kServiceTag));
  };
  rules.tags.key = [](const Path& path, std::string_view key, Report& report) {
    if (key == model::kServiceTag) return;
    report.Add(path.Key(key), fmt::format("tag {} is not allowed", GoQuote(key)));
  };
  return rules;
}

void RefuseSystemTags(const Path& path, std::string_view key, Report& report) {
  static constexpr std::array<std::string_view, 4> kRefused = {
      model::kExternalServiceTag, model::kProtocolTag, model::kServiceTag, model::kZoneTag};
  if (!Among(kRefused, key)) return;
  report.Add(path.Key(key), fmt::format("tag name must not be \"{}\"", key));
}

bool IsProtocol(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kKnown = {"http", "http2", "tcp",  "tls",
                                                             "grpc", "kafka", "mysql"};
  return Among(kKnown, Lower(text));
}

bool IsHttpProtocol(std::string_view text) {
  static constexpr std::array<std::string_view, 3> kHttp = {"http", "http2", "grpc"};
  return Among(kHttp, Lower(text));
}

std::string UnknownProtocol(std::string_view value) {
  return fmt::format("has an invalid value {}. Allowed values: grpc, http, http2, kafka, tcp",
                     GoQuote(value));
}

void CheckProtocolTag(const Path& path, const Tags& tags, Report& report) {
  const auto protocol = tags.find(model::kProtocolTag);
  if (protocol == tags.end() || IsProtocol(protocol->second)) return;
  report.Add(path.Key(model::kProtocolTag),
             fmt::format("tag \"{}\" {}", model::kProtocolTag, UnknownProtocol(protocol->second)));
}

}  // namespace skyden::resources::rules_proto
