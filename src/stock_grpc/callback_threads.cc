// SPDX-License-Identifier: Apache-2.0
#include "skyden/stock_grpc/callback_threads.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include "skyden/base/check.h"

namespace skyden::stock_grpc {
namespace {

// Answers nothing: it has no port.
class NoService final : public grpc::CallbackGenericService {};

}  // namespace

void KeepCallbackThreads() {
  // Never ended, which is what keeps them.
  static const grpc::Server* const kept = [] {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(new NoService);
    return builder.BuildAndStart().release();
  }();
  SKYDEN_CHECK(kept != nullptr);
}

}  // namespace skyden::stock_grpc
