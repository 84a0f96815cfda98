// SPDX-License-Identifier: Apache-2.0
#include "preview/meaning.h"

#include <fmt/format.h>

#include <string_view>

#include "skyden/matching/matching.h"

namespace skyden::preview {
namespace {

using matching::Listener;
using matching::MatchedPolicies;
using matching::SubsetRule;

std::string TextOf(const matching::Subset& subset) {
  std::string text;
  for (const matching::SubsetTag& tag : subset) {
    text += fmt::format("{}{}={};", tag.negated ? "!" : "", tag.key, tag.value);
  }
  return text;
}

void AddInbound(const Listener& at, std::string_view match, std::string_view conf,
                std::string& text) {
  text += fmt::format("in {}:{} {} {}\n", at.address, at.port, match, conf);
}

}  // namespace

std::string MeaningOf(const matching::MeshModel& mesh, const MatchedPolicies& matched) {
  std::string text;
  for (const auto& [at, rules] : matched.inbound) {
    for (const matching::InboundRule& rule : rules) AddInbound(at, rule.match, rule.conf, text);
  }
  for (const auto& [at, rules] : matched.from) {
    for (const SubsetRule& rule : rules) {
      if (!rule.subset.empty()) {
        text +=
            fmt::format("from {}:{} {} {}\n", at.address, at.port, TextOf(rule.subset), rule.conf);
      } else if (!matched.type->is_from_as_rules) {
        AddInbound(at, "", rule.conf, text);  // others have it among the inbound rules
      }
    }
  }
  for (const auto& [id, rule] : matched.to_resources) {
    text += "to " + matching::KriText(mesh.registry(), id);
    for (const std::string& conf : rule.confs) text += " " + conf;
    text += "\n";
  }
  if (mesh.tells_by_tags() && !mesh.has_exclusive_services()) {
    const bool of_mesh = matched.to_resources.contains(matching::MeshIdentifier(mesh));
    for (const SubsetRule& rule : matched.to) {
      if (rule.subset.empty() && of_mesh) continue;
      text += fmt::format("to {{{}}} {}\n", TextOf(rule.subset), rule.conf);
    }
  }
  for (const SubsetRule& rule : matched.proxy) text += fmt::format("proxy {}\n", rule.conf);
  return text;
}

}  // namespace skyden::preview
