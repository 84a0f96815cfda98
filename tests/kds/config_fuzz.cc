// SPDX-License-Identifier: Apache-2.0
// A zone's configuration as text: finding the credential in it, and hiding it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "kds/json_scan.h"
#include "kds/node_metadata.h"
#include "kds/policy_role.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::kds;
  const std::string text(reinterpret_cast<const char*>(data), size);
  CredentialIn(text);
  const std::string masked = MaskCredential(text);
  MaskCredential(masked);
  TargetedZone(text);
  skyden::model::Resource policy;
  policy.spec = text;
  policy.labels = {{"kuma.io/policy-role", "producer"}, {"k8s.kuma.io/namespace", "n"}};
  IsProducerPolicy(policy);
  JsonElements(text, [](std::string_view element) { JsonString(element); });
  return 0;
}
