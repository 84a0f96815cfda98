// SPDX-License-Identifier: Apache-2.0
// Parts of what inspection answers, each as it stands in the whole.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rest/json_writer.h"
#include "skyden/matching/attachments.h"
#include "skyden/matching/matching.h"

namespace skyden::rest {

// The members of the element of `_rules` for the type of `matched`, as JSON; empty when it says
// nothing about the proxy.
std::map<std::string, std::string> RuleOfType(const matching::MeshModel& mesh,
                                              const matching::Proxy& proxy,
                                              const matching::MatchedPolicies& matched);
// The member `httpMatches`.
std::string HttpMatchesJson(const std::map<std::string, std::string>& by_hash);

// The older `policies` of a sidecar.
std::string SidecarJson(const std::vector<matching::Attachment>& attachments);
// Members of an open object: what the attachment is.
void WriteAttachment(const matching::Attachment& attachment, JsonWriter& json);

}  // namespace skyden::rest
