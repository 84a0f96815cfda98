// SPDX-License-Identifier: Apache-2.0
// Hands each call that comes in to the object that stands for it.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <memory>

#include "kds/core.h"

namespace skyden::kds {

// Thread-safe. A generic service, because messages must arrive as they are: gRPC would inflate them
// without a bound.
class KdsService final : public grpc::CallbackGenericService {
 public:
  explicit KdsService(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

  // From now on calls are refused with UNAVAILABLE.
  void StopTaking() { stopping_ = true; }

 private:
  std::shared_ptr<ZoneCall> MakeCall(grpc::GenericCallbackServerContext* context,
                                     std::shared_ptr<Connection> connection);

  const std::shared_ptr<Core> core_;
  std::atomic<bool> stopping_{false};
};

}  // namespace skyden::kds
