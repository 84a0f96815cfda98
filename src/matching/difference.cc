// SPDX-License-Identifier: Apache-2.0
// Lists that nothing changed in are shared by both models, so that most is told by comparing
// pointers. What every type depends on (services, routes, gateways, the mesh) makes all of them
// suspect; otherwise a type is told by its own policies, and a proxy by whether one of those that
// changed selects it, before or after.
#include "skyden/matching/difference.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "matching/mesh_data.h"
#include "matching/selection.h"
#include "skyden/matching/matching.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

template <class T>
bool SameLists(const ListsByType<T>& a, const ListsByType<T>& b) {
  return a == b;  // pointers
}

bool HasOlder(const MeshModel::Data& data) {
  const auto some = [](const auto& list) { return list != nullptr && !list->empty(); };
  return some(data.gateways) || some(data.gateway_routes) ||
         std::any_of(data.legacy.begin(), data.legacy.end(),
                     [&](const auto& list) { return some(list.second); });
}

// Length first, so that no two lists of texts look alike.
void Append(std::string_view text, std::string& out) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

void Append(const Tags& tags, std::string& out) {
  out += std::to_string(tags.size());
  out += '{';
  for (const auto& [key, value] : tags) {
    Append(key, out);
    Append(value, out);
  }
}

void AppendLabel(const model::Labels& labels, std::string_view key, std::string& out) {
  const auto found = labels.find(key);
  out += found == labels.end() ? '-' : '+';
  if (found != labels.end()) Append(found->second, out);
}

bool SelectsOrWarns(const MeshModel& mesh, const std::vector<std::shared_ptr<const Policy>>& list,
                    const Proxy& proxy) {
  if (list.empty()) return false;
  const Gateway* gateway = GatewayOf(mesh, proxy, GatewayScope::kOfItsZone);
  return std::any_of(list.begin(), list.end(), [&](const auto& policy) {
    if (policy->shadow) return false;
    const Selection selection = Select(mesh, *policy, proxy, gateway);
    return selection.any() || !selection.error.empty();
  });
}

// The elements of `list` that `other` has not. Both are ordered by key.
std::vector<std::shared_ptr<const Policy>> Without(const SharedList<Policy>& list,
                                                   const SharedList<Policy>& other) {
  std::set<const Policy*> theirs;
  for (const auto& policy : other) theirs.insert(policy.get());
  std::vector<std::shared_ptr<const Policy>> rest;
  for (const auto& policy : list) {
    if (!theirs.contains(policy.get())) rest.push_back(policy);
  }
  return rest;
}

}  // namespace

ModelDifference::ModelDifference(const MeshModel& before, const MeshModel& after)
    : before_(before), after_(after) {
  const MeshModel::Data& old = before.data();
  const MeshModel::Data& now = after.data();
  everything_may_differ_ = old.rules != now.rules || old.index != now.index ||
                           old.gateways != now.gateways ||
                           old.exclusive_services != now.exclusive_services;
  older_may_differ_ = old.rules != now.rules
                          ? HasOlder(old) || HasOlder(now)
                          : old.mesh != now.mesh || old.gateways != now.gateways ||
                                old.gateway_routes != now.gateway_routes ||
                                !SameLists(old.legacy, now.legacy);
  for (const model::TypeDescriptor* type : PolicyTypes(before.registry())) Compare(*type);
  TakeInterest(before);
  TakeInterest(after);
}

ModelDifference::~ModelDifference() = default;
ModelDifference::ModelDifference(ModelDifference&&) noexcept = default;

void ModelDifference::Compare(const model::TypeDescriptor& type) {
  const SharedList<Policy>& before = before_.data().PoliciesOf(type.id);
  const SharedList<Policy>& after = after_.data().PoliciesOf(type.id);
  if (everything_may_differ_) {
    // But for those of which there is nothing on either side.
    if (!before.empty() || !after.empty()) types_.push_back(&type);
    return;
  }
  if (&before == &after) return;
  OfType changed{&type, Without(before, after), Without(after, before)};
  if (changed.before.empty() && changed.after.empty()) return;
  types_.push_back(&type);
  changed_.push_back(std::move(changed));
}

bool ModelDifference::MayDiffer(const model::TypeDescriptor& type, const Proxy& proxy) const {
  if (everything_may_differ_) return true;
  const auto changed = std::find_if(changed_.begin(), changed_.end(),
                                    [&](const OfType& each) { return each.type == &type; });
  return changed != changed_.end() && (SelectsOrWarns(before_, changed->before, proxy) ||
                                       SelectsOrWarns(after_, changed->after, proxy));
}

void ModelDifference::TakeInterest(const MeshModel& mesh) {
  for (const model::TypeDescriptor* type : PolicyTypes(mesh.registry())) {
    for (const auto& policy : mesh.data().PoliciesOf(type->id)) {
      const TargetRef& target = policy->target;
      if (target.kind != TargetKind::kDataplane) continue;
      if (!target.name.empty()) names_.insert(Resolve(target, policy->id));
      if (!target.labels) continue;
      for (const auto& [key, value] : *target.labels) labels_.insert(key);
    }
  }
}

std::string ModelDifference::ClassOf(const Proxy& proxy) const {
  const model::Resource& resource = *proxy.resource;
  std::string text;
  text.reserve(256);
  text += static_cast<char>('0' + static_cast<int>(proxy.kind));
  for (const std::string_view key :
       {model::kOriginLabel, model::kZoneLabel, model::kNamespaceLabel}) {
    AppendLabel(resource.labels, key, text);
  }
  for (const std::string& key : labels_) AppendLabel(resource.labels, key, text);
  if (!names_.empty()) {
    const Identifier own = IdentifierOf(*before_.registry().core().dataplane, resource);
    const auto found = names_.find(own);
    text += found == names_.end() ? "-" : std::to_string(std::distance(names_.begin(), found));
  }
  Append(proxy.gateway_tags, text);
  // Listeners go by port, then address; an address matters where it decides between two.
  std::set<uint32_t> ports;
  bool addresses_count = false;
  const auto add = [&](const Listener& at, std::string_view section) {
    addresses_count = addresses_count || !ports.insert(at.port).second;
    text += std::to_string(at.port);
    text += at.address == proxy.address ? '=' : at.address < proxy.address ? '<' : '>';
    Append(section, text);
  };
  for (const Proxy::Inbound& inbound : proxy.inbounds) {
    text += 'i';
    add(inbound.at, inbound.name);
    Append(inbound.tags, text);
  }
  for (const Proxy::ZoneListener& listener : proxy.zone_listeners) {
    text += 'z';
    add(listener.at, listener.name);
  }
  if (!addresses_count) return text;
  for (const Proxy::Inbound& inbound : proxy.inbounds) Append(inbound.at.address, text);
  for (const Proxy::ZoneListener& listener : proxy.zone_listeners) {
    Append(listener.at.address, text);
  }
  return text + proxy.address;
}

}  // namespace skyden::matching
