// SPDX-License-Identifier: Apache-2.0
// The documents are laid over what the control plane holds and looked through with it, since what
// one of them means may depend on others: a service that a name means, proxies that tags select.
// Told and turned is only what they are. What zones made in
// words of Kuma 2 they make anew in those of Kuma 3.
#include "rest/foreign_import.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "rest/readiness_json.h"
#include "skyden/base/clock.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/insights/zone_generation.h"
#include "skyden/preview/limits.h"
#include "skyden/resources/foreign.h"
#include "skyden/upgrade/survey.h"

namespace skyden::rest {
namespace {

using OrderedJson = nlohmann::ordered_json;
// Of a type: by its id.
using DocumentName = std::pair<model::TypeId, model::ResourceKey>;

DocumentName DocumentNameOf(const upgrade::Change& change) { return {change.type->id, change.key}; }

// Which of two policies came first decides between them, so it is as old as it was.
std::string WithTimesOf(const std::string& before, const std::string& turned) {
  const OrderedJson old = OrderedJson::parse(before, nullptr, /*allow_exceptions=*/false);
  OrderedJson document = OrderedJson::parse(turned, nullptr, /*allow_exceptions=*/false);
  if (!old.is_object() || !document.is_object()) return turned;
  for (const char* name : {"creationTime", "modificationTime"}) {
    const auto time = old.find(name);
    if (time != old.end()) document[name] = *time;
  }
  return document.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

absl::Status CheckNobodyDecides(const std::vector<upgrade::Finding>& findings) {
  const auto [named, count] = NameFindings(findings, [](const upgrade::Finding& finding) {
    return finding.remedy == upgrade::Remedy::kPerson;
  });
  if (named.empty()) return absl::OkStatus();
  return base::WithViolations(
      base::WithTitle(absl::InvalidArgumentError(fmt::format(
                          "{} thing{} in these documents of Kuma 2 somebody has to decide about "
                          "before they can be turned; nothing was stored",
                          count, count == 1 ? "" : "s")),
                      "Could not import"),
      named);
}

class Turner {
 public:
  Turner(const resources::ForeignDocuments& foreign, const upgrade::Survey& before,
         const upgrade::Survey& after) {
    for (const auto& document : foreign.documents) {
      ours_.insert({document.type->id, document.key});
    }
    std::set<std::tuple<model::TypeId, model::ResourceKey, std::string>> others;
    for (const upgrade::Change& change : before.changes) {
      others.insert({change.type->id, change.key, change.body});
    }
    for (const upgrade::Change& change : after.changes) {
      if (others.contains({change.type->id, change.key, change.body})) continue;
      changes_[DocumentNameOf(change)] = &change;
    }
  }

  bool IsOurs(const upgrade::Finding& finding) const {
    return ours_.contains({finding.type->id, finding.key});
  }

  std::string BodyOf(const resources::ForeignDocuments& foreign) const {
    std::string body;
    const auto add = [&body](const std::string& document) { body += "---\n" + document + "\n"; };
    for (const auto& document : foreign.documents) {
      if (document.is_of_zone) continue;
      const auto change = changes_.find({document.type->id, document.key});
      if (change == changes_.end()) {
        add(document.body);
      } else if (change->second->kind == upgrade::Change::Kind::kWritten) {
        add(WithTimesOf(document.body, change->second->body));
      }
    }
    for (const auto& [name, change] : changes_) {
      if (!ours_.contains(name) && change->kind == upgrade::Change::Kind::kWritten)
        add(change->body);
    }
    return body;
  }

 private:
  std::set<DocumentName> ours_;
  std::map<DocumentName, const upgrade::Change*> changes_;
};

}  // namespace

absl::StatusOr<TurnedDocuments> TurnDocuments(const Deps& deps, const model::TenantScope& scope,
                                              std::string body) {
  if (scope.version() != model::KumaVersion::kThree) {
    return base::WithTitle(
        absl::FailedPreconditionError(
            "The control plane is one of Kuma 2: documents of Kuma 2 are imported as they are."),
        "Conflict");
  }
  const absl::Duration end = deps.clock.Monotonic() + preview::limits::kTime;
  const auto is_late = [&] { return deps.clock.Monotonic() > end; };
  SKYDEN_ASSIGN_OR_RETURN(
      const resources::ForeignDocuments foreign,
      resources::ReadForeign({deps.store, deps.registry, deps.codec, deps.views}, scope,
                             model::KumaVersion::kTwo, std::move(body),
                             upgrade::SurveyedTypes(deps.registry), deps.clock.Now()));
  const upgrade::SurveyDeps survey_deps{deps.registry, deps.codec, insights::VersionOfZone};
  const upgrade::Survey before =
      upgrade::SurveyOf(survey_deps, foreign.foresight.before, {}, is_late);
  upgrade::Survey after = upgrade::SurveyOf(survey_deps, foreign.foresight.after, {}, is_late);
  if (!before.stopped.empty() || !after.stopped.empty()) {
    return absl::DeadlineExceededError("the documents could not be looked through in time");
  }
  const Turner turner(foreign, before, after);
  TurnedDocuments turned;
  for (upgrade::Finding& finding : after.findings) {
    if (turner.IsOurs(finding)) turned.findings.push_back(std::move(finding));
  }
  SKYDEN_RETURN_IF_ERROR(CheckNobodyDecides(turned.findings));
  turned.body = turner.BodyOf(foreign);
  for (const auto& document : foreign.documents) turned.left_out += document.is_of_zone ? 1 : 0;
  return turned;
}

}  // namespace skyden::rest
