// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/checks.h"
#include "resources/rules_json/from_and_to.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                                   Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kFrom = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshServiceSubset,
                         Kind::kMeshService};
constexpr Kinds kTo = {Kind::kMesh};

// Digits, perhaps a space, then kbps, Mbps or Gbps.
bool IsBandwidth(std::string_view text) {
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
  const std::string_view spaces = " \t\n\f\r";
  if (!text.empty() && spaces.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  if (!text.ends_with("bps")) return false;
  text.remove_suffix(3);
  return !text.empty() && text.find_first_not_of("GMk") == std::string_view::npos;
}

// Faults are blamed as `http.abort[1]`, not `http[1].abort`.
void CheckConf(const Node& conf, Report& report) {
  const Node faults = conf["http"];
  for (size_t i = 0; i < faults.size(); ++i) {
    const auto fault = [&](std::string_view kind) {
      return faults.At(i)[kind].Named(faults.path().Field(kind).Index(i));
    };
    if (const Node abort = fault("abort")) {
      CheckStatusCode(abort["httpStatus"], report);
      CheckGivenPercentage(abort["percentage"], Zero::kAllowed, report);
    }
    if (const Node delay = fault("delay")) {
      CheckDurationNotNegative(delay["value"], report);
      CheckGivenPercentage(delay["percentage"], Zero::kAllowed, report);
    }
    if (const Node bandwidth = fault("responseBandwidth")) {
      const Node limit = bandwidth["limit"];
      if (limit.text().empty()) {
        report.Add(limit, kMustBeDefined);
      } else if (!IsBandwidth(limit.text())) {
        report.Add(limit, "must be in kbps/Mbps/Gbps units");
      }
      CheckGivenPercentage(bandwidth["percentage"], Zero::kAllowed, report);
    }
  }
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  const bool system = subject.IsSystemPolicy();
  CheckTopTargetRef(spec,
                    {.kinds = system ? kTop : kTopOfNamespace,
                     .gateway_listener_tags = system,
                     .inbound = AffectsInbounds(spec)},
                    report);
  if (spec["from"].size() > 0 && spec["rules"].size() > 0) {
    report.Add(spec, "field 'from' must be empty when 'rules' is defined");
  }
  for (const Node& rule : spec["rules"].Items()) {
    for (const Node& match : rule["matches"].Items()) CheckMatch(match, report);
    CheckConf(rule["default"], report);
  }
  CheckFromOfSidecars(spec, kFrom, CheckConf, report);
  CheckToOfGateways(spec, kTo, CheckConf, report);
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutFrom(spec, "'from' field is deprecated, use 'rules' with SPIFFE-based 'matches' instead",
                warnings);
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshFaultInjectionRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
