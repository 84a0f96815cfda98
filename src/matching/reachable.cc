// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "matching/mesh_data.h"
#include "matching/target_ref.h"
#include "skyden/matching/attachments.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

using Ports = std::map<Identifier, Target::Port>;

// No name is the name of a port that has none.
const Target::Port* PortNamed(const Target& target, const std::string& name) {
  if (target.any_port_name) return target.ports.empty() ? nullptr : &target.ports.front();
  const auto port =
      std::find_if(target.ports.begin(), target.ports.end(), [&](const Target::Port& candidate) {
        if (name.empty()) return !candidate.is_named;
        return candidate.name == name || std::to_string(candidate.value) == name;
      });
  return port == target.ports.end() ? nullptr : &*port;
}

void AddAll(const Target& target, Ports& ports) {
  for (const Target::Port& port : target.ports) ports[target.id.WithSection(port.name)] = port;
}

// By name it is one of the proxy's own zone.
std::vector<const Target*> TargetsOfTwo(const TargetIndex& index, const Identifier& proxy,
                                        const Proxy::Backend& backend) {
  std::vector<const Target*> targets;
  if (!backend.labels.empty()) targets = index.WithLabels(backend.kind, backend.labels);
  if (!targets.empty()) return targets;
  TargetRef ref;
  ref.kind = TargetKind::kUnknown;
  ref.kind_name = backend.kind;
  ref.name = backend.name;
  ref.name_space = backend.name_space;
  if (const Target* found = index.Find(Resolve(ref, proxy))) targets.push_back(found);
  return targets;
}

// A name is a label like others, so it may be one of any zone. What the proxy's own zone made comes
// first: where only one counts, Kuma leaves to chance which.
std::vector<const Target*> TargetsOfThree(const TargetIndex& index, const Identifier& proxy,
                                          const Proxy::Backend& backend) {
  Tags labels = backend.labels;
  if (labels.empty()) {
    if (backend.name.empty()) return {};
    labels.emplace(model::kDisplayNameLabel, backend.name);
    const std::string& name_space =
        backend.name_space.empty() ? proxy.name_space : backend.name_space;
    if (!name_space.empty()) labels.emplace(model::kNamespaceLabel, name_space);
  }
  std::vector<const Target*> targets = index.WithLabels(backend.kind, labels);
  std::stable_partition(targets.begin(), targets.end(),
                        [&](const Target* target) { return target->id.zone == proxy.zone; });
  return targets;
}

void AddBackend(const MeshModel& mesh, const Identifier& proxy, const Proxy::Backend& backend,
                Ports& ports) {
  const TargetIndex& index = *mesh.data().index;
  const bool by_labels = mesh.data().table->targets == TargetRefDialect::kThree;
  const std::vector<const Target*> targets =
      by_labels ? TargetsOfThree(index, proxy, backend) : TargetsOfTwo(index, proxy, backend);
  // Kuma stops at the first that has the port; which one that is, is left to chance there.
  for (const Target* target : targets) {
    if (!target->has_ports) return;
    const Target::Port* port =
        PortNamed(*target, backend.port ? std::to_string(*backend.port) : std::string());
    if (port != nullptr) {
      ports[target->id.WithSection(port->name)] = *port;
      return;
    }
    AddAll(*target, ports);
  }
}

}  // namespace

std::vector<ReachablePort> ReachablePorts(const MeshModel& mesh, const Proxy& proxy) {
  const TargetIndex& index = *mesh.data().index;
  const Identifier own = IdentifierOf(*mesh.registry().core().dataplane, *proxy.resource);
  Ports ports;
  for (const Proxy::Outbound& outbound : proxy.outbounds) {
    if (outbound.backend) AddBackend(mesh, own, *outbound.backend, ports);
  }
  if (ports.empty() && proxy.reachable_backends) {
    for (const Proxy::Backend& backend : *proxy.reachable_backends) {
      AddBackend(mesh, own, backend, ports);
    }
  } else if (ports.empty()) {
    for (const Target* target : index.all()) {
      if (target->has_ports) AddAll(*target, ports);
    }
  }
  std::vector<ReachablePort> reachable;
  for (const auto& [id, port] : ports) reachable.push_back({id, port.value, port.protocol});
  return reachable;
}

}  // namespace skyden::matching
