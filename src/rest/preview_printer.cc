// SPDX-License-Identifier: Apache-2.0
#include "rest/preview_printer.h"

#include <utility>
#include <vector>

#include "rest/inspect_gateway.h"
#include "rest/inspect_parts.h"

namespace skyden::rest {

std::map<std::string, std::string> InspectionPrinter::Rules(
    const matching::MeshModel& mesh, const matching::Proxy& proxy,
    const matching::MatchedPolicies& matched) const {
  std::map<std::string, std::string> members = RuleOfType(mesh, proxy, matched);
  members.erase("type");
  return members;
}

std::string InspectionPrinter::HttpMatches(
    const std::map<std::string, std::string>& by_hash) const {
  return HttpMatchesJson(by_hash);
}

std::string InspectionPrinter::Attached(const matching::MeshModel& mesh,
                                        const matching::Proxy& proxy) const {
  if (proxy.kind == matching::Proxy::Kind::kBuiltinGateway) {
    return GatewayJson(matching::ViewGateway(mesh, proxy));
  }
  std::vector<matching::Attachment> attachments = matching::AttachmentsOf(mesh, proxy, nullptr);
  for (matching::Attachment& attachment : attachments) {
    std::erase_if(attachment.policies, [](const matching::AttachedPolicy& policy) {
      return policy.type->is_target_ref_policy;
    });
  }
  std::erase_if(attachments, [](const auto& attachment) { return attachment.policies.empty(); });
  return attachments.empty() ? std::string() : SidecarJson(attachments);
}

}  // namespace skyden::rest
