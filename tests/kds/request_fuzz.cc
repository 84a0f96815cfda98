// SPDX-License-Identifier: Apache-2.0
// Requests of zones, what stands in their first one, and their answers to questions.
#include <cstddef>
#include <cstdint>
#include <string>

#include "kds/gateway.h"
#include "kds/json_scan.h"
#include "kds/messages.h"
#include "kds/node_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::kds;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(ScanZoneAnswer(bytes).ok());
  const auto request = ScanDeltaRequest(bytes);
  if (request.ok()) {
    const auto metadata = ReadNodeMetadata(request->node_metadata);
    if (metadata.ok()) {
      const auto credential = CredentialIn(metadata->config);
      const std::string masked = MaskCredential(metadata->config);
      // What is masked holds no secret that anybody could have meant.
      if (credential.has_value() && credential->token.size() > 8 &&
          credential->token.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
              std::string::npos) {
        if (masked.find(credential->token) != std::string::npos) __builtin_trap();
      }
    }
  }
  return 0;
}
