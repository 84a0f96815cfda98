// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/labels.h"

#include <fmt/format.h>

#include "resources/go/text.h"
#include "resources/labels/text_rules.h"
#include "skyden/base/limits.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources::labels {
namespace {

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

model::Labels Compute(const model::TypeDescriptor& type, std::string_view mesh,
                      const model::Labels& written) {
  model::Labels computed = written;
  if (type.scope == model::ResourceScope::kMesh) computed.emplace(model::kMeshLabel, mesh);
  return computed;
}

}  // namespace skyden::resources::labels
