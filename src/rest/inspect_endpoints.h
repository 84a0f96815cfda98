// SPDX-License-Identifier: Apache-2.0
// The groups of inspection endpoints: which policies apply where, and what they say together.
#pragma once

#include <memory>

#include "rest/inspection.h"
#include "rest/kuma_routes.h"

namespace skyden::rest {

using InspectionPtr = std::shared_ptr<const Inspection>;

// Of dataplanes and MeshGateways: `_rules`.
void AddRulesEndpoints(const InspectionPtr& inspection, KumaRoutes& routes);
// Of dataplanes: `_policies`, `_inbounds/...`, `_outbounds/...`.
void AddPolicyConfEndpoints(const InspectionPtr& inspection, KumaRoutes& routes);
// Of dataplanes: `_layout`.
void AddLayoutEndpoint(const InspectionPtr& inspection, KumaRoutes& routes);
// The older forms: `rules`, `policies`, `{policy}/{name}/dataplanes`, of gateways and their routes
// too.
void AddAttachmentEndpoints(const InspectionPtr& inspection, KumaRoutes& routes);
// Whether resources of the type have `{type}/{name}/dataplanes`.
bool HasDataplanesEndpoint(const model::TypeDescriptor& type);
// Which dataplanes a policy or service selects: `_resources/dataplanes`, `_dataplanes`.
void AddSelectedDataplanesEndpoints(const InspectionPtr& inspection, KumaRoutes& routes);
// Of services: `_hostnames`.
void AddHostnameEndpoints(const InspectionPtr& inspection, KumaRoutes& routes);

}  // namespace skyden::rest
