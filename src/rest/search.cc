// SPDX-License-Identifier: Apache-2.0
// Names are looked at where they are kept in memory: the directory, the fleet's rows, views. A type
// of which a control plane has nothing is not looked at; one that was not read before is read.
#include "rest/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "rest/json_writer.h"
#include "rest/kri.h"
#include "skyden/audit/audit_service.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/http/uri.h"
#include "skyden/identity/account_service.h"
#include "skyden/insights/fleet.h"
#include "skyden/insights/insights.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::rest {
namespace {

namespace limits = base::limits;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// What the ids of requests look like, whoever made them.
bool MayBeRequest(std::string_view text) {
  constexpr size_t kShortest = 8;
  const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
  return text.size() >= kShortest && has_digit && text.find(' ') == std::string_view::npos;
}

// Services that are resources of their own.
bool IsService(const model::TypeDescriptor& type) {
  return type.name == "MeshService" || type.name == "MeshExternalService" ||
         type.name == "MeshMultiZoneService" || type.name == "ExternalService";
}

std::optional<FoundKind> KindOf(const model::TypeDescriptor& type) {
  if (type.name == "Mesh") return FoundKind::kMesh;
  if (type.path.empty() || type.is_secret) return std::nullopt;
  if (IsService(type)) return FoundKind::kService;
  return type.is_policy ? std::optional(FoundKind::kPolicy) : std::nullopt;
}

std::string ApiOf(const store::ControlPlaneRecord& record) {
  return "/v1/mesh/control-planes/" + record.id.str() + "/api";
}

class Searcher {
 public:
  Searcher(const Deps& deps, const model::OrganizationScope& scope, std::string_view text)
      : deps_(deps), scope_(scope), text_(text), wanted_(Lower(text)) {}

  absl::StatusOr<SearchAnswer> Run() {
    SKYDEN_ASSIGN_OR_RETURN(const auto listed, deps_.control_planes.All(scope_));
    for (const store::ControlPlaneRecord* record : listed.listed) LookAtControlPlane(*record);
    SKYDEN_ASSIGN_OR_RETURN(const auto reading, deps_.fleet.Read(scope_));
    for (const auto& member : reading.members) LookAtZones(member);
    size_t inside = 0;
    for (const auto& member : reading.members) {
      if (++inside > limits::kSearchControlPlanes || looked_at_ > limits::kSearchItems) {
        answer_.complete = false;
        break;
      }
      const absl::Status looked = LookInside(*member.control_plane);
      if (!looked.ok() && !absl::IsNotFound(looked)) return looked;
    }
    SKYDEN_RETURN_IF_ERROR(LookAtAccounts());
    SKYDEN_RETURN_IF_ERROR(LookAtRequests());
    return Finish();
  }

 private:
  // The best of a kind, which is all that is kept of it.
  void Add(Found found) {
    std::vector<Found>& best = best_[static_cast<size_t>(found.kind)];
    const auto comes_before = [](const Found& a, const Found& b) {
      return std::tie(a.rank, a.name, a.control_plane_name, a.mesh, a.type) <
             std::tie(b.rank, b.name, b.control_plane_name, b.mesh, b.type);
    };
    best.insert(std::upper_bound(best.begin(), best.end(), found, comes_before), found);
    if (best.size() > limits::kSearchShown) best.pop_back();
  }

  Found Inside(FoundKind kind, int rank, std::string_view name,
               const store::ControlPlaneRecord& record) const {
    Found found{.kind = kind, .rank = rank, .name = std::string(name)};
    found.control_plane_id = record.id.str();
    found.control_plane_name = record.name;
    return found;
  }

  void LookAtControlPlane(const store::ControlPlaneRecord& record) {
    ++looked_at_;
    const bool is_it = record.id.str() == wanted_;
    const auto rank = is_it ? std::optional(-1) : RankOf(record.name, wanted_);
    if (!rank.has_value()) return;
    Add({.kind = FoundKind::kControlPlane,
         .rank = *rank,
         .name = record.name,
         .id = record.id.str(),
         .href = "/v1/mesh/control-planes/" + record.id.str()});
  }

