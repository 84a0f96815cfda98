// SPDX-License-Identifier: Apache-2.0
// What two models of one mesh may say differently, and of which proxies: so that those of which
// nothing can differ need not be asked about, and those that policies cannot tell apart only once.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "skyden/matching/identifier.h"
#include "skyden/matching/mesh_model.h"
#include "skyden/matching/proxy.h"
#include "skyden/model/type_registry.h"

namespace skyden::matching {

struct Policy;  // private to the module

// Immutable, thread-safe. Both models must outlive it; `after` was built on `before`, or what is
// the same in both is not seen to be.
class ModelDifference {
 public:
  ModelDifference(const MeshModel& before, const MeshModel& after);
  ~ModelDifference();
  ModelDifference(ModelDifference&&) noexcept;

  // The targetRef types of which MatchPolicies may say something else of a proxy that is the same
  // in both, in the order of PolicyTypes.
  const std::vector<const model::TypeDescriptor*>& types() const { return types_; }
  // Whether it may for this proxy; false only when it does not.
  bool MayDiffer(const model::TypeDescriptor& type, const Proxy& proxy) const;
  // Whether AttachmentsOf and ViewGateway may say something else of the policies of the time before
  // targetRef, or of gateways.
  bool older_may_differ() const { return older_may_differ_; }

  // Equal for proxies of which MatchPolicies says the same under each of the two models, but for
  // the addresses of their listeners: what it says of one, with its ports, names and tags, it says
  // of the other.
  std::string ClassOf(const Proxy& proxy) const;

 private:
  struct OfType {
    const model::TypeDescriptor* type = nullptr;
    std::vector<std::shared_ptr<const Policy>> before, after;  // that are not in both
  };
  void Compare(const model::TypeDescriptor& type);
  void TakeInterest(const MeshModel& mesh);

  const MeshModel& before_;
  const MeshModel& after_;
  bool everything_may_differ_ = false;
  bool older_may_differ_ = false;
  std::vector<const model::TypeDescriptor*> types_;
  std::vector<OfType> changed_;  // where not everything may differ
  // What policies ask of a proxy beside its tags.
  std::set<std::string> labels_;
  std::set<Identifier> names_;
};

}  // namespace skyden::matching
