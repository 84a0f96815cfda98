// SPDX-License-Identifier: Apache-2.0
// Counting one mesh's proxies and services. Pure.
#pragma once

#include <map>
#include <set>
#include <string>

#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "skyden/resources/resource_views.h"

namespace skyden::insights {

namespace mesh_proto = kuma::mesh::v1alpha1;

// The views of one control plane that the tallies read. All at about the same time; a dataplane
// whose insight is not there yet counts as offline.
struct ProxyViews {
  std::shared_ptr<const resources::ResourceView> meshes;
  std::shared_ptr<const resources::ResourceView> dataplanes;
  std::shared_ptr<const resources::ResourceView> dataplane_insights;
  std::shared_ptr<const resources::ResourceView> external_services;
};

// Everything of MeshInsight but `resources` and `policies`.
mesh_proto::MeshInsight TallyMesh(const ProxyViews& views, const std::string& mesh_name);

// ServiceInsight of one mesh.
mesh_proto::ServiceInsight TallyServices(const ProxyViews& views, const std::string& mesh_name);

}  // namespace skyden::insights
