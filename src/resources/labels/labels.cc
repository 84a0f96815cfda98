// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "resources/go/text.h"
#include "resources/labels/text_rules.h"
#include "skyden/base/limits.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::labels {
namespace {

constexpr std::string_view kSystemRole = "system";

// In Kuma's domains, those that a user's resource may have at a global.
constexpr std::string_view kKnownLabels[] = {
    model::kMeshLabel,       model::kOriginLabel,    model::kDisplayNameLabel,
    model::kPolicyRoleLabel, model::kEffectLabel,    model::kSyncLabel,
    model::kWorkloadLabel,   model::kNamespaceLabel, model::kServiceAccountLabel};

struct Terms {
  bool names_and_origin = false;         // are computed, whatever was written
  bool policies_are_the_owners = false;  // and may say nothing else of their role
};
constexpr model::ByVersion<Terms> kTerms = {{{{}, {true, true}}}};

std::string FieldOf(std::string_view key) { return fmt::format("labels[{}]", GoQuote(key)); }

}  // namespace

std::vector<base::FieldViolation> CheckWritten(const model::Labels& labels, Writer writer) {
  std::vector<base::FieldViolation> violations;
  const std::string_view origin = model::LabelOf(labels, model::kOriginLabel);
  if (!origin.empty() && origin != model::kOriginGlobal && origin != model::kOriginZone) {
    violations.push_back(
        {FieldOf(model::kOriginLabel), "unknown resource origin " + GoQuote(origin)});
  }
  if (writer == Writer::kClient) {
    for (base::FieldViolation& violation : CheckOrigin(labels)) {
      violations.push_back(std::move(violation));
    }
  }
  if (labels.size() > base::limits::kLabels) {
    violations.push_back(
        {"labels", fmt::format("must have at most {} entries", base::limits::kLabels)});
    return violations;
  }
  for (const auto& [key, value] : labels) {
    for (std::string& wrong : CheckLabelKey(key)) {
      violations.push_back({FieldOf(key), std::move(wrong)});
    }
    for (std::string& wrong : CheckLabelValue(value)) {
      violations.push_back({FieldOf(key), std::move(wrong)});
    }
  }
  return violations;
}

std::vector<base::FieldViolation> CheckOrigin(const model::Labels& labels) {
  const std::string_view origin = model::LabelOf(labels, model::kOriginLabel);
  if (origin.empty() || origin == model::kOriginGlobal) return {};
  return {{FieldOf(model::kOriginLabel),
           fmt::format("the origin label must be set to '{}'", model::kOriginGlobal)}};
}

std::vector<base::FieldViolation> CheckImmutable(const model::Labels& stored,
                                                 const model::Labels& written) {
  std::vector<base::FieldViolation> violations;
  for (const std::string_view key :
       {model::kOriginLabel, model::kZoneLabel, model::kDisplayNameLabel}) {
    const auto before = stored.find(key);
    if (before == stored.end()) continue;
    const auto after = written.find(key);
    if (after == written.end()) {
      violations.push_back({FieldOf(key), fmt::format("is immutable, cannot be removed (was {})",
                                                      GoQuote(before->second))});
    } else if (after->second != before->second) {
      violations.push_back(
          {FieldOf(key), fmt::format("is immutable, cannot be changed from {} to {}",
                                     GoQuote(before->second), GoQuote(after->second))});
    }
  }
  return violations;
}

std::vector<base::FieldViolation> CheckRole(model::KumaVersion version,
                                            const model::TypeDescriptor& type,
                                            const model::Labels& labels) {
  if (!kTerms[version].policies_are_the_owners || !type.is_target_ref_policy) return {};
  const std::string_view role = model::LabelOf(labels, model::kPolicyRoleLabel);
  if (role.empty() || role == kSystemRole) return {};
  return {
      {FieldOf(model::kPolicyRoleLabel), fmt::format("{} label should have {} value, got {}",
                                                     model::kPolicyRoleLabel, kSystemRole, role)}};
}

std::vector<base::FieldViolation> CheckReserved(const model::TypeDescriptor& type,
                                                const model::ResourceKey& key,
                                                const model::Labels& labels) {
  std::vector<base::FieldViolation> violations;
  const auto refuse = [&violations](std::string_view label, std::string reason) {
    violations.push_back({FieldOf(label), std::move(reason)});
  };
  // A zone labels what it makes.
  if (model::LabelOf(labels, model::kOriginLabel) == model::kOriginZone) return violations;
  const bool in_mesh = type.scope == model::ResourceScope::kMesh;
  for (const auto& [label, value] : labels) {
    if (!label.starts_with("kuma.io/") && !label.starts_with("k8s.kuma.io/")) continue;
    if (label == model::kDisplayNameLabel && value != key.name) {
      refuse(label, fmt::format("is computed: it is {} or is left out", GoQuote(key.name)));
    } else if (label == model::kMeshLabel && in_mesh && value != key.mesh) {
      refuse(label, fmt::format("is computed: it is {} or is left out", GoQuote(key.mesh)));
    } else if (label == model::kZoneLabel || label == model::kEnvironmentLabel) {
      refuse(label, "is set by zones, and never at a global");
    } else if (label == model::kSyncLabel && value != "enabled" && value != "disabled") {
      refuse(label, "must be enabled or disabled");
    } else if (std::find(std::begin(kKnownLabels), std::end(kKnownLabels), label) ==
               std::end(kKnownLabels)) {
      refuse(label, "is reserved, and not one that Kuma knows");
    }
  }
  return violations;
}

model::Labels Compute(model::KumaVersion version, const model::TypeDescriptor& type,
                      const model::ResourceKey& key, const model::Labels& written) {
  model::Labels computed = written;
  if (type.scope == model::ResourceScope::kMesh) computed.emplace(model::kMeshLabel, key.mesh);
  const bool from_zone = model::LabelOf(written, model::kOriginLabel) == model::kOriginZone;
  if (kTerms[version].names_and_origin && !from_zone) {
    computed.insert_or_assign(model::kDisplayNameLabel, key.name);
    computed.insert_or_assign(model::kOriginLabel, model::kOriginGlobal);
  }
  return computed;
}

}  // namespace skyden::resources::labels
