// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string_view>

#include "rest/inspect_parts.h"
#include "skyden/resources/resource_meta.h"

namespace skyden::rest {
namespace {

using matching::AttachedPolicy;

// {"MeshTimeout":[{...}]}
void WritePolicies(const std::vector<AttachedPolicy>& policies, JsonWriter& json) {
  std::map<std::string_view, std::vector<const AttachedPolicy*>> by_type;
  for (const AttachedPolicy& policy : policies) by_type[policy.type->name].push_back(&policy);
  json.BeginObject();
  for (const auto& [type, list] : by_type) {
    json.Key(type).BeginArray();
    for (const AttachedPolicy* policy : list) {
      json.Raw(resources::RenderMeta(*policy->type, *policy->resource));
    }
    json.EndArray();
  }
  json.EndObject();
}

}  // namespace

void WriteAttachment(const matching::Attachment& attachment, JsonWriter& json) {
  json.Field("type", attachment.kind)
      .OptionalField("name", attachment.name)
      .OptionalField("service", attachment.service);
}

std::string SidecarJson(const std::vector<matching::Attachment>& attachments) {
  JsonWriter json;
  json.BeginObject()
      .Field("kind", "SidecarDataplane")
      .Field("total", static_cast<uint64_t>(attachments.size()))
      .Key("items")
      .BeginArray();
  for (const matching::Attachment& attachment : attachments) {
    json.BeginObject();
    WriteAttachment(attachment, json);
    json.Key("matchedPolicies");
    WritePolicies(attachment.policies, json);
    json.EndObject();
  }
  return json.EndArray().EndObject().Take();
}

}  // namespace skyden::rest
