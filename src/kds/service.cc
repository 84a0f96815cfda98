// SPDX-License-Identifier: Apache-2.0
#include "kds/service.h"

#include <string>
#include <string_view>
#include <utility>

#include "kds/admin_call.h"
#include "kds/down_call.h"
#include "kds/up_call.h"

namespace skyden::kds {
namespace {

constexpr size_t kHeaderBytes = 8192;
constexpr size_t kVersionBytes = 16;

// Ends at once.
class RefusedCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit RefusedCall(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

std::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

CallHeaders ReadHeaders(const grpc::GenericCallbackServerContext& context) {
  CallHeaders headers;
  headers.peer = context.peer();
  for (const auto& [name, value] : context.client_metadata()) {
    const std::string_view key = View(name);
    const std::string_view text = View(value).substr(0, kHeaderBytes);
    if (key == "client-id") headers.client_id = text;
    if (key == "authorization") headers.authorization = text;
    if (key == "x-control-plane-id") headers.control_plane = text;
    if (key == "zone-version") headers.zone_version = text.substr(0, kVersionBytes);
    if (key == "features" && text == "hash-suffix") headers.hash_suffix = true;
  }
  return headers;
}

}  // namespace

std::shared_ptr<ZoneCall> KdsService::MakeCall(grpc::GenericCallbackServerContext* context,
                                               std::shared_ptr<Connection> connection) {
  const KdsServer::Deps& deps = core_->deps;
  Call::Shell shell{context, connection->strand(), deps.workers, deps.clock, deps.timers};
  CallHeaders headers = ReadHeaders(*context);
  constexpr std::string_view kSync = "/kuma.mesh.v1alpha1.KDSSyncService/";
  constexpr std::string_view kGlobal = "/kuma.mesh.v1alpha1.GlobalKDSService/";
  const std::string_view name(context->method());
  const auto make = [&]<class T>(std::type_identity<T>, auto... more) {
    return std::make_shared<T>(std::move(shell), core_, std::move(connection), std::move(headers),
                               more...);
  };
  if (name.starts_with(kSync)) {
    const std::string_view call = name.substr(kSync.size());
    if (call == "GlobalToZoneSync") return make(std::type_identity<DownCall>());
    if (call == "ZoneToGlobalSync") return make(std::type_identity<UpCall>());
  }
  if (name.starts_with(kGlobal)) {
    const std::string_view call = name.substr(kGlobal.size());
    const std::type_identity<AdminCall> admin;
    if (call == "HealthCheck") return make(std::type_identity<HealthCall>());
    if (call == "StreamXDSConfigs") return make(admin, StreamKind::kConfigDump);
    if (call == "StreamStats") return make(admin, StreamKind::kStats);
    if (call == "StreamClusters") return make(admin, StreamKind::kClusters);
  }
  return nullptr;
}

grpc::ServerGenericBidiReactor* KdsService::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  if (stopping_) {
    return new RefusedCall({grpc::StatusCode::UNAVAILABLE, "the control plane is going down"});
  }
  auto connection = core_->connections.Of(context->auth_context(), context->peer());
  if (connection == nullptr) {
    return new RefusedCall(
        {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many connections from this address"});
  }
  auto call = MakeCall(context, std::move(connection));
  if (call == nullptr) return new RefusedCall({grpc::StatusCode::UNIMPLEMENTED, "no such method"});
  call->Begin();
  return call.get();
}

}  // namespace skyden::kds
