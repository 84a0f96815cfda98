// SPDX-License-Identifier: Apache-2.0
#include "preview/groups.h"

#include <algorithm>
#include <utility>

namespace skyden::preview {

void Tally::Add(const Tally& other) {
  proxies += other.proxies;
  for (const auto& [name, count] : other.meshes) meshes[name] += count;
  for (const auto& [name, count] : other.zones) zones[name] += count;
  for (const auto& [name, count] : other.services) services[name] += count;
}

Groups::Members* Groups::Find(Group::Subject subject, Group::Fate fate,
                              const std::vector<Part>& parts) {
  const auto [place, is_new] = members_.try_emplace(Key(subject, fate, parts));
  if (is_new) {
    for (const Part& part : parts) text_bytes_ += part.before.size() + part.after.size();
  }
  return &place->second;
}

void Groups::Add(Members& members, const model::ResourceKey& proxy, const Tally& where) {
  members.tally.Add(where);
  if (members.first.size() < names_) members.first.push_back(proxy);
}

std::vector<Group> Groups::Take() {
  std::vector<Group> groups;
  groups.reserve(members_.size());
  while (!members_.empty()) {
    auto node = members_.extract(members_.begin());
    Members& members = node.mapped();
    if (members.tally.proxies == 0) continue;
    auto& [subject, fate, parts] = node.key();
    groups.push_back({subject, fate, std::move(members.tally), std::move(members.first),
                      members.shown.empty() ? std::move(parts) : std::move(members.shown)});
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    if (a.subject != b.subject) return a.subject < b.subject;
    return a.tally.proxies > b.tally.proxies;
  });
  return groups;
}

}  // namespace skyden::preview
