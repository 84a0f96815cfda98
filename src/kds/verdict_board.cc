// SPDX-License-Identifier: Apache-2.0
#include "kds/verdict_board.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "kds/sync_rules.h"
#include "kds/version_rules.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"

namespace skyden::kds {
namespace {

namespace limits = base::limits;

constexpr Features kEverything = 0xff;

// "zone a", "zones a and b", "zones a, b, c and 4 more".
std::string Named(const std::vector<std::string>& zones) {
  std::string text = zones.size() == 1 ? "zone " : "zones ";
  const size_t named = std::min(zones.size(), limits::kZonesNamed);
  for (size_t i = 0; i < named; ++i) {
    const bool last = i + 1 == zones.size();
    if (i > 0) text += last ? " and " : ", ";
    text += zones[i];
  }
  if (zones.size() > named) text += fmt::format(" and {} more", zones.size() - named);
  return text;
}

// Builds of Kuma by hand do not know theirs.
std::string ShownVersion(const Verdicts::ChoosyZone& zone) {
  const bool known = resources::GenerationOf(zone.version) == zone.generation;
  return known ? zone.version : "3";
}

std::string MiB(size_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1u << 20));
}

}  // namespace

// False when what the zone refused is no more, or is not what is stored now.
absl::StatusOr<bool> VerdictBoard::Stands(const model::TenantScope& scope, const std::string& zone,
                                          const Verdicts::Refusal& refusal) const {
  resources::ResourceViews& views = core_.deps.views;
  SKYDEN_ASSIGN_OR_RETURN(const auto its_zone,
                          views.Find(scope, core_.deps.registry.core().zone->id, {"", zone}));
  if (its_zone == nullptr) return false;
  if (refusal.key.name.empty()) return true;
  SKYDEN_ASSIGN_OR_RETURN(const auto item, views.Find(scope, refusal.type, refusal.key));
  return item != nullptr && FormOf(*item) == refusal.form;
}

absl::StatusOr<std::vector<RefusedResource>> VerdictBoard::Refused(
    const model::TenantScope& scope) const {
  std::vector<RefusedResource> refused;
  const std::vector<std::string> online = core_.zones.Online(scope.tenant());
  const auto is_online = [&online](const std::string& zone) {
    return std::binary_search(online.begin(), online.end(), zone);
  };
  std::set<std::pair<std::string, model::ResourceKey>> over;
  for (Verdicts::OfZone& zone : core_.verdicts.Of(scope.tenant())) {
    for (Verdicts::Refusal& refusal : zone.refusals) {
      SKYDEN_ASSIGN_OR_RETURN(const bool stands, Stands(scope, zone.zone, refusal));
      if (!stands) {
        over.emplace(zone.zone, refusal.key);
        continue;
      }
      refused.push_back({zone.zone, zone.version, is_online(zone.zone), refusal.type,
                         std::move(refusal.key), std::move(refusal.reason), refusal.since});
    }
  }
  // A connected zone says so itself when it has seen what came after.
  core_.verdicts.Prune(scope.tenant(),
                       [&](const std::string& zone, const Verdicts::Refusal& refusal) {
                         return !is_online(zone) && over.contains({zone, refusal.key});
                       });
  std::sort(refused.begin(), refused.end(), [](const auto& a, const auto& b) {
    return std::tie(a.zone_name, a.type, a.key) < std::tie(b.zone_name, b.type, b.key);
  });
  return refused;
}

std::vector<WithheldType> VerdictBoard::Withheld(const model::TenantScope& scope) const {
  std::vector<WithheldType> withheld;
  for (const auto& session : core_.zones.Sessions(scope.tenant())) {
    const auto types = session->withheld();
    if (types.empty()) continue;
    const size_t bytes_max = session->kind().value_or(ZoneKind()).message_bytes_max;
    for (const auto& one : types) {
      withheld.push_back({session->zone().str(), one.type, one.bytes, bytes_max, one.since});
    }
  }
  std::sort(withheld.begin(), withheld.end(), [](const auto& a, const auto& b) {
    return std::tie(a.zone_name, a.type) < std::tie(b.zone_name, b.type);
  });
  return withheld;
}

bool VerdictBoard::MayWarn(model::TenantKey tenant, model::TypeId type) const {
  if (core_.verdicts.AnythingOf(tenant)) return true;
  const auto hub = core_.zones.HubOf(tenant);
  return hub != nullptr && hub->IsLarge(type);
}

