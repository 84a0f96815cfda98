// SPDX-License-Identifier: Apache-2.0
#include "preview/comparer.h"

#include "preview/meaning.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::preview {

using matching::MatchedPolicies;
using matching::Proxy;

namespace {

// Comes after every member.
constexpr char kLast[] = "\x7f";

}  // namespace

std::vector<Part> Comparer::Differences(const Side& before, const Side& after,
                                        const std::vector<const model::TypeDescriptor*>& types,
                                        std::vector<UseKey>& used_before,
                                        std::vector<UseKey>& used_after) const {
  ++texts_;
  // The same may be told in other words.
  const bool retold =
      before.there() && after.there() && before.mesh->rules() != after.mesh->rules();
  std::vector<Part> parts;
  Members http_before;
  Members http_after;
  for (const model::TypeDescriptor* type : types) {
    std::string meant_before;
    std::string meant_after;
    Members left = Rules(before, *type, http_before, used_before, retold ? &meant_before : nullptr);
    Members right = Rules(after, *type, http_after, used_after, retold ? &meant_after : nullptr);
    if (left == right || (retold && meant_before == meant_after)) continue;
    left.insert({kLast, ""});
    for (auto& [member, text] : left) {
      // Those that are only on the right, up to here.
      while (!right.empty() && right.begin()->first < member) {
        auto node = right.extract(right.begin());
        parts.push_back({type->name, node.key(), "", std::move(node.mapped())});
      }
      std::string other;
      if (!right.empty() && right.begin()->first == member) {
        other = std::move(right.extract(right.begin()).mapped());
      }
      if (text != other) parts.push_back({type->name, member, std::move(text), std::move(other)});
    }
  }
  if (http_before == http_after) return parts;
  Part matches{kHttpMatches, "", "", ""};
  if (!http_before.empty()) matches.before = deps_.printer.HttpMatches(http_before);
  if (!http_after.empty()) matches.after = deps_.printer.HttpMatches(http_after);
  parts.insert(parts.begin(), std::move(matches));
  return parts;
}

std::optional<Part> Comparer::Attached(const Side& before, const Side& after) const {
  ++texts_;
  Part part{kAttached, "", "", ""};
  if (before.there()) part.before = deps_.printer.Attached(*before.mesh, *before.proxy);
  if (after.there()) part.after = deps_.printer.Attached(*after.mesh, *after.proxy);
  if (part.before == part.after) return std::nullopt;
  return part;
}

Comparer::Members Comparer::Rules(const Side& side, const model::TypeDescriptor& type,
                                  Members& http_matches, std::vector<UseKey>& used,
                                  std::string* meaning) const {
  if (!side.there()) return {};
  MatchedPolicies matched = matching::MatchPolicies(*side.mesh, type, *side.proxy);
  http_matches.merge(matched.http_matches);
  for (const matching::Item& policy : matched.policies) used.emplace_back(&type, policy->key);
  if (meaning != nullptr) *meaning = MeaningOf(*side.mesh, matched);
  Members members = deps_.printer.Rules(*side.mesh, *side.proxy, matched);
  // A list of nothing says what its absence says.
  std::erase_if(members, [](const auto& member) { return member.second == "[]"; });
  return members;
}

Tally PlaceOf(const Proxy& proxy) {
  Tally tally;
  tally.proxies = 1;
  const model::Resource& resource = *proxy.resource;
  tally.meshes[resource.key.mesh] = 1;
  if (!resource.zone.empty()) tally.zones[resource.zone] = 1;
  const auto add = [&](std::string_view service) {
    if (!service.empty()) tally.services[std::string(service)] = 1;
  };
  for (const Proxy::Inbound& inbound : proxy.inbounds) add(inbound.service());
  add(model::LabelOf(proxy.gateway_tags, model::kServiceTag));
  return tally;
}

std::string WithoutAddress(std::string text, const std::string& address) {
  if (address.empty()) return text;
  for (size_t at = text.find(address); at != std::string::npos; at = text.find(address, at)) {
    text.replace(at, address.size(), "*");
  }
  return text;
}

}  // namespace skyden::preview
