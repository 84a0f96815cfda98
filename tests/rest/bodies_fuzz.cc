// SPDX-License-Identifier: Apache-2.0
// Any bytes as a body or query of the manager API: decoded or refused with a reason.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rest/control_plane_figures.h"
#include "rest/control_plane_json.h"
#include "rest/json_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::rest;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto create = DecodeCreate(text);
  if (!create.value && create.detail.empty()) __builtin_trap();
  const auto patch = DecodePatch(text);
  if (!patch.value && patch.detail.empty()) __builtin_trap();
  DecodeReplace(text);
  DecodeProvisionZone(text);
  const auto list = DecodeListFigures(skyden::http::Query(text));
  if (!list.value && list.invalid.empty()) __builtin_trap();
  std::string quoted;
  AppendJsonString(text, quoted);
  if (!ReadJson(quoted)) __builtin_trap();
  Indent(text);
  return 0;
}
