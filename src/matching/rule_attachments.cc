// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "matching/mesh_data.h"
#include "matching/subset.h"
#include "skyden/base/crypto.h"
#include "skyden/matching/attachments.h"
#include "skyden/matching/matching.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

constexpr size_t kHashBytes = 8;

// What Envoy's cluster for a service with these tags is called.
std::string ClusterName(const Tags& tags) {
  const std::string_view service = model::LabelOf(tags, model::kServiceTag);
  if (tags.size() <= 1) return std::string(service);
  std::string text;
  for (const auto& [key, value] : tags) text += key + value;
  const auto hash = base::Sha256(text);
  return fmt::format("{}-{}", service,
                     base::HexLower({reinterpret_cast<const char*>(hash.data()), kHashBytes}));
}

// Tags of what listens there. A gateway's listeners are all of its one service.
Tags TagsAt(const Proxy& proxy, const Listener& at) {
  for (const Proxy::Inbound& inbound : proxy.inbounds) {
    if (inbound.at == at) return inbound.tags;
  }
  return proxy.gateway_tags;
}

void AddInbound(const Proxy& proxy, const MatchedPolicies& matched,
                std::vector<RuleAttachment>& attachments) {
  for (const auto& [listener, rules] : matched.from) {
    const Tags tags = TagsAt(proxy, listener);
    for (const SubsetRule& rule : rules) {
      RuleAttachment attachment;
      attachment.kind = "ClientSubset";
      attachment.name = ClusterName(tags);
      attachment.addresses = {fmt::format("{}:{}", listener.address, listener.port)};
      attachment.service = model::LabelOf(tags, model::kServiceTag);
      attachment.tags = tags;
      attachment.type = matched.type;
      attachment.rule = rule;
      attachments.push_back(std::move(attachment));
    }
  }
}

const SubsetRule* FirstThatHolds(const std::vector<SubsetRule>& rules, const Tags& tags) {
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const SubsetRule& candidate) {
    return Holds(candidate.subset, tags);
  });
  return rule == rules.end() ? nullptr : &*rule;
}

using NamesByAddress = std::multimap<std::string, std::string>;

void AddAddress(std::string address, std::vector<std::string>& addresses) {
  if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
    addresses.push_back(std::move(address));
  }
}

void AddOutbound(const Proxy& proxy, const MatchedPolicies& matched, const NamesByAddress& names,
                 std::vector<RuleAttachment>& attachments) {
  if (proxy.transparent) return;
  const size_t first = attachments.size();
  for (const Proxy::Outbound& outbound : proxy.outbounds) {
    if (!outbound.tags.contains(model::kServiceTag)) continue;
    std::string name = ClusterName(outbound.tags);
    auto attachment =
        std::find_if(attachments.begin() + static_cast<std::ptrdiff_t>(first), attachments.end(),
                     [&](const RuleAttachment& candidate) { return candidate.name == name; });
    if (attachment == attachments.end()) {
      const SubsetRule* rule = FirstThatHolds(matched.to, outbound.tags);
      if (rule == nullptr) continue;
      attachments.push_back({.kind = "DestinationSubset",
                             .name = std::move(name),
                             .addresses = {},
                             .service = std::string(outbound.service()),
                             .tags = outbound.tags,
                             .type = matched.type,
                             .rule = *rule});
      attachment = std::prev(attachments.end());
    }
    const auto [begin, end] = names.equal_range(outbound.at.address);
    for (auto host = begin; host != end; ++host) {
      AddAddress(fmt::format("{}:{}", host->second, outbound.at.port), attachment->addresses);
    }
    AddAddress(fmt::format("{}:{}", outbound.at.address, outbound.at.port), attachment->addresses);
  }
}

}  // namespace

std::vector<RuleAttachment> RuleAttachmentsOf(const MeshModel& mesh, const Proxy& proxy) {
  NamesByAddress names;
  for (const Target* target : mesh.data().index->all()) {
    for (const std::string& hostname : target->hostnames) names.emplace(target->vip, hostname);
  }
  std::vector<const model::TypeDescriptor*> types = PolicyTypes(mesh.registry());
  std::sort(types.begin(), types.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });
  std::vector<RuleAttachment> attachments;
  for (const model::TypeDescriptor* type : types) {
    const MatchedPolicies matched = MatchPolicies(mesh, *type, proxy);
    AddInbound(proxy, matched, attachments);
    AddOutbound(proxy, matched, names, attachments);
    if (!matched.proxy.empty()) {
      RuleAttachment attachment;
      attachment.kind = "SingleItem";
      attachment.type = type;
      attachment.rule = matched.proxy.front();
      attachments.push_back(std::move(attachment));
    }
  }
  std::stable_sort(attachments.begin(), attachments.end(),
                   [](const RuleAttachment& a, const RuleAttachment& b) {
                     return a.name != b.name ? a.name < b.name : a.kind < b.kind;
                   });
  return attachments;
}

}  // namespace skyden::matching
