// SPDX-License-Identifier: Apache-2.0
#include "admin/zones_grpc.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "admin/convert.h"
#include "admin/delivery_convert.h"
#include "admin/errors.h"
#include "kuma/system/v1alpha1/system.pb.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/permissions.h"
#include "skyden/kds/deliveries.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"
#include "skyden/resources/resource_manager.h"

namespace skyden::admin {
namespace {

using control_planes::ZoneService;
using control_planes::ZoneSetupFormat;

// A zone without the field is enabled.
bool IsEnabled(const model::Resource& resource) {
  kuma::system::v1alpha1::Zone zone;
  return !zone.ParseFromString(resource.spec) || !zone.has_enabled() || zone.enabled().value();
}

std::optional<ZoneSetupFormat> ToFormat(v1::SetupFormat format) {
  switch (format) {
    case v1::UNIVERSAL:
      return ZoneSetupFormat::kUniversal;
    case v1::HELM:
      return ZoneSetupFormat::kHelm;
    case v1::KUBECTL:
      return ZoneSetupFormat::kKubectl;
    default:
      return std::nullopt;
  }
}

}  // namespace

grpc::ServerUnaryReactor* ZonesGrpc::Provision(grpc::CallbackServerContext* context,
                                               const v1::ProvisionZoneRequest* request,
                                               v1::ProvisionZoneResponse* response) {
  return calls_.Start(
      context, [this, request, response](const identity::Caller& caller, Answer answer) {
        const auto scope = calls_.Enter(caller, request->control_plane_id());
        if (!scope.ok()) return answer(scope.status());
        calls_.deps().zones.ProvisionAsync(
            *scope, request->name(),
            [this, response, format = request->format(), id = scope->control_plane(),
             answer = std::move(answer)](absl::StatusOr<ZoneService::Provisioned> zone) mutable {
              // This may be the store's writer, which has no time for encoding and sending.
              calls_.deps().workers.Post([this, response, format, id = std::move(id),
                                          zone = std::move(zone),
                                          answer = std::move(answer)]() mutable {
                if (zone.ok()) FillProvisioned(id, format, *zone, response);
                answer(zone.status());
              });
            });
      });
}

void ZonesGrpc::FillProvisioned(const model::ControlPlaneId& control_plane, v1::SetupFormat format,
                                const ZoneService::Provisioned& zone,
                                v1::ProvisionZoneResponse* response) const {
  response->set_name(zone.zone.str());
  response->set_token(zone.token);
  response->set_global_address(
      control_planes::ZoneGlobalAddress(control_plane, zone.token, kds_public_address_));
  const std::optional<ZoneSetupFormat> wanted = ToFormat(format);
  if (!wanted) return;
  response->set_setup_text(
      control_planes::ZoneSetupText(*wanted, control_plane, zone, kds_public_address_));
}

grpc::ServerUnaryReactor* ZonesGrpc::List(grpc::CallbackServerContext* context,
                                          const v1::ListZonesRequest* request,
                                          v1::ListZonesResponse* response) {
  return calls_.StartBlocking(context, [this, request, response](const identity::Caller& caller) {
    return FillList(caller, *request, response);
  });
}

absl::Status ZonesGrpc::FillList(const identity::Caller& caller,
                                 const v1::ListZonesRequest& request,
                                 v1::ListZonesResponse* response) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto scope, calls_.Enter(caller, request.control_plane_id()));
  SKYDEN_RETURN_IF_ERROR(identity::CheckMay(scope, model::Action::kRead));
  if (request.page_size() > uint32_t{base::limits::kPageSizeMax}) {
    return BadField("page_size", fmt::format("must be at most {}", base::limits::kPageSizeMax));
  }
  resources::ListRequest list;
  list.type = calls_.deps().registry.core().zone;
  list.size = request.page_size() == 0 ? base::limits::kPageSizeDefault : request.page_size();
  const size_t page_number = std::max(request.page_number(), 1u);
  list.offset = (page_number - 1) * list.size;
  SKYDEN_ASSIGN_OR_RETURN(const auto zones, calls_.deps().manager.List(scope, list));
  const std::vector<std::string> online = calls_.deps().online_zones(scope);
  std::vector<kds::WithheldType> withheld;
  if (auto* verdicts = calls_.deps().zone_verdicts) withheld = verdicts->Withheld(scope);
  response->set_total(zones.total);
  for (const auto& resource : zones.items) {
    v1::Zone& zone = *response->add_zones();
    zone.set_name(resource->key.name);
    zone.set_enabled(IsEnabled(*resource));
    zone.set_online(std::binary_search(online.begin(), online.end(), resource->key.name));
    Fill(resource->creation_time, zone.mutable_created_at());
    for (const kds::WithheldType& one : withheld) {
      if (one.zone_name != zone.name()) continue;
      v1::WithheldType& out = *zone.add_withheld_types();
      out.set_type(calls_.deps().registry.at(one.type).name);
      out.set_bytes(one.bytes);
      out.set_bytes_max(one.bytes_max);
      Fill(one.since, out.mutable_since());
    }
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ZonesGrpc::Delete(grpc::CallbackServerContext* context,
                                            const v1::DeleteZoneRequest* request,
                                            v1::DeleteZoneResponse*) {
  return calls_.Start(context, [this, request](const identity::Caller& caller, Answer answer) {
    const auto scope = calls_.Enter(caller, request->control_plane_id());
    if (!scope.ok()) return answer(scope.status());
    const absl::Status allowed = identity::CheckMay(*scope, model::Action::kManage);
    if (!allowed.ok()) return answer(allowed);
    calls_.deps().manager.DeleteAsync(
        *scope, *calls_.deps().registry.core().zone, {"", request->name()},
        [this, answer = std::move(answer)](absl::StatusOr<model::Revision> deleted) mutable {
          calls_.deps().workers.Post([status = deleted.status(),
                                      answer = std::move(answer)]() mutable { answer(status); });
        });
  });
}

grpc::ServerUnaryReactor* ZonesGrpc::ListRejectedConnections(
    grpc::CallbackServerContext* context, const v1::ListRejectedConnectionsRequest* request,
    v1::ListRejectedConnectionsResponse* response) {
  return calls_.StartBlocking(
      context, [this, request, response](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(std::vector<kds::RejectedConnection> rejected,
                                Rejected(caller, request->control_plane_id()));
        std::stable_sort(rejected.begin(), rejected.end(),
                         [](const auto& a, const auto& b) { return a.at > b.at; });
        for (kds::RejectedConnection& connection : rejected) {
          if (!connection.unanswered.empty()) {
            response->add_unanswered(connection.unanswered);
            continue;
          }
          v1::RejectedConnection& out = *response->add_connections();
          Fill(connection.at, out.mutable_at());
          out.set_peer(std::move(connection.peer));
          out.set_zone_name(std::move(connection.zone_name));
          out.set_reason(std::move(connection.reason));
          out.set_advice(std::move(connection.advice));
          out.set_control_plane_id(connection.control_plane.str());
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ZonesGrpc::ListRejectedResources(
    grpc::CallbackServerContext* context, const v1::ListRejectedResourcesRequest* request,
    v1::ListRejectedResourcesResponse* response) {
  return calls_.StartBlocking(
      context, [this, request, response](const identity::Caller& caller) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto scope,
                                calls_.Enter(caller, request->control_plane_id()));
        SKYDEN_RETURN_IF_ERROR(identity::CheckMay(scope, model::Action::kRead));
        if (calls_.deps().zone_verdicts == nullptr) return absl::OkStatus();
        SKYDEN_ASSIGN_OR_RETURN(auto refused, calls_.deps().zone_verdicts->Refused(scope));
        for (kds::RefusedResource& one : refused) {
          const model::TypeDescriptor& type = calls_.deps().registry.at(one.type);
          if (!resources::CheckMayRead(scope, type).ok()) continue;
          v1::RejectedResource& out = *response->add_resources();
          out.set_zone_name(std::move(one.zone_name));
          out.set_zone_version(std::move(one.zone_version));
          out.set_zone_online(one.zone_online);
          out.set_type(type.name);
          out.set_mesh(std::move(one.key.mesh));
          out.set_name(std::move(one.key.name));
          out.set_reason(std::move(one.reason));
          Fill(one.since, out.mutable_since());
        }
        return absl::OkStatus();
      });
}

absl::StatusOr<model::TenantScope> ZonesGrpc::EnterToRead(
    const identity::Caller& caller, const std::string& control_plane_id) const {
  SKYDEN_ASSIGN_OR_RETURN(auto scope, calls_.Enter(caller, control_plane_id));
  SKYDEN_RETURN_IF_ERROR(identity::CheckMay(scope, model::Action::kRead));
  if (calls_.deps().deliveries == nullptr) {
    return absl::UnavailableError("zones are not served now; try again");
  }
  return scope;
}

// Whoever may not read a type does not learn of it here.
void ZonesGrpc::HideForeignTypes(const model::TenantScope& scope, kds::ZoneStanding& zone) const {
  std::erase_if(zone.refused, [&](const kds::RefusalOfZone& one) {
    return !resources::CheckMayRead(scope, calls_.deps().registry.at(one.type)).ok();
  });
}

// Whoever waited is looked at again: the control plane may be his no more.
grpc::ServerUnaryReactor* ZonesGrpc::GetPropagation(grpc::CallbackServerContext* context,
                                                    const v1::GetPropagationRequest* request,
                                                    v1::Propagation* response) {
  return calls_.Start(
      context, [this, request, response](const identity::Caller& caller, Answer answer) {
        const auto scope = EnterToRead(caller, request->control_plane_id());
        if (!scope.ok()) return answer(scope.status());
        auto query = ToQuery(*request, calls_.deps().epoch());
        if (!query.ok()) return answer(query.status());
        const auto wait = ToWait(*request);
        if (!wait.ok()) return answer(wait.status());
        auto done = [this, caller, request, response,
                     answer = std::move(answer)](absl::StatusOr<kds::Propagation> told) mutable {
          const auto still = EnterToRead(caller, request->control_plane_id());
          if (!still.ok()) return answer(still.status());
          if (!told.ok()) return answer(told.status());
          for (kds::ZoneStanding& zone : told->zones) HideForeignTypes(*still, zone);
          Fill(calls_.deps().registry, calls_.deps().epoch(), *told, response);
          answer(absl::OkStatus());
        };
        kds::Deliveries& deliveries = *calls_.deps().deliveries;
        if (*wait == absl::ZeroDuration()) return done(deliveries.Read(*scope, *query));
        deliveries.Await(*scope, *std::move(query), *wait, std::move(done));
      });
}

grpc::ServerUnaryReactor* ZonesGrpc::GetDelivery(grpc::CallbackServerContext* context,
                                                 const v1::GetDeliveryRequest* request,
                                                 v1::ZoneDelivery* response) {
  return calls_.Start(
      context, [this, request, response](const identity::Caller& caller, Answer answer) {
        const auto scope = EnterToRead(caller, request->control_plane_id());
        if (!scope.ok()) return answer(scope.status());
        calls_.deps().deliveries->OfZone(
            *scope, request->zone_name(),
            [this, scope = *scope, response,
             answer = std::move(answer)](absl::StatusOr<kds::ZoneDelivery> told) mutable {
              if (!told.ok()) return answer(told.status());
              HideForeignTypes(scope, told->standing);
              Fill(calls_.deps().registry, calls_.deps().epoch(), *told, response);
              answer(absl::OkStatus());
            });
      });
}

absl::StatusOr<std::vector<kds::RejectedConnection>> ZonesGrpc::Rejected(
    const identity::Caller& caller, const std::string& control_plane_id) const {
  if (control_plane_id.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto scope,
                            calls_.deps().authenticator.EnterOrganization(caller));
    if (!scope.access().IsOperator()) {
      return absl::PermissionDeniedError("only operators see the connections of all");
    }
    return calls_.deps().all_rejected_connections();
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto scope, calls_.Enter(caller, control_plane_id));
  SKYDEN_RETURN_IF_ERROR(identity::CheckMay(scope, model::Action::kRead));
  return calls_.deps().rejected_connections(scope);
}

}  // namespace skyden::admin
