// SPDX-License-Identifier: Apache-2.0
// Paths and queries of any bytes: found or refused, never a fault.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "skyden/base/utf8.h"
#include "skyden/http/router.h"
#include "skyden/http/uri.h"

namespace {

skyden::http::Router MakeRouter() {
  using skyden::http::Method;
  skyden::http::Router router;
  for (const char* pattern :
       {"/", "/meshes/{mesh}", "/meshes/{mesh}/dataplanes/_overview",
        "/meshes/{mesh}/dataplanes/{name}", "/meshes/{mesh}/dataplanes/{name}/{kind}",
        "/_kri/{kri}", "/zones+insights/{name}"}) {
    router.Add(Method::kGet, pattern);
  }
  router.Add(Method::kPut, "/meshes/{mesh}/dataplanes/{name}");
  return router;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::http;
  static const Router router = MakeRouter();
  const std::string_view target(reinterpret_cast<const char*>(data), size);
  const size_t question = target.find('?');
  for (const Method method : {Method::kGet, Method::kPut, Method::kPost}) {
    const RouteMatch match = router.Find(method, target.substr(0, question));
    if (match.outcome != RouteMatch::Outcome::kFound) continue;
    for (const auto& [name, value] : match.parameters.items()) {
      if (!skyden::base::IsValidUtf8(value) || value.find('\0') != std::string::npos)
        __builtin_trap();
    }
  }
  if (question != std::string_view::npos) {
    const Query query(target.substr(question + 1));
    for (const auto& [name, value] : query.pairs()) {
      if (PercentDecode(PercentEncode(value), Plus::kSpace) != value) __builtin_trap();
    }
  }
  return 0;
}
