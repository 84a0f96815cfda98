// SPDX-License-Identifier: Apache-2.0
// What a client may put around a question to Kuma's API: a query, names, headers. One line each.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rest/go_numbers.h"
#include "rest/json_reader.h"
#include "rest/json_writer.h"
#include "rest/kri.h"
#include "rest/list_query.h"
#include "rest/negotiation.h"
#include "rest/service_insights.h"

namespace {

using namespace skyden;

const model::TypeRegistry& Registry() {
  static const auto registry = model::TypeRegistry::LoadEmbedded().value();
  return registry;
}

std::string_view TakeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

void ReadLists(const rest::Call& call) {
  for (const char* name : {"Dataplane", "MeshTimeout", "Zone"}) {
    resources::ListRequest request;
    const auto refused = rest::ReadListQuery(call, *Registry().FindByName(name), request);
    if (refused && refused->status != 400) __builtin_trap();
    rest::ReadOffset(call, request);
    if (!refused && (request.size == 0 || request.size > base::limits::kPageSizeMax)) {
      __builtin_trap();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  rest::Call call;
  call.pattern = "/meshes/{mesh}/dataplanes";
  call.request.query = std::string(TakeLine(text));
  call.request.path = "/v1/mesh/control-planes/x/api/meshes/default/dataplanes";
  call.request.target = call.request.path + "?" + call.request.query;
  call.request.peer_ip = "192.0.2.1";
  constexpr std::array kHeaders = {"accept",           "content-type",      "host",
                                   "x-forwarded-host", "x-forwarded-proto", "forwarded"};
  for (const char* name : kHeaders) {
    call.request.headers.push_back({name, std::string(TakeLine(text))});
  }
  call.query = http::Query(call.request.query);
  ReadLists(call);

  rest::RefusedRepresentation(call.request);
  for (const std::vector<std::string>& trusted : {std::vector<std::string>{}, {"192.0.2.1"}}) {
    // A link must be text that JSON can carry.
    std::string quoted;
    rest::AppendJsonString(rest::NextLink(call.request, trusted, 100), quoted);
    if (!rest::ReadJson(quoted)) __builtin_trap();
  }
  static_cast<void>(rest::ParseKri(Registry(), text).ok());
  rest::ReadServiceKinds(text);
  rest::ReadGoInt(text);
  rest::ReadGoBool(text);
  rest::GoQuoted(text);
  return 0;
}
