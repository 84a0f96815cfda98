// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "admin/call.h"
#include "skyden/admin/v1/zones.grpc.pb.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/kds/deliveries.h"

namespace skyden::admin {

// skyden.admin.v1.Zones: decode, ask the service, encode.
class ZonesGrpc final : public v1::Zones::CallbackService {
 public:
  ZonesGrpc(Calls& calls, std::string kds_public_address)
      : calls_(calls), kds_public_address_(std::move(kds_public_address)) {}

  grpc::ServerUnaryReactor* Provision(grpc::CallbackServerContext* context,
                                      const v1::ProvisionZoneRequest* request,
                                      v1::ProvisionZoneResponse* response) override;
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const v1::ListZonesRequest* request,
                                 v1::ListZonesResponse* response) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const v1::DeleteZoneRequest* request,
                                   v1::DeleteZoneResponse* response) override;
  grpc::ServerUnaryReactor* ListRejectedConnections(
      grpc::CallbackServerContext* context, const v1::ListRejectedConnectionsRequest* request,
      v1::ListRejectedConnectionsResponse* response) override;
  grpc::ServerUnaryReactor* ListRejectedResources(
      grpc::CallbackServerContext* context, const v1::ListRejectedResourcesRequest* request,
      v1::ListRejectedResourcesResponse* response) override;
  grpc::ServerUnaryReactor* GetPropagation(grpc::CallbackServerContext* context,
                                           const v1::GetPropagationRequest* request,
                                           v1::Propagation* response) override;
  grpc::ServerUnaryReactor* GetDelivery(grpc::CallbackServerContext* context,
                                        const v1::GetDeliveryRequest* request,
                                        v1::ZoneDelivery* response) override;

 private:
  // The scope of a reader; UNAVAILABLE where nobody serves zones.
  absl::StatusOr<model::TenantScope> EnterToRead(const identity::Caller& caller,
                                                 const std::string& control_plane_id) const;
  void HideForeignTypes(const model::TenantScope& scope, kds::ZoneStanding& zone) const;
  absl::Status FillList(const identity::Caller& caller, const v1::ListZonesRequest& request,
                        v1::ListZonesResponse* response) const;
  // Of a control plane; of all when its id is empty.
  absl::StatusOr<std::vector<kds::RejectedConnection>> Rejected(
      const identity::Caller& caller, const std::string& control_plane_id) const;
  void FillProvisioned(const model::ControlPlaneId& control_plane, v1::SetupFormat format,
                       const control_planes::ZoneService::Provisioned& zone,
                       v1::ProvisionZoneResponse* response) const;

  Calls& calls_;
  const std::string kds_public_address_;
};

}  // namespace skyden::admin