  void LookAtZones(const insights::Fleet::Member& member) {
    looked_at_ += member.zones->zones.size();
    for (const insights::ZoneRow& zone : member.zones->zones) {
      const bool is_its_token = zone.token.has_value() && zone.token->id == text_;
      const auto rank = is_its_token ? std::optional(-1) : RankOf(zone.name, wanted_);
      if (!rank.has_value()) continue;
      Found found = Inside(FoundKind::kZone, *rank, zone.name, *member.control_plane);
      found.status = insights::ZoneStatusName(zone.status);
      found.href = fmt::format("/v3/zones?filter[control_plane_id]={}&filter[name][eq]={}",
                               member.control_plane->id.str(), http::PercentEncode(zone.name));
      Add(std::move(found));
    }
  }

  absl::Status LookInside(const store::ControlPlaneRecord& record) {
    // What the caller may read there was looked at; this scope is the daemon's.
    const model::TenantScope inside =
        model::SystemScope::For("search in a control plane")
            .In(record.organization, record.tenant, record.id, record.version());
    std::vector<store::ResourceCount> counts;
    SKYDEN_RETURN_IF_ERROR(deps_.store.Read(inside, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(counts, tx.ListCounts());
      return absl::OkStatus();
    }));
    std::vector<model::TypeId> types;
    for (const store::ResourceCount& count : counts) {
      if (KindOf(deps_.registry.at(count.type)).has_value()) types.push_back(count.type);
    }
    std::sort(types.begin(), types.end());
    types.erase(std::unique(types.begin(), types.end()), types.end());
    for (const model::TypeId type : types) {
      SKYDEN_RETURN_IF_ERROR(LookAtType(inside, record, deps_.registry.at(type)));
    }
    SKYDEN_ASSIGN_OR_RETURN(const auto services, deps_.insights.ServiceNames(inside));
    looked_at_ += services.size();
    for (const insights::Insights::ServiceName& service : services) {
      const auto rank = RankOf(service.name, wanted_);
      if (!rank.has_value()) continue;
      Found found = Inside(FoundKind::kService, *rank, service.name, record);
      found.mesh = service.mesh;
      found.href =
          fmt::format("{}/meshes/{}/service-insights/{}", ApiOf(record),
                      http::PercentEncode(service.mesh), http::PercentEncode(service.name));
      Add(std::move(found));
    }
    return LookForKri(inside, record);
  }

  absl::Status LookAtType(const model::TenantScope& inside, const store::ControlPlaneRecord& record,
                          const model::TypeDescriptor& type) {
    SKYDEN_ASSIGN_OR_RETURN(const auto view, deps_.views.Get(inside, type.id));
    looked_at_ += view->size();
    for (const auto& chunk : view->chunks()) {
      for (const auto& item : *chunk) {
        const auto rank = RankOf(item->key.name, wanted_);
        if (rank.has_value()) Add(ResourceOf(record, type, item->key, *rank));
      }
    }
    return absl::OkStatus();
  }

  Found ResourceOf(const store::ControlPlaneRecord& record, const model::TypeDescriptor& type,
                   const model::ResourceKey& key, int rank) const {
    Found found = Inside(KindOf(type).value_or(FoundKind::kPolicy), rank, key.name, record);
    if (type.name != "Mesh") found.type = type.name;
    found.mesh = key.mesh;
    const std::string in_mesh =
        key.mesh.empty() ? std::string() : "/meshes/" + http::PercentEncode(key.mesh);
    found.href =
        fmt::format("{}{}/{}/{}", ApiOf(record), in_mesh, type.path, http::PercentEncode(key.name));
    return found;
  }

  absl::Status LookForKri(const model::TenantScope& inside,
                          const store::ControlPlaneRecord& record) {
    if (!text_.starts_with("kri_")) return absl::OkStatus();
    const auto kri = ParseKri(deps_.registry, text_);
    if (!kri.ok() || kri->type->path.empty() || kri->type->is_secret) return absl::OkStatus();
    SKYDEN_ASSIGN_OR_RETURN(const auto item, deps_.views.Find(inside, kri->type->id, kri->key));
    if (item != nullptr) Add(ResourceOf(record, *kri->type, item->key, -1));
    return absl::OkStatus();
  }

  absl::Status LookAtAccounts() {
    if (!scope_.access().Administrates()) return absl::OkStatus();
    for (const auto kind : {identity::AccountKind::kUser, identity::AccountKind::kSystemAccount}) {
      identity::ListAccounts all;
      all.kind = kind;
      all.page_size = limits::kSearchAccounts;
      SKYDEN_ASSIGN_OR_RETURN(const auto page, deps_.accounts.List(scope_, all));
      if (page.total > page.items.size()) answer_.complete = false;
      looked_at_ += page.items.size();
      for (const store::AccountRecord& account : page.items) LookAtAccount(account);
    }
    return absl::OkStatus();
  }

