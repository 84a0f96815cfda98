// SPDX-License-Identifier: Apache-2.0
// Permission, log and trace: rules on their selectors only, for an empty backend means the mesh's
// own default.
#include "kuma/mesh/v1alpha1/traffic.pb.h"
#include "resources/rules_proto/rules.h"
#include "resources/rules_proto/tags.h"

namespace skyden::resources::rules_proto {

void Check(const kuma::mesh::v1alpha1::TrafficPermission& spec, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), AnyTags(), report);
  CheckSelectors(Path("destinations"), spec.destinations(), AnyTags(), report);
}

void Check(const kuma::mesh::v1alpha1::TrafficLog& spec, Report& report) {
  CheckSelectors(Path("sources"), spec.sources(), ServiceTagToo(), report);
  CheckSelectors(Path("destinations"), spec.destinations(), OnlyServiceTag(), report);
}

void Check(const kuma::mesh::v1alpha1::TrafficTrace& spec, Report& report) {
  CheckSelectors(Path("selectors"), spec.selectors(), AnyTags(), report);
}

}  // namespace skyden::resources::rules_proto
