// SPDX-License-Identifier: Apache-2.0
// Rules on tags and on the selectors made of them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "resources/rules_proto/report.h"

namespace skyden::resources::rules_proto {

// Sorted, because that is the order in which tags are reported.
using Tags = std::map<std::string, std::string, std::less<>>;

template <class ProtobufMap>
Tags ToTags(const ProtobufMap& map) {
  return Tags(map.begin(), map.end());
}

struct TagRules {
  bool at_least_one = false;
  bool require_service = false;
  // Looked at before the single tags, and beside each key.
  std::function<void(const Path&, const Tags&, Report&)> whole = nullptr;
  std::function<void(const Path&, std::string_view key, Report&)> key = nullptr;
};

// Tags that describe a proxy: "*" is no value.
void CheckTags(const Path& path, const Tags& tags, const TagRules& rules, Report& report);
// Tags that select proxies: "*" and paths are values.
void CheckSelector(const Path& path, const Tags& tags, const TagRules& rules, Report& report);

struct SelectorsRules {
  TagRules tags;
  bool at_least_one = true;
  bool at_most_one = false;
};

SelectorsRules AnyTags();         // at least one tag in each
SelectorsRules ServiceTagToo();   // the service tag among them
SelectorsRules OnlyServiceTag();  // exactly that tag

// `selectors` is a repeated kuma.mesh.v1alpha1.Selector.
template <class Selectors>
void CheckSelectors(const Path& path, const Selectors& selectors, const SelectorsRules& rules,
                    Report& report) {
  if (rules.at_least_one && selectors.empty()) report.Add(path, "must have at least one element");
  for (size_t i = 0; i < static_cast<size_t>(selectors.size()); ++i) {
    CheckSelector(path.Index(i).Field("match"), ToTags(selectors[static_cast<int>(i)].match()),
                  rules.tags, report);
    if (i > 0 && rules.at_most_one) {
      report.Add(path.Index(i), "there can be at most one selector");
    }
  }
}

// Refuses tags that the system itself gives to proxies.
void RefuseSystemTags(const Path& path, std::string_view key, Report& report);

bool IsTagName(std::string_view text);

// "tcp", "tls", "http", "http2", "grpc", "kafka", "mysql", in any case.
bool IsProtocol(std::string_view text);
bool IsHttpProtocol(std::string_view text);  // http, http2, grpc
// A protocol tag must name a known protocol, when there is one.
void CheckProtocolTag(const Path& path, const Tags& tags, Report& report);
std::string UnknownProtocol(std::string_view value);  // the end of the reason

}  // namespace skyden::resources::rules_proto
