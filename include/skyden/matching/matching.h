// SPDX-License-Identifier: Apache-2.0
// Which policies of a mesh apply to a proxy, and what they say together. Pure: no I/O, no clock.
#pragma once

#include <string_view>
#include <vector>

#include "skyden/matching/identifier.h"
#include "skyden/matching/mesh_model.h"
#include "skyden/matching/proxy.h"
#include "skyden/matching/rules.h"

namespace skyden::matching {

// The targetRef policies, in the order in which a zone applies them.
std::vector<const model::TypeDescriptor*> PolicyTypes(const model::TypeRegistry& registry);

// The policies of a targetRef type that select the proxy, and their rules. Shadow policies do not
// count.
MatchedPolicies MatchPolicies(const MeshModel& mesh, const model::TypeDescriptor& type,
                              const Proxy& proxy);

// Only the policies, what counts least first.
std::vector<Item> PoliciesFor(const MeshModel& mesh, const model::TypeDescriptor& type,
                              const Proxy& proxy);
// Whether the named one of a targetRef type is among them.
bool PolicyApplies(const MeshModel& mesh, const model::TypeDescriptor& type, std::string_view name,
                   const Proxy& proxy);

// Whether one policy, of any type, selects the proxy, whatever else there is. Of the older types
// on connections that is being either end. False when there is no such policy.
bool PolicySelects(const MeshModel& mesh, const model::TypeDescriptor& type, std::string_view name,
                   const Proxy& proxy);

// The first of `ids` for which there is a rule; nullptr when there is none.
const ResourceRule* FirstRule(const ResourceRules& rules, const std::vector<Identifier>& ids);
// The rule for what `id` names: its own, or its resource's, or the mesh's.
const ResourceRule* RuleFor(const MeshModel& mesh, const ResourceRules& rules,
                            const Identifier& id);

Identifier MeshIdentifier(const MeshModel& mesh);

}  // namespace skyden::matching