  void LookAtAccount(const store::AccountRecord& account) {
    const bool is_user = account.kind == identity::AccountKind::kUser;
    auto rank = account.id.str() == wanted_ ? std::optional(-1) : RankOf(account.name, wanted_);
    if (!rank.has_value()) rank = RankOf(account.email, wanted_);
    if (!rank.has_value()) return;
    Add({.kind = FoundKind::kAccount,
         .rank = *rank,
         .name = account.name,
         .id = account.id.str(),
         .type = is_user ? "user" : "system_account",
         .href = (is_user ? "/v3/users/" : "/v3/system-accounts/") + account.id.str()});
  }

  // A request's id, as errors show it, leads to what came of it.
  absl::Status LookAtRequests() {
    std::string_view id = text_;
    if (const size_t colon = id.rfind(':'); colon != std::string_view::npos) {
      id.remove_prefix(colon + 1);
    }
    if (!scope_.access().Administrates() || !MayBeRequest(id)) return absl::OkStatus();
    store::AuditQuery query;
    query.request_id = std::string(id);
    query.limit = 1;
    SKYDEN_ASSIGN_OR_RETURN(const auto page, deps_.audit.List(scope_, query));
    for (const store::AuditEntry& entry : page.entries) {
      Add({.kind = FoundKind::kAudit,
           .rank = -1,
           .name = fmt::format("{} {} {}", entry.note.action, entry.note.object_type,
                               entry.note.object_name),
           .href = "/v3/audit-logs?filter[request_id]=" + http::PercentEncode(id)});
    }
    return absl::OkStatus();
  }

  SearchAnswer Finish() {
    size_t meant = 0;
    for (std::vector<Found>& best : best_) {
      for (Found& found : best) {
        if (found.rank < 0) {
          ++meant;
          answer_.jump = answer_.found.size();
        }
        answer_.found.push_back(std::move(found));
      }
    }
    if (meant != 1) answer_.jump.reset();
    return std::move(answer_);
  }

  const Deps& deps_;
  const model::OrganizationScope& scope_;
  const std::string_view text_;
  const std::string wanted_;
  size_t looked_at_ = 0;
  std::array<std::vector<Found>, kFoundKinds> best_;
  SearchAnswer answer_;
};

}  // namespace

std::string_view FoundKindName(FoundKind kind) {
  static constexpr std::array<std::string_view, kFoundKinds> kNames = {
      "control_plane", "zone", "mesh", "service", "policy", "account", "audit"};
  return kNames[static_cast<size_t>(kind)];
}

std::optional<int> RankOf(std::string_view name, std::string_view wanted) {
  if (wanted.empty() || name.size() < wanted.size()) return std::nullopt;
  const std::string lower = Lower(name);
  if (lower.starts_with(wanted)) return lower.size() == wanted.size() ? 0 : 1;
  for (size_t at = lower.find(wanted, 1); at != std::string::npos;
       at = lower.find(wanted, at + 1)) {
    const char before = lower[at - 1];
    const bool in_word = (before >= 'a' && before <= 'z') || (before >= '0' && before <= '9') ||
                         static_cast<unsigned char>(before) >= 0x80;
    if (!in_word) return 2;
  }
  return std::nullopt;
}

absl::StatusOr<SearchAnswer> Search(const Deps& deps, const model::OrganizationScope& scope,
                                    std::string_view text) {
  return Searcher(deps, scope, text).Run();
}

std::string SearchJson(std::string_view text, const SearchAnswer& answer) {
  JsonWriter json;
  json.BeginObject().Field("query", text).Field("complete", answer.complete);
  json.Key("results").BeginArray();
  for (const Found& found : answer.found) {
    json.BeginObject().Field("kind", FoundKindName(found.kind)).Field("name", found.name);
    json.OptionalField("id", found.id)
        .OptionalField("type", found.type)
        .OptionalField("mesh", found.mesh)
        .OptionalField("status", found.status);
    if (!found.control_plane_id.empty()) {
      json.Key("control_plane").BeginObject().Field("id", found.control_plane_id);
      json.Field("name", found.control_plane_name).EndObject();
    }
    json.Field("href", found.href).EndObject();
  }
  json.EndArray();
  if (answer.jump.has_value()) json.Field("jump", *answer.jump);
  json.EndObject();
  return json.Take();
}

}  // namespace skyden::rest