std::vector<std::string> VerdictBoard::Warnings(const model::TenantScope& scope,
                                                const model::Resource& written) const {
  std::vector<std::string> warnings;
  const model::TypeDescriptor& type = core_.deps.registry.at(written.type);
  const bool sent =
      type.IsSentToZones() && AudienceOf(type, written, kEverything, ZoneSet()).has_value();
  if (!sent) return warnings;
  std::vector<std::string> told;  // zones
  WarnOfVersions(scope, written, told, warnings);
  WarnOfRefusals(scope, written, told, warnings);
  WarnOfSize(scope, written, warnings);
  return warnings;
}

void VerdictBoard::WarnOfVersions(const model::TenantScope& scope, const model::Resource& written,
                                  std::vector<std::string>& zones,
                                  std::vector<std::string>& warnings) const {
  const model::TypeDescriptor& type = core_.deps.registry.at(written.type);
  std::map<std::pair<resources::Generation, std::string>, std::vector<std::string>> by_version;
  for (auto& one : core_.verdicts.Choosy(scope.tenant())) {
    by_version[{one.generation, ShownVersion(one)}].push_back(one.zone);
  }
  for (const auto& [kind, names] : by_version) {
    const auto& [generation, version] = kind;
    const std::string why = WhyRefused(generation, type, written);
    if (why.empty()) continue;
    warnings.push_back(fmt::format("{} (Kuma {}) {} this {}: {}", Named(names), version,
                                   names.size() == 1 ? "refuses" : "refuse", type.name, why));
    zones.insert(zones.end(), names.begin(), names.end());
  }
}

void VerdictBoard::WarnOfRefusals(const model::TenantScope& scope, const model::Resource& written,
                                  const std::vector<std::string>& known,
                                  std::vector<std::string>& warnings) const {
  const model::TypeDescriptor& type = core_.deps.registry.at(written.type);
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const Verdicts::OfZone& zone : core_.verdicts.Of(scope.tenant())) {
    if (std::find(known.begin(), known.end(), zone.zone) != known.end()) continue;
    for (const Verdicts::Refusal& refusal : zone.refusals) {
      if (refusal.type == written.type && refusal.key == written.key &&
          refusal.spec_form == FormOfSpec(written.spec)) {
        by_reason[refusal.reason].push_back(zone.zone);
      }
    }
  }
  for (const auto& [reason, zones] : by_reason) {
    warnings.push_back(
        fmt::format("{} refused this {} in this form: {}", Named(zones), type.name, reason));
  }
}

void VerdictBoard::WarnOfSize(const model::TenantScope& scope, const model::Resource& written,
                              std::vector<std::string>& warnings) const {
  const auto hub = core_.zones.HubOf(scope.tenant());
  if (hub == nullptr || !hub->IsLarge(written.type)) return;
  const model::TypeDescriptor& type = core_.deps.registry.at(written.type);
  std::map<Features, size_t> bytes_of;
  std::map<size_t, std::vector<std::string>> too_small;  // by what they take
  size_t largest = 0;
  for (const auto& session : core_.zones.Sessions(scope.tenant())) {
    const auto kind = session->kind();
    if (!kind.has_value()) continue;
    const Features features = kind->features & RelevantFeatures(type);
    const auto known = bytes_of.find(features);
    size_t bytes = known == bytes_of.end() ? 0 : known->second;
    if (known == bytes_of.end()) {
      bytes = hub->WholeBytesNow(type.id, features).value_or(0);
      bytes_of.emplace(features, bytes);
    }
    if (bytes + kTailBytes <= kind->message_bytes_max) continue;
    largest = std::max(largest, bytes);
    too_small[kind->message_bytes_max].push_back(session->zone().str());
  }
  for (auto& [bytes_max, zones] : too_small) {
    std::sort(zones.begin(), zones.end());
    warnings.push_back(fmt::format(
        "all {} of this control plane take {} and {} at most {} in one message: when {} again, it "
        "keeps the {} that it has and gets no more; raise multizone.zone.kds.maxMsgSize there, or "
        "split them over control planes",
        type.name, MiB(largest), Named(zones) + (zones.size() == 1 ? " takes" : " take"),
        MiB(bytes_max), zones.size() == 1 ? "it connects" : "one connects", type.name));
  }
}

}  // namespace skyden::kds
