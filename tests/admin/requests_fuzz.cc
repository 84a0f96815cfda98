// SPDX-License-Identifier: Apache-2.0
// The first byte picks a message of skyden.admin.v1, the rest is its bytes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "admin/convert.h"
#include "admin/grpc_status.h"
#include "skyden/admin/v1/control_planes.pb.h"
#include "skyden/base/limits.h"

namespace {

template <class Message>
void Try(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const auto request = skyden::admin::ToRequest(message);
  if constexpr (requires { request.status(); }) {
    skyden::admin::ToGrpc(request.status(), "fuzz-1");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::admin;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      Try<v1::CreateControlPlaneRequest>(bytes);
      break;
    case 1:
      Try<v1::ListControlPlanesRequest>(bytes);
      break;
    case 2:
      Try<v1::UpdateControlPlaneRequest>(bytes);
      break;
    default: {  // an error with text from outside
      const auto status =
          ToGrpc(absl::InvalidArgumentError({bytes.data(), bytes.size()}), "fuzz-1");
      if (status.error_message().size() > skyden::base::limits::kAdminErrorTextBytes) {
        __builtin_trap();
      }
    }
  }
  return 0;
}
