// SPDX-License-Identifier: Apache-2.0
// What a simulated zone hears from a global control plane, and the address that it was given.
#include <cstddef>
#include <cstdint>
#include <string>

#include "agent/global_address.h"
#include "agent/zone_messages.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::agent;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(ParseResponse(bytes).ok());
  static_cast<void>(ParseRequest(bytes).ok());
  for (const char* method : {"XDSConfigs", "Stats", "Clusters"}) AnswerAdminRequest(method, bytes);
  ParseHealthInterval(bytes);
  const auto address = ParseGlobalAddress(bytes);
  if (!address.ok()) return 0;
  const auto again = ParseGlobalAddress(address->WithCredential());
  if (!again.ok() || again->WithCredential() != address->WithCredential()) __builtin_trap();
  // What is shown holds no token that anybody could have meant.
  if (address->password.size() > 8 &&
      address->host_port.find(address->password) == std::string::npos &&
      address->Public().find(address->password) != std::string::npos) {
    __builtin_trap();
  }
  return 0;
}
