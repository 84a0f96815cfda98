// SPDX-License-Identifier: Apache-2.0
#include "upgrade/turn.h"

#include <utility>

#include "upgrade/kinds.h"

namespace skyden::upgrade {

void Turn::Tell(std::string_view kind, std::string field, std::string detail) {
  TellWith(KindNamed(kind)->remedy, kind, std::move(field), std::move(detail));
}

void Turn::TellWith(Remedy remedy, std::string_view kind, std::string field, std::string detail) {
  Finding finding;
  finding.kind = KindNamed(kind);
  finding.type = &type;
  finding.key = resource.key;
  finding.zone = resource.zone;
  finding.field = std::move(field);
  finding.detail = std::move(detail);
  finding.remedy = is_of_zone() ? Remedy::kZone : remedy;
  findings.push_back(std::move(finding));
}

}  // namespace skyden::upgrade
