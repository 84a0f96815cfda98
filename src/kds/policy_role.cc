// SPDX-License-Identifier: Apache-2.0
#include "kds/policy_role.h"

#include "kds/json_scan.h"
#include "kds/names.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::kds {
namespace {

std::string Text(std::string_view object, std::string_view key) {
  const auto raw = JsonMember(object, key);
  if (!raw.has_value()) return {};
  return JsonString(*raw).value_or("");
}

// As Kuma 3 selects one: by its display name and, if anything else, its namespace.
bool LabelsSelectOneOf(std::string_view labels, std::string_view name_space) {
  bool has_name = false, only_these = true;
  const bool is_object = JsonMembers(labels, [&](std::string_view key, std::string_view raw) {
    const std::string value = JsonString(raw).value_or("");
    if (key == model::kDisplayNameLabel) {
      has_name = !value.empty();
    } else if (key == model::kNamespaceLabel) {
      only_these = only_these && (value.empty() || value == name_space);
    } else {
      only_these = false;
    }
  });
  return is_object && has_name && only_these;
}

bool SelectsOneOf(std::string_view target_ref, std::string_view name_space) {
  const std::string kind = Text(target_ref, "kind");
  if (kind != "MeshService" && kind != "MeshHTTPRoute") return false;
  const std::string wanted = Text(target_ref, "namespace");
  if (!wanted.empty() && wanted != name_space) return false;
  if (!Text(target_ref, "name").empty()) return true;
  const auto labels = JsonMember(target_ref, "labels");
  return labels.has_value() && LabelsSelectOneOf(*labels, name_space);
}

bool HasItems(std::string_view spec, std::string_view key) {
  const auto list = JsonMember(spec, key);
  bool any = false;
  if (list.has_value()) JsonElements(*list, [&any](std::string_view) { any = true; });
  return any;
}

}  // namespace

bool IsProducerPolicy(const model::Resource& policy) {
  if (model::LabelOf(policy.labels, model::kPolicyRoleLabel) != "producer") return false;
  const std::string_view name_space = model::LabelOf(policy.labels, model::kNamespaceLabel);
  if (name_space.empty() || HasItems(policy.spec, "from")) return false;
  const auto to = JsonMember(policy.spec, "to");
  if (!to.has_value()) return false;
  bool any = false, all = true;
  const bool is_list = JsonElements(*to, [&](std::string_view item) {
    any = true;
    const auto target_ref = JsonMember(item, "targetRef");
    all = all && target_ref.has_value() && SelectsOneOf(*target_ref, name_space);
  });
  return is_list && any && all;
}

std::string TargetedZone(std::string_view spec) {
  const auto target_ref = JsonMember(spec, "targetRef");
  if (!target_ref.has_value() || Text(*target_ref, "kind") != "MeshSubset") return {};
  const auto tags = JsonMember(*target_ref, "tags");
  return tags.has_value() ? Text(*tags, model::kZoneLabel) : std::string();
}

}  // namespace skyden::kds
