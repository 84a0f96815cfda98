// SPDX-License-Identifier: Apache-2.0
#include "kds/service.h"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "kds/admin_call.h"
#include "kds/down_call.h"
#include "kds/proxy_headers.h"
#include "kds/up_call.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

CallHeaders ReadHeaders(const rpc::Metadata& metadata) {
  CallHeaders headers;
  bool authorized = false;
  for (const auto& [name, value] : metadata) {
    const std::string_view text = std::string_view(value).substr(0, base::limits::kZoneHeaderBytes);
    if (name == "client-id") headers.client_id = text;
    if (name == "authorization") {
      headers.two_credentials = std::exchange(authorized, true);
      headers.authorization = text;
    }
    if (name == "x-control-plane-id") headers.control_plane = text;
    if (name == "zone-version") {
      headers.zone_version = text.substr(0, base::limits::kZoneVersionBytes);
    }
    if (name == "features" && text == "hash-suffix") headers.hash_suffix = true;
  }
  headers.own_credential = !headers.authorization.empty();
  headers.proxy_header = ProxyHeaderOf(metadata).substr(0, base::limits::kProxyHeaderBytes);
  return headers;
}

// nullptr for a method that there is not.
std::shared_ptr<ZoneCall> MakeCall(const std::shared_ptr<Core>& core, const rpc::CallHead& head,
                                   std::shared_ptr<rpc::Call> wire,
                                   const std::shared_ptr<rpc::Connection>& client) {
  const auto make = [&]<class T>(std::type_identity<T>, auto... more) {
    const Deps& deps = core->deps;
    auto connection = Connections::Of(core->connections, client);
    Call::Shell shell{std::move(wire), connection->strand(), deps.workers, deps.clock, deps.timers};
    return std::make_shared<T>(std::move(shell), core, std::move(connection),
                               ReadHeaders(head.metadata), more...);
  };
  constexpr std::string_view kSync = "/kuma.mesh.v1alpha1.KDSSyncService/";
  constexpr std::string_view kGlobal = "/kuma.mesh.v1alpha1.GlobalKDSService/";
  const std::string_view name(head.path);
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

}  // namespace

rpc::Acceptor AcceptorOf(std::shared_ptr<Core> core) {
  return [core = std::move(core)](
             rpc::CallHead head, std::shared_ptr<rpc::Call> wire,
             const std::shared_ptr<rpc::Connection>& client) -> std::shared_ptr<rpc::CallHandler> {
    auto call = MakeCall(core, head, std::move(wire), client);
    if (call != nullptr) call->Begin();
    return call;
  };
}

}  // namespace skyden::kds
