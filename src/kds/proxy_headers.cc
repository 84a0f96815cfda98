// SPDX-License-Identifier: Apache-2.0
// `x-request-id` is not among them: clients and tracing set it as well, and a proxy that does sets
// others too.
#include "kds/proxy_headers.h"

#include <algorithm>
#include <array>

namespace skyden::kds {
namespace {

constexpr std::array<std::string_view, 10> kNames = {
    "via",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "cdn-loop",
    "x-amzn-trace-id",
    "x-cloud-trace-context",
    "x-original-forwarded-for",
};
constexpr std::array<std::string_view, 2> kPrefixes = {"x-forwarded-", "x-envoy-"};

bool IsOfProxy(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [name](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace

std::string_view ProxyHeaderOf(const rpc::Metadata& metadata) {
  for (const auto& [name, value] : metadata) {
    if (IsOfProxy(name)) return name;
  }
  return {};
}

}  // namespace skyden::kds
