// SPDX-License-Identifier: Apache-2.0
// Whether a text is one of Envoy's own resources: the snippets in MeshProxyPatches and
// ProxyTemplates.
#pragma once

#include <string>
#include <string_view>

namespace skyden::resources::envoy {

enum class Resource { kCluster, kListener, kVirtualHost, kNetworkFilter, kHttpFilter };
enum class Completeness { kPart, kWhole };

// "" when the text (YAML or JSON) is one; the reason in Kuma's words otherwise. A part need not
// keep the rules of its message. Where the program was built without the descriptions of Envoy's
// API, only the outermost members are looked at.
//
// The first call loads the descriptions, which takes some tens of milliseconds (AssertMayBlock).
std::string WhyNotResource(std::string_view text, Resource resource, Completeness completeness);

// The same for a whole resource of the type that its `@type` names.
std::string WhyNotPacked(std::string_view text);

}  // namespace skyden::resources::envoy
